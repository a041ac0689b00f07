"""Platforms, the school's channels on them, who is authorised, and the three lists of rules of a channel."""

from datetime import date

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


class ChannelQuerySet(SchoolOwnedQuerySet):
    """Channels by standing and by who manages them."""

    def official(self):
        """The channels that are in use and the school's own."""
        return self.filter(status=Channel.Status.OPENED)

    def managed_by(self, membership: Membership):
        """Channels that a role of this person manages."""
        managed = Q(pk=None)
        for role in membership.roles:
            managed |= Q(roles__role=role, roles__manages=True)
        return self.visible_to(membership).filter(managed).distinct()


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

    def current(self, day: date | None = None):
        """Granted, not revoked, not over, and held by a person whose post has not ended."""
        day = day or today()
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(membership__ends_on=None) | Q(membership__ends_on__gte=day),
            revoked_at=None,
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
                fields=["channel", "membership"], condition=Q(revoked_at=None), name="one_open_authorisation"
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


class ChannelRuleQuerySet(SchoolOwnedQuerySet):
    """Rules by list."""

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

    def __str__(self) -> str:
        return f"{self.user} on {self.channel}"
