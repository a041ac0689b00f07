"""A document that was read in, and what was found in it: proposals that wait for a person's word."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import SchoolOwned, User
from policies.models.documents import Policy, PolicyVersion
from policyportal.lib.models import Tracked


class Reading(SchoolOwned):
    """A policy as it was handed in: its text, where each line stood, and what became of it."""

    class Status(models.TextChoices):
        READ = "read", "Waits for you"
        APPLIED = "applied", "Taken over"
        DROPPED = "dropped", "Not used"

    class Source(models.TextChoices):
        DOCX = "docx", "Word document"
        PDF = "pdf", "PDF"
        TEXT = "text", "Text file"
        MARKDOWN = "markdown", "Markdown file"
        HTML = "html", "Web page"
        PASTED = "pasted", "Pasted text"

    status = models.CharField(max_length=20, choices=Status, default=Status.READ)
    source = models.CharField(max_length=20, choices=Source)
    file_name = models.CharField(max_length=150, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of the file as it came, or of the pasted text.")
    # The blocks of the text in order, as `policies.reading.document.Document.as_data()` gives them.
    blocks = models.JSONField(default=list)
    # The policy that it is a new version of; none for one that the portal does not know yet.
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="readings")
    version = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="reading"
    )
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-read_at"]

    def __str__(self) -> str:
        return self.file_name or f"Text pasted on {self.read_at:%d %B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("portal:reading_detail", args=[self.pk])


class Proposal(Tracked):
    """One thing that the reading found, where, how surely and why; it counts only once a person has said so."""

    class Decision(models.TextChoices):
        PROPOSED = "proposed", "Not decided"
        CONFIRMED = "confirmed", "Right"
        CHANGED = "changed", "Changed"
        DROPPED = "dropped", "Left out"

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="proposals")
    position = models.PositiveIntegerField()
    # The kind and value of `policies.reading.facts.Fact`.
    kind = models.CharField(max_length=40)
    value = models.JSONField()
    # Where it stands: the number of the block, and from which character of it until which.
    block = models.PositiveIntegerField(null=True, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    confidence = models.PositiveSmallIntegerField(help_text="In per cent.")
    reason = models.CharField(max_length=300)
    decision = models.CharField(max_length=20, choices=Decision, default=Decision.PROPOSED)
    # What the person put in its place; none where it was right.
    changed_to = models.JSONField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["reading", "position"], name="one_proposal_per_position")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.reading}"

    @property
    def settled(self) -> object:
        """What counts: the person's value where they gave one, otherwise the one that was read."""
        return self.value if self.changed_to is None else self.changed_to
