"""What a check of a policy found, and what a person said of it."""

from django.db import models
from django.db.models import Case, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from policies.models.documents import Policy, PolicyVersion
from policyportal.lib.models import Tracked


class FindingQuerySet(models.QuerySet):
    """Findings by whether somebody has still to look at them."""

    def open(self):
        """Neither accepted, mended nor dismissed."""
        return self.filter(status=Finding.Status.FOUND)

    def visible_to(self, membership: Membership):
        """What was found in the policies of the school worked in."""
        return self.filter(policy__schools=membership.school_id)

    def by_weight(self):
        """Problems before gaps before hints, one rule's together; the place in that order is `weight`."""
        heavy = Case(*(When(severity=one, then=Value(str(n))) for n, one in enumerate(Finding.Severity.values)))
        return self.annotate(
            weight=Concat(heavy, "rule", Value(" "), "key", output_field=models.CharField())
        ).order_by("weight")


class Finding(Tracked):
    """A contradiction, a gap or something stale that a rule of the check found in a version of a policy."""

    class Status(models.TextChoices):
        FOUND = "found", "Open"
        ACCEPTED = "accepted", "To be mended"
        MENDED = "mended", "Mended"
        DISMISSED = "dismissed", "Right as it is"

    class Severity(models.TextChoices):
        PROBLEM = "problem", "Problem"
        GAP = "gap", "Gap"
        HINT = "hint", "Hint"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="findings")
    # The version in which it was last found.
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="findings")
    rule = models.SlugField(max_length=60)
    # What the rule found, so that the same thing found again is the same finding.
    key = models.CharField(max_length=200)
    severity = models.CharField(max_length=20, choices=Severity)
    place = models.CharField("where", max_length=200, blank=True)
    message = models.CharField("what was found", max_length=500)
    advice = models.CharField("what to do", max_length=500)
    # It rests on general knowledge, not on the document: shown as "to verify", never as a fact.
    to_verify = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.FOUND)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "rule", "key"]
        constraints = [models.UniqueConstraint(fields=["policy", "rule", "key"], name="one_finding_per_key")]

    def __str__(self) -> str:
        return self.message

    def get_absolute_url(self) -> str:
        return reverse("policies:finding_detail", args=[self.pk])

    @property
    def status_tone(self) -> str:
        """How its status is coloured."""
        tones = {Finding.Status.FOUND: "waiting", Finding.Status.ACCEPTED: "info", Finding.Status.MENDED: "good"}
        return tones.get(Finding.Status(self.status), "quiet")

    @property
    def severity_tone(self) -> str:
        """How its severity is coloured; what has to be verified first is never called bad."""
        return {Finding.Severity.PROBLEM: "bad", Finding.Severity.GAP: "waiting"}.get(
            Finding.Severity(self.severity), "quiet"
        )
