"""Items that others put on the school's channels, their authors, what was decided, and blocks."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import SchoolOwned, SchoolOwnedQuerySet, User
from channels_mgmt.models import Channel, ChannelRule
from policyportal.lib.models import AttachmentBase


class Author(SchoolOwned):
    """An outside account that wrote something on a channel of the school."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="authors")
    handle = models.CharField("name or handle", max_length=120)

    class Meta:
        ordering = ["handle"]
        constraints = [models.UniqueConstraint(fields=["channel", "handle"], name="one_author_per_handle")]

    def __str__(self) -> str:
        return self.handle

    def get_absolute_url(self) -> str:
        return reverse("moderation:author_detail", args=[self.pk])


class ItemQuerySet(SchoolOwnedQuerySet):
    """Items by what became of them."""

    def undecided(self):
        """Waiting for a decision."""
        return self.filter(status=Item.Status.RECORDED)

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

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="items")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    status = models.CharField(max_length=20, choices=Status, default=Status.RECORDED)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.COMMENT)
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

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at"]
        indexes = [
            models.Index(fields=["school", "due_at", "id"], name="item_queue", condition=Q(status="recorded")),
            models.Index(fields=["school", "-recorded_at", "-id"], name="item_latest"),
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


class Capture(SchoolOwned, AttachmentBase):
    """A picture of an item as it stood on the platform."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="captures")
    captured_at = models.DateTimeField(default=timezone.now)


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

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["author"], condition=Q(status__in=["proposed", "confirmed"]), name="one_open_block_per_author"
            ),
        ]

    def __str__(self) -> str:
        return f"Block of {self.author}"

    def get_absolute_url(self) -> str:
        return reverse("moderation:author_detail", args=[self.author_id])
