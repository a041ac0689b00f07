"""The base of every domain model, and the two tables that belong to no app: mail waiting and files kept."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords


def history_user(instance=None, request=None, **kwargs) -> uuid.UUID | None:
    """Return the id of whoever is signed in, or None for the system's own work."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def history_user_getter(historical_instance) -> uuid.UUID | None:
    """Return the id stored on a history row: a plain id, so that the row outlives the person."""
    return historical_instance.history_user_id


def history_user_setter(historical_instance, user) -> None:
    """Store who did it. `user` is an id, a user, or None for the system."""
    historical_instance.history_user_id = getattr(user, "pk", user)


class SealedRow(models.Model):
    """A history row with the seal that the portal's own key makes when it is written."""

    history_seal = models.CharField(max_length=90, null=True, unique=True, editable=False)  # noqa: DJ001 - none is not the empty seal

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """History whose user is a plain id and whose reason is as long as it needs to be.

    A plain id lets append-only triggers and the removal of a person get along.
    """

    def __init__(self, **options):
        super().__init__(
            inherit=True,
            bases=(SealedRow,),
            get_user=history_user,
            history_id_field=models.BigAutoField(),
            history_user_id_field=models.UUIDField(null=True, db_index=True),
            history_user_getter=history_user_getter,
            history_user_setter=history_user_setter,
            history_change_reason_field=models.TextField(null=True),
            **options,
        )

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        """Index the history of what belongs to a school by date, so that its newest rows are found without sorting."""
        options = super().get_meta_options(model)
        if any(field.name == "school" for field in model._meta.fields):
            options["indexes"] = (models.Index(fields=["school", "-history_date", "-history_id"]),)
        return options

    # One field object may serve one model only; the library hands the same one to every history table.
    def _get_history_user_fields(self):
        fields = super()._get_history_user_fields()
        return fields | {"history_user_id": fields["history_user_id"].clone()}

    def _get_history_change_reason_field(self):
        return super()._get_history_change_reason_field().clone()


class Row(models.Model):
    """A row with a random public identifier: nothing can be learned by counting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Tracked(Row):
    """A domain row: every change of it leaves a history row."""

    history = History()

    class Meta:
        abstract = True


class OutboxMailQuerySet(models.QuerySet):
    """What is owed, what is being sent, what needs a person."""

    def waiting(self):
        """Neither sent nor superseded nor given up."""
        return self.filter(sent_at=None, superseded_at=None, gave_up_at=None)

    def claimable(self, now: datetime):
        """Due, and in nobody's hands."""
        return self.waiting().filter(Q(lease_until=None) | Q(lease_until__lte=now), due_at__lte=now)


class OutboxMail(Row):
    """A mail that a verb owes, written in the verb's own transaction.

    It holds a link and a subject that says only that something waits: no name, category or words of a report.
    """

    LEASE = timedelta(seconds=60)
    MOST_ATTEMPTS = 12

    dedupe_key = models.CharField(max_length=200, unique=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    # How the link is made when the mail is sent, for one that carries a secret: the secret stands in no table.
    link = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    last_error = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxMailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="outbox_waiting",
                condition=Q(sent_at=None, superseded_at=None, gave_up_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class AttachmentBase(Tracked):
    """A stored file of some parent: random name outside static, never served inline.

    Each app subclasses it with a `parent` key to its own row; `policyportal.lib.attachments.keep` fills it.
    """

    original_name = models.CharField(max_length=150)
    stored_name = models.CharField(max_length=60, unique=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes as stored.")
    sha256 = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.original_name


class Heartbeat(models.Model):
    """When a recurring piece of work last finished, so that a dead worker is noticed from the database alone."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
