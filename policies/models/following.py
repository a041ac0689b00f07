"""Who follows a policy: whom it asks, acknowledgements given, and reminders told."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Carer, Pupil, School, SchoolOwned, User
from policies.models.documents import Audience, PolicyVersion
from policyportal.lib.models import Row


class Acknowledgement(SchoolOwned):
    """That a person read, understood and will follow one version, with the very words that they were shown.

    Staff give it signed in; a parent or carer, or a pupil with their class, without an account.
    """

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.STAFF)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="acknowledgements")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, null=True, blank=True, related_name="acknowledgements")
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="acknowledgements")
    # Who put it down for others: a teacher for the class that went through it together.
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The school year that it confirms anew, by the year in which it starts; 0 where once is enough.
    school_year = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(default=timezone.now)
    has_read = models.BooleanField()
    has_understood = models.BooleanField()
    will_follow = models.BooleanField()
    text_shown = models.TextField()
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "user", "school_year"], name="one_acknowledgement_per_person"),
            models.UniqueConstraint(fields=["version", "carer", "school_year"], name="one_acknowledgement_per_carer"),
            models.UniqueConstraint(fields=["version", "pupil", "school_year"], name="one_acknowledgement_per_pupil"),
            models.CheckConstraint(
                condition=Q(audience="staff", user__isnull=False, carer=None, pupil=None)
                | Q(audience="parents", user=None, carer__isnull=False, pupil=None)
                | Q(audience="pupils", user=None, carer=None, pupil__isnull=False),
                name="acknowledged_by_one",
            ),
            models.CheckConstraint(
                condition=Q(has_read=True, has_understood=True, will_follow=True),
                name="acknowledged_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} acknowledged {self.version}"

    @property
    def by(self) -> User | Carer | Pupil:
        """Whoever gave it."""
        return self.user or self.carer or self.pupil


class Campaign(SchoolOwned):
    """That everybody of an audience was asked to acknowledge a version, when, and until when."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="campaigns")
    audience = models.CharField(max_length=20, choices=Audience)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_on = models.DateField()
    due_on = models.DateField()
    # Which reminder was the last, by its day: what is late is told once.
    reminded_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-started_on", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "version", "audience"], condition=Q(ended_on=None), name="one_campaign_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()} asked about {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("policies:campaign_detail", args=[self.pk])


class AcknowledgementRequest(Row):
    """That one parent or carer is asked through a link of their own, made when its mail is sent or the slip printed.

    The link works once, for one version, and no account comes of it.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="requests")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Of the code on the last slip that was printed: the code itself stands on paper alone.
    slip_hash = models.CharField(max_length=64, blank=True, db_index=True)
    # The last day on which a mail with the link was owed.
    told_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "carer"], name="one_request_per_carer")]

    def __str__(self) -> str:
        return f"{self.carer} asked"


class ReminderQuerySet(models.QuerySet):
    """Reminders by what became of them."""

    def sent(self):
        """The ones that a mail went out for; the rest came too late and a later one took their place."""
        return self.filter(superseded=False)


class Reminder(Row):
    """That a reminder was owed to a person at a stage: recorded once, mailed once or superseded."""

    class Kind(models.TextChoices):
        REVIEW = "review", "Review due"
        ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement owed"
        ASKED = "asked", "Reminded by a person"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    stage = models.SmallIntegerField(help_text="Days before the due date; negative after it.")
    owed_on = models.DateField(help_text="The day on which it fell.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded = models.BooleanField(default=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-owed_on"]
        constraints = [
            # By day, not by stage: after a review the same stages come round again on other days.
            models.UniqueConstraint(fields=["version", "user", "kind", "owed_on"], name="one_reminder_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.stage} days"
