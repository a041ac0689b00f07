"""How people come and go: invitations, posts that take two people, leaving, and staff read in from a file."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models.people import Membership, User
from accounts.models.schools import Role, School, SchoolOwned, SchoolOwnedQuerySet
from policyportal.lib.dates import today
from policyportal.lib.models import Row
from policyportal.lib.templatetags.portal import day


class InvitationQuerySet(SchoolOwnedQuerySet):
    """Invitations by what became of them."""

    def waiting(self):
        """Neither accepted nor withdrawn nor expired."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Invitation(SchoolOwned):
    """One person asked by e-mail to take up one post. Its link is made when it is mailed and stands nowhere."""

    LASTS = timedelta(days=14)

    post = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(accepted_at=None, withdrawn_at=None), name="one_open_invitation_per_post"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.post.person_name}"

    @property
    def standing_words(self) -> str:
        """How it stands, in a few words."""
        if self.accepted_at:
            return "Taken up"
        if self.withdrawn_at:
            return "Invitation withdrawn"
        over = self.expires_at <= timezone.now()
        return "Invitation expired" if over else f"Invited until {day(self.expires_at)}"


class Appointment(SchoolOwned):
    """A post that no one person gives or ends: one proposes, another confirms."""

    class Kind(models.TextChoices):
        GIVE = "give", "Give the post"
        END = "end", "End the post"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROPOSED)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="person")
    # As somebody new here was called by whoever proposed them: what another school calls them is not told.
    typed_name = models.CharField("name as typed", max_length=150, blank=True)
    role = models.CharField(max_length=40, choices=Role)
    job_title = models.CharField("title", max_length=100, blank=True)
    post = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    acting_for = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField("first day", null=True, blank=True)
    ends_on = models.DateField("last day", null=True, blank=True)
    reason = models.CharField(max_length=300)
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")) | Q(status="withdrawn"),
                name="another_person_decides",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name}, {self.school.label_of(self.role)}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:appointment_detail", args=[self.pk])

    @property
    def status_tone(self) -> str:
        """How its status is coloured."""
        tones = {self.Status.PROPOSED: "waiting", self.Status.CONFIRMED: "good", self.Status.REFUSED: "bad"}
        return tones.get(self.status, "quiet")

    @property
    def person_name(self) -> str:
        """What the person is called here: as typed, where they held no post here when they were proposed."""
        return self.typed_name or self.user.name


class LeavingQuerySet(SchoolOwnedQuerySet):
    """Leavers by what is still to be ended."""

    def due(self):
        """Gone, and what went with their posts has not ended yet."""
        return self.filter(done_at=None, last_day__lt=today())


class Leaving(SchoolOwned):
    """That a person leaves a school. Their posts end by their dates; what went with them ends with this."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="person")
    last_day = models.DateField("last day")
    reason = models.CharField(max_length=300)
    marked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField("switched off", null=True, blank=True)

    objects = LeavingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user"], condition=Q(done_at=None), name="one_leaving_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name} leaves"


class StaffImport(Row):
    """A file of staff on somebody's workbench: what it holds and which column means what.

    It has no history: what came of it is in the history of people and posts, and the list itself is emptied.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=150)
    header = models.JSONField(default=list)
    # [number of the row in the file, its cells], and once it is done only those left out, each with the reason.
    # Emptied after a day: a list of staff is not kept twice.
    rows = models.JSONField(default=list)
    # Spreadsheets count days from 1900 or from 1904; the file itself says which.
    counts_from_1904 = models.BooleanField(default=False)
    # The field that each column means, "" where it means none.
    columns = models.JSONField(default=list)
    # What came of it, as counts: {"new": 3, "changed": 1, "same": 190, "wrong": 12}.
    outcome = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SchoolOwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name
