"""The base of every domain model, and the tables that belong to no app: mail waiting, and what seals the history."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from policyportal.lib.sealing import seal_of


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


class AppendOnly(models.Model):
    """Rows that are written once: the database itself refuses to change or delete one."""

    class Meta:
        abstract = True


class Sealed(AppendOnly):
    """Rows that carry a seal, made by the portal's own key as each is written.

    The names say where a row keeps its seal, the thing it is about, when that was, and what grows from row to row.
    """

    SEAL: ClassVar[str] = "seal"
    THING: ClassVar[str]
    WHEN: ClassVar[str]
    GROWS: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Seal the row before it is first stored."""
        if self._state.adding:
            setattr(self, self.SEAL, seal_of(self))
        super().save(*args, **kwargs)


class SealedRow(Sealed):
    """A history row with its seal."""

    SEAL = "history_seal"
    THING = "id"
    WHEN = "history_date"
    GROWS = "history_id"

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
            m2m_bases=(AppendOnly,),
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

    def create_historical_record(self, instance: models.Model, history_type: str, using: str | None = None) -> None:
        """Write a history row together with the members of its many-to-many fields, or nothing."""
        with transaction.atomic(using=using, savepoint=False):
            super().create_historical_record(instance, history_type, using=using)

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


class Whole(models.Model):
    """A row that is stored together with its history row, or not at all."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row and its history row in one transaction."""
        with transaction.atomic(using=kwargs.get("using"), savepoint=False):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove the row and write so in its history in one transaction."""
        with transaction.atomic(using=kwargs.get("using"), savepoint=False):
            return super().delete(*args, **kwargs)


class Tracked(Whole, Row):
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
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of somebody without an account: where to, and by what name they are greeted.
    address = models.EmailField(blank=True)
    name = models.CharField(max_length=150, blank=True)
    subject = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    # How the link is made when the mail is sent, for one that carries a secret: the secret stands in no table.
    link = models.CharField(max_length=20, blank=True)
    # One of very many at once: it goes after every other, so that a campaign holds up nothing urgent.
    is_bulk = models.BooleanField(default=False)
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
            models.Index(fields=["sent_at"], name="outbox_sent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(to__isnull=False, address="") | (Q(to=None) & ~Q(address="")),
                name="mail_has_one_addressee",
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


class Seal(AppendOnly):
    """One link of the chain: it names one row, holds its digest, and is bound by the key to the link before it.

    The first link names no row; its note says what stood in each table before the chain began.
    """

    number = models.BigIntegerField(primary_key=True)
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=36)
    # What the row is about, so that it can be named when the row is gone.
    thing = models.CharField(max_length=36, blank=True)
    digest = models.CharField(max_length=80)
    note = models.TextField(blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="one_link_per_row")]

    def __str__(self) -> str:
        return f"{self.number} {self.table} {self.row}"


class SealForm(AppendOnly):
    """The columns that a table's rows were sealed with, so that one added later breaks no older seal."""

    table = models.CharField(max_length=63)
    fingerprint = models.CharField(max_length=8)
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "fingerprint"], name="one_form_per_fingerprint")]

    def __str__(self) -> str:
        return f"{self.table} {self.fingerprint}"


class SealMark(models.Model):
    """How far a table need not be searched for rows without a link; the row without a table is the chain's lock.

    It only saves work: what it says wrongly costs time, never a row.
    """

    table = models.CharField(max_length=63, primary_key=True)
    floor = models.CharField(max_length=40, blank=True)
    high = models.CharField(max_length=40, blank=True)
    moved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.table


class SealHead(AppendOnly):
    """The end of the chain as it stood on a day, which is also kept outside the database."""

    day = models.DateField(primary_key=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.day} {self.number} {self.hash}"


class AuditCheck(AppendOnly):
    """What one check of the history found; names rows by table and id, never by their words."""

    class Kind(models.TextChoices):
        CHAIN = "chain", "Chain verified"
        DRIFT = "drift", "Records compared with their history"

    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    checked = models.BigIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    # The first few: [{"table": ..., "thing": ..., "words": ...}].
    sample = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["kind", "-at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.found}"
