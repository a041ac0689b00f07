"""Platforms, the school's channels on them, who is authorised, and the three lists of rules of a channel."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, School, SchoolOwned, SchoolOwnedQuerySet, User
from policies.models import Clause
from policyportal.lib.dates import today
from policyportal.lib.models import Row


class PlatformQuerySet(SchoolOwnedQuerySet):
    """Platforms on offer."""

    def on_offer(self):
        """Those that a new report or channel may name; a closed service stays for what is past."""
        return self.filter(active=True)


class Platform(SchoolOwned):
    """A social media service or kind of service, as this school lists it [MLC-22, HEA-11]."""

    name = models.CharField(max_length=80)
    aliases = models.JSONField("other names", default=list, blank=True)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    active = models.BooleanField("on offer", default=True)
    note = models.CharField(max_length=200, blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_platform_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def active_tone(self) -> str:
        """How it is coloured on the list."""
        return "good" if self.active else "quiet"


class ChannelQuerySet(SchoolOwnedQuerySet):
    """Channels by standing."""

    def ours(self):
        """The school's own: not a group of parents that the register merely knows of."""
        return self.exclude(audience=Channel.Audience.NOT_OURS)

    def in_use(self):
        """Open or suspended: others may still write there."""
        return self.exclude(status=Channel.Status.CLOSED)

    def official(self):
        """The school's own channels that are in use now."""
        return self.ours().filter(status=Channel.Status.OPENED)


class Channel(SchoolOwned):
    """An account of the school on a platform: the register of official channels."""

    class Status(models.TextChoices):
        OPENED = "opened", "Open"
        SUSPENDED = "suspended", "Suspended"
        CLOSED = "closed", "Closed"

    class Audience(models.TextChoices):
        PUBLIC = "public", "Public"
        CLOSED = "closed", "Closed group"
        PRIVATE = "private", "Private to parents"
        NOT_OURS = "not_ours", "Not ours"

    class PostingMode(models.TextChoices):
        WILL = "will", "will post"
        MAY = "may", "may post"
        NONE = "none", "no list"

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="channels")
    name = models.CharField(max_length=120)
    address = models.URLField("web address", blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.OPENED)
    audience = models.CharField("who can see it", max_length=20, choices=Audience)
    audience_confirmed = models.BooleanField(default=False)
    purpose = models.CharField(max_length=300, blank=True)
    posting_mode = models.CharField(
        "how the list of posts is meant", max_length=10, choices=PostingMode, default=PostingMode.NONE
    )
    # Where nearly every role manages a channel, the role alone is not enough [CRO-23].
    managers_need_authorisation = models.BooleanField(
        "each manager also needs to be authorised by name", default=False
    )
    most_authorised = models.PositiveSmallIntegerField(
        "most people who may be authorised", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    agency = models.CharField("outside agency that maintains it", max_length=150, blank=True)
    responsible = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="member of staff responsible",
    )

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["school", "platform", "name"], name="one_channel_per_name"),
            models.CheckConstraint(
                condition=Q(agency="") | Q(responsible__isnull=False), name="agency_has_a_responsible_person"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("channels:channel_detail", args=[self.pk])

    @property
    def status_tone(self) -> str:
        """How its status is coloured: open is as it should be."""
        return {Channel.Status.OPENED: "good", Channel.Status.SUSPENDED: "waiting"}.get(self.status, "quiet")

    @property
    def must_confirm(self) -> bool:
        """Whether the headteacher still has to say who can see it: the policy did not."""
        return not self.audience_confirmed and self.status != Channel.Status.CLOSED

    @property
    def linked_publicly(self) -> bool:
        """Whether the public page may give its address."""
        return self.audience == Channel.Audience.PUBLIC and bool(self.address)


class ChannelRole(SchoolOwned):
    """What a role may do with a channel, by role and not by named person [PWP-19, GRA-11, CRO-23]."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=40)
    manages = models.BooleanField("manages the channel", default=False)
    authorises = models.BooleanField("decides who may post", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "role"], name="one_row_per_channel_role")]

    def __str__(self) -> str:
        return self.role


class AuthorisationQuerySet(SchoolOwnedQuerySet):
    """Authorisations by date."""

    def standing(self, day: date | None = None):
        """Neither revoked nor over, though some may begin later."""
        day = day or today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), revoked_at=None)

    def current(self, day: date | None = None):
        """Granted, not revoked, not over, and held by a person whose post has not ended."""
        day = day or today()
        return self.standing(day).filter(
            Q(membership__ends_on=None) | Q(membership__ends_on__gte=day),
            starts_on__lte=day,
            membership__user__is_active=True,
        )


class Authorisation(SchoolOwned):
    """That a person may post to a channel or moderate it, from a day until a day; granted and revoked by name."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="authorisations")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="authorisations")
    may_post = models.BooleanField(default=True)
    may_moderate = models.BooleanField(default=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField("from", default=today)
    ends_on = models.DateField("until", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_reason = models.CharField(max_length=300, blank=True)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "membership", "starts_on"],
                condition=Q(revoked_at=None),
                name="one_open_authorisation",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="authorisation_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(may_post=True) | Q(may_moderate=True), name="authorisation_allows_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership.user} on {self.channel}"

    @property
    def standing_words(self) -> str:
        """How it stands today, in a word or two."""
        if self.revoked_at:
            return "Revoked"
        if self.ends_on and self.ends_on < today():
            return "Ended"
        return "Starts later" if self.starts_on > today() else "Current"

    @property
    def still_open(self) -> bool:
        """Whether there is something to revoke."""
        return self.standing_words in ("Current", "Starts later")

    @property
    def allows(self) -> str:
        """What the person may do, in words."""
        words = [word for word, allowed in (("post", self.may_post), ("moderate", self.may_moderate)) if allowed]
        return " and ".join(words).capitalize()


class ChannelRuleQuerySet(SchoolOwnedQuerySet):
    """Rules by list."""

    def in_force(self):
        """Rules that were not dropped; those that were stay for what was decided under them."""
        return self.filter(dropped_at=None)

    def allowed(self):
        """What the school will or may post."""
        return self.filter(rule_list=ChannelRule.List.ALLOWED)

    def never(self):
        """What it never posts."""
        return self.filter(rule_list=ChannelRule.List.NEVER)

    def remove(self):
        """What is removed on sight when others post it."""
        return self.filter(rule_list=ChannelRule.List.REMOVE)


class ChannelRule(SchoolOwned):
    """One line of a channel's three lists, citing its clause."""

    class List(models.TextChoices):
        ALLOWED = "allowed", "May post"
        NEVER = "never", "Never post"
        REMOVE = "remove", "Remove on sight"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="rules")
    rule_list = models.CharField("list", max_length=10, choices=List)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=300, blank=True)
    example = models.CharField(max_length=200, blank=True)
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = ChannelRuleQuerySet.as_manager()

    class Meta:
        ordering = ["rule_list", "position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "rule_list", "title"], condition=Q(dropped_at=None), name="one_rule_per_title"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RefusedAttempt(Row):
    """That somebody without authorisation tried a page of a channel: itself a breach [PWP-21, CRO-25]."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="refused_attempts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["channel", "-at"], name="attempts_latest")]

    def __str__(self) -> str:
        return f"{self.user} on {self.channel}"
