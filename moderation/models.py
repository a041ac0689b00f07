"""Items that others put on the school's channels, their authors, what was decided, and blocks."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import SchoolOwned, SchoolOwnedQuerySet, User
from channels_mgmt.models import Channel, ChannelRule
from policyportal.lib.dates import today
from policyportal.lib.models import AttachmentBase


class Author(SchoolOwned):
    """An outside account that wrote something on a channel of the school."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="authors")
    handle = models.CharField("name or handle", max_length=120)

    class Meta:
        ordering = ["handle"]
        constraints = [models.UniqueConstraint("channel", Lower("handle"), name="one_author_per_handle")]

    def __str__(self) -> str:
        return self.handle

    def get_absolute_url(self) -> str:
        return reverse("moderation:author_detail", args=[self.pk])


class ItemQuerySet(SchoolOwnedQuerySet):
    """Items by what became of them."""

    def undecided(self):
        """Waiting for a decision."""
        return self.filter(status=Item.Status.RECORDED)

    def decided(self):
        """Dealt with, one way or the other."""
        return self.exclude(decided_at=None)

    def upheld(self):
        """Against a rule of the channel: they count towards a block."""
        return self.filter(upheld=True)

    def late(self, now: datetime | None = None):
        """Undecided past their target."""
        return self.undecided().filter(due_at__lt=now or timezone.now())


class Item(SchoolOwned):
    """A comment, message, review or post by somebody else, seen on a channel."""

    class Status(models.TextChoices):
        RECORDED = "recorded", "Waiting"
        REMOVED = "removed", "Deleted"
        HIDDEN = "hidden", "Hidden"
        REPLIED = "replied", "Answered"
        LEFT = "left", "Left as it is"

    class Kind(models.TextChoices):
        COMMENT = "comment", "Comment"
        MESSAGE = "message", "Private message"
        POST = "post", "Post"
        REVIEW = "review", "Review"

    class Imagery(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNSURE = "unsure", "I am not sure"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="items")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    status = models.CharField(max_length=20, choices=Status, default=Status.RECORDED)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.COMMENT)
    # Anything but a no, and the portal holds words alone: such a picture may not be copied or kept by anybody.
    imagery = models.CharField(
        "does it show a child undressed or in a sexual way?", max_length=10, choices=Imagery, default=Imagery.NO
    )
    words = models.TextField("what it says")
    link = models.URLField("link to it", max_length=500, blank=True)
    seen_at = models.DateTimeField("when it was seen", default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    flagged = models.BooleanField("flagged by somebody outside the channel's team", default=False)
    # Recorded plus the school's target, kept so that the queue sorts and lateness is found by an index.
    due_at = models.DateTimeField()
    late_told_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField("against a rule", default=False)
    rule = models.ForeignKey(
        ChannelRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="rule"
    )
    explanation = models.TextField("why", blank=True)
    message_sent = models.TextField("reply that was sent", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # From the form that recorded it, so that a second click finds the first one's row.
    form_token = models.UUIDField(null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["recorded_by", "form_token"], name="one_item_per_form"),
            models.CheckConstraint(
                condition=Q(status="recorded", decided_at=None)
                | (~Q(status="recorded") & Q(decided_at__isnull=False)),
                name="decided_item_says_when",
            ),
            models.CheckConstraint(condition=Q(upheld=False) | ~Q(status="recorded"), name="upheld_item_is_decided"),
        ]
        indexes = [
            models.Index(fields=["school", "due_at", "id"], name="item_queue", condition=Q(status="recorded")),
            models.Index(
                fields=["school", "-decided_at", "-id"], name="item_decided", condition=Q(decided_at__isnull=False)
            ),
            models.Index(fields=["author"], name="item_strikes", condition=Q(upheld=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.channel}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:item_detail", args=[self.pk])

    @property
    def time_taken(self) -> timedelta | None:
        """From recording to decision; None while undecided."""
        return self.decided_at - self.recorded_at if self.decided_at else None

    @property
    def is_late(self) -> bool:
        """Whether it waits for a decision past its target."""
        return self.decided_at is None and self.due_at < timezone.now()

    @property
    def was_late(self) -> bool:
        """Whether it was decided past its target."""
        return self.decided_at is not None and self.decided_at > self.due_at

    @property
    def status_tone(self) -> str:
        """How its status is coloured."""
        return {Item.Status.RECORDED: "waiting", Item.Status.REMOVED: "good", Item.Status.HIDDEN: "good"}.get(
            self.status, "quiet"
        )

    @property
    def words_only(self) -> bool:
        """Whether no file may ever be kept with it."""
        return self.imagery != Item.Imagery.NO


class Capture(SchoolOwned, AttachmentBase):
    """A picture of an item as it stood on the platform."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="captures")
    captured_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["captured_at", "id"]


class Contact(SchoolOwned):
    """A courteous attempt to settle something with an author, made before any block [PWP-50, CRO-51, HEA-78]."""

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="contacts")
    words = models.TextField("what was said")
    outcome = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"Contact with {self.author}"


class BlockQuerySet(SchoolOwnedQuerySet):
    """Blocks by what they wait for."""

    def proposed(self):
        """Waiting for a moderator to confirm or decline."""
        return self.filter(status=Block.Status.PROPOSED)

    def in_force(self):
        """The author is kept off the channel."""
        return self.filter(status=Block.Status.CONFIRMED)

    def due_for_review(self, day: date | None = None):
        """In force, and the day to look at it again has come."""
        return self.in_force().filter(review_on__lte=day or today())


class Block(SchoolOwned):
    """That an author is kept off a channel: why, until it is looked at again, and how they still reach the school."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        CONFIRMED = "confirmed", "Blocked"
        DECLINED = "declined", "Not blocked"
        LIFTED = "lifted", "Block lifted"

    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="blocks")
    status = models.CharField(max_length=20, choices=Status, default=Status.PROPOSED)
    items = models.ManyToManyField(Item, related_name="blocks")
    reason = models.TextField(blank=True)
    review_on = models.DateField("look at it again on", null=True, blank=True)
    other_way = models.CharField("how they may still reach the school", max_length=200, blank=True)
    contact_skipped_reason = models.CharField("why there was no courteous contact first", max_length=300, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    _history_m2m_fields = ("items",)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="confirmed") | (Q(review_on__isnull=False) & ~Q(reason="") & ~Q(other_way="")),
                name="block_has_reason_review_and_other_way",
            ),
            models.UniqueConstraint(
                fields=["author"], condition=Q(status__in=["proposed", "confirmed"]), name="one_open_block_per_author"
            ),
        ]

    def __str__(self) -> str:
        return f"Block of {self.author}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:author_detail", args=[self.author_id])

    @property
    def is_open(self) -> bool:
        """Whether it is proposed or in force."""
        return self.status in (Block.Status.PROPOSED, Block.Status.CONFIRMED)

    @property
    def status_tone(self) -> str:
        """How its status is coloured."""
        return {Block.Status.PROPOSED: "waiting", Block.Status.CONFIRMED: "bad"}.get(self.status, "quiet")
