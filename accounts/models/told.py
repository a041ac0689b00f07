"""What people were told, and what they looked at."""

from django.db import models
from django.utils import timezone

from accounts.models.people import User
from accounts.models.schools import School
from policyportal.lib.models import OutboxMail, Row, Sealed


class Notification(Row):
    """Something that somebody was told in the portal: an event and a link, never the words of a report."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    dedupe_key = models.CharField(max_length=200, unique=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # Safeguarding: told by mail at once, whatever the hour and whatever the person chose.
    urgent = models.BooleanField(default=False)
    # The one mail that tells of it; a mail of the day tells of many.
    mail = models.ForeignKey(OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="tells")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "school", "-created_at"])]

    def __str__(self) -> str:
        return self.subject


class AccessLog(Sealed, Row):
    """Who looked at which confidential thing, when and why; written in the transaction that reads it.

    It holds ids and no words, and outlives the thing.
    """

    THING = "object_id"
    WHEN = "at"
    GROWS = "created_at"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)
    object_id = models.UUIDField()
    shown = models.CharField(max_length=60, help_text="Which part was shown.")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    seal = models.CharField(max_length=90, null=True, unique=True, editable=False)  # noqa: DJ001 - none is not the empty seal

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["school", "-at"]),
            models.Index(fields=["object_id", "-at"]),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
