"""Who follows a policy: acknowledgements given, and reminders told."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import School, SchoolOwned, User
from policies.models.documents import PolicyVersion
from policyportal.lib.models import Row


class Acknowledgement(SchoolOwned):
    """That a person read, understood and will follow one version, with the very words that they were shown."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField(default=timezone.now)
    has_read = models.BooleanField()
    has_understood = models.BooleanField()
    will_follow = models.BooleanField()
    text_shown = models.TextField()
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="one_acknowledgement_per_person"),
            models.CheckConstraint(
                condition=Q(has_read=True, has_understood=True, will_follow=True),
                name="acknowledged_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} acknowledged {self.version}"


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
