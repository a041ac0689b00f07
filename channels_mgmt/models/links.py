"""Existing links between staff and families, declared, decided by the headteacher and taken into account."""

import re

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, School, SchoolOwned, SchoolOwnedQuerySet, User
from policyportal.lib.models import Row


class FamilyLinkQuerySet(SchoolOwnedQuerySet):
    """Links by what was decided, and by whose they are."""

    def of(self, user_id):
        """Those of one member of staff that are theirs to see: what they declared, and what a family was granted.

        What a family declared is not told to the person it names before it is approved.
        """
        decided = Q(status__in=[FamilyLink.Status.APPROVED, FamilyLink.Status.ENDED])
        return self.filter(Q(adult=user_id), decided | Q(declared_by__user=user_id))

    def undecided(self):
        """Waiting for the headteacher."""
        return self.filter(status=FamilyLink.Status.DECLARED)

    def untold(self):
        """Decided, and declared by a family that nobody has told yet."""
        decided = self.exclude(status=FamilyLink.Status.DECLARED)
        return decided.filter(declared_by=None, declarer_told_at=None)

    def approved(self):
        """Those that excuse contact."""
        return self.filter(status=FamilyLink.Status.APPROVED)

    def declared(self):
        """Those that count as a conflict: approved or not yet decided."""
        return self.filter(status__in=[FamilyLink.Status.DECLARED, FamilyLink.Status.APPROVED])


class FamilyLink(SchoolOwned):
    """One adult of the school and one pupil who are linked outside it, and what the headteacher decided [GRA-50]."""

    class Status(models.TextChoices):
        DECLARED = "declared", "Waiting for a decision"
        APPROVED = "approved", "Approved exception"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Ended"

    status = models.CharField(max_length=20, choices=Status, default=Status.DECLARED)
    # The member of staff, where the portal knows them; a parent may name somebody it does not.
    adult = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adult_name = models.CharField("member of staff", max_length=150)
    pupil_name = models.CharField("pupil", max_length=150)
    pupil_class = models.CharField("class", max_length=60, blank=True)
    relation = models.CharField("how they are linked", max_length=200)
    platforms = models.CharField("where they are in contact", max_length=200, blank=True)
    reason = models.TextField("why", blank=True)
    declared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of a parent or carer, who has no account.
    declarer_name = models.CharField("your name", max_length=150, blank=True)
    declarer_contact = models.CharField("how to reach you", max_length=200, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField("why it was decided so", blank=True)
    # When the office told the family, by telephone or letter: they have no account.
    declarer_told_at = models.DateTimeField("family told", null=True, blank=True)
    # One form sent twice is one declaration.
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = FamilyLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["school", "status"], name="links_by_status")]

    def __str__(self) -> str:
        return f"{self.adult_name} and {self.pupil_name}"

    def get_absolute_url(self) -> str:
        return reverse("channels:link_detail", args=[self.pk])

    @property
    def pupil(self) -> str:
        """The pupil as the forms name them: with the class, where it was given."""
        return f"{self.pupil_name}, {self.pupil_class}" if self.pupil_class else self.pupil_name

    @property
    def by_family(self) -> bool:
        """Whether a parent or carer declared it."""
        return self.declared_by_id is None

    @property
    def tone(self) -> str:
        """The colour in which its status is told."""
        return {self.Status.DECLARED: "waiting", self.Status.APPROVED: "good"}.get(self.status, "quiet")

    def names_pupil(self, text: str) -> bool:
        """Tell whether `text` names the pupil by their full name, in any case and punctuation."""
        name = plain_words(self.pupil_name)
        return len(name) > 1 and stands_in(name, plain_words(text))


def plain_words(text: str) -> list[str]:
    """Return the words of a name or sentence without case and punctuation; an apostrophe joins."""
    return re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.casefold()))


def stands_in(name: list[str], words: list[str]) -> bool:
    """Tell whether the words of a name stand together somewhere in `words`."""
    return bool(name) and any(words[at : at + len(name)] == name for at in range(len(words)))


class ContactNote(SchoolOwned):
    """That contact happened which an approved link excuses: noted, and nobody alerted [PWP-72, CRO-70]."""

    link = models.ForeignKey(FamilyLink, on_delete=models.PROTECT, related_name="contact_notes")
    words = models.TextField("what the pupil wrote or did", blank=True)
    noticed_at = models.DateTimeField("when", null=True, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    form_token = models.UUIDField(unique=True, editable=False)

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"Note on {self.link}"


class LinksDeclaration(SchoolOwned):
    """Whether somebody in post has such links: the answer that induction asks for [GRA-51]. The latest counts."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_links = models.BooleanField("has links to declare")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-answered_at"]

    def __str__(self) -> str:
        return f"Declaration of {self.user.name}"


class LinksReminder(Row):
    """That somebody was owed a reminder to answer the declaration: recorded once, told once or superseded."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stage = models.SmallIntegerField(help_text="Days before the due date; negative after it.")
    owed_on = models.DateField(help_text="The day on which it fell.")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ["-owed_on"]
        constraints = [
            models.UniqueConstraint(fields=["school", "user", "owed_on"], name="one_links_reminder_per_day"),
        ]

    def __str__(self) -> str:
        return f"Declaration of links owed, {self.stage} days"
