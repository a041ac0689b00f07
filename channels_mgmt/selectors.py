"""Reads on channels, shaped for pages: the register, the three lists, who is told, what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import Membership, Role, School
from accounts.rules import holds
from channels_mgmt.models import (
    Authorisation,
    Channel,
    ChannelQuerySet,
    ChannelRole,
    ChannelRule,
    Platform,
    RefusedAttempt,
)
from channels_mgmt.rules import channels_authorised_by
from policyportal.lib.dates import today
from policyportal.lib.forms import lower_first
from policyportal.lib.timeline import THE_SYSTEM, Event, names_of, timeline_of
from policyportal.lib.waiting import Waiting

ENDING_SOON = timedelta(days=14)
MOST_WAITING = 10
MOST_SHOWN = 50


@dataclass(frozen=True)
class RuleList:
    """One of a channel's three lists, under the heading that the school gave it."""

    kind: str
    heading: str
    rules: list[ChannelRule]


def register_of(membership: Membership) -> ChannelQuerySet:
    """Return the school's channels with what the register shows of each."""
    managing = ChannelRole.objects.filter(manages=True)
    return (
        Channel.objects.visible_to(membership)
        .select_related("platform")
        .prefetch_related(Prefetch("roles", managing, to_attr="managing"))
    )


def labels_of(school: School, roles: Iterable[ChannelRole]) -> str:
    """Return the school's own words for these roles, or that nobody is named."""
    return ", ".join(school.label_of(role.role) for role in roles) or "Nobody named"


def rule_lists(channel: Channel) -> list[RuleList]:
    """Return the three lists of a channel with their clauses, in one query; a list may be empty."""
    lines = list(channel.rules.in_force().select_related("clause"))
    headings = {
        ChannelRule.List.ALLOWED: f"The school {channel.get_posting_mode_display()}"
        if channel.posting_mode != Channel.PostingMode.NONE
        else "What the school posts",
        ChannelRule.List.NEVER: "Never posted",
        ChannelRule.List.REMOVE: "Removed on sight",
    }
    return [
        RuleList(kind.value, heading, [line for line in lines if line.rule_list == kind])
        for kind, heading in headings.items()
    ]


def people_on(channel: Channel) -> list[Authorisation]:
    """Return who is or was authorised on the channel, standing ones first."""
    rows = channel.authorisations.select_related("membership__user", "membership__school", "granted_by", "revoked_by")
    return sorted(rows[:MOST_SHOWN], key=lambda row: not row.still_open)


def attempts_on(channel: Channel) -> QuerySet[RefusedAttempt]:
    """Return the refused attempts on the channel's pages, the latest first."""
    return channel.refused_attempts.select_related("user").order_by("-at")


def team_of(channel: Channel) -> list[Membership]:
    """Return the posts of those who decide on what others write there, one per person; the head where nobody does."""
    posts = Membership.objects.current().filter(school=channel.school_id).select_related("user")
    authorised = Authorisation.objects.current().filter(channel=channel, may_moderate=True).values("membership")
    by_role = ChannelRole.objects.filter(channel=channel, manages=True).values("role")
    of_team = Q(pk__in=authorised)
    if not channel.managers_need_authorisation:
        of_team |= Q(role__in=by_role)
    team = {post.user_id: post for post in posts.filter(of_team)}
    return list(team.values()) or list(posts.holding(Role.HEADTEACHER)[:1])


def find_platforms(membership: Membership, words: str = "") -> QuerySet[Platform]:
    """Return the school's platforms whose name or other name begins with `words`, as people know them."""
    platforms = Platform.objects.visible_to(membership)
    sought = words.strip().casefold()
    if not sought:
        return platforms
    named = platforms.values_list("pk", "name", "aliases")
    return platforms.filter(
        pk__in=[pk for pk, name, aliases in named if any(n.casefold().startswith(sought) for n in (name, *aliases))]
    )


def official_channels(school: School) -> QuerySet[Channel]:
    """Return the school's official channels as anybody may know them."""
    return Channel.objects.filter(school=school).official().select_related("platform")


def platforms_with_age(school: School) -> QuerySet[Platform]:
    """Return the platforms on offer for which the school states a minimum age."""
    return Platform.objects.filter(school=school).on_offer().exclude(minimum_age=None)


def events_of_channel(channel: Channel, people: list[Authorisation], limit: int = 20) -> list[Event]:
    """Return what happened to a channel, its lists and the people on it, newest first."""
    events = [*timeline_of(channel, limit), *_changed_lines(channel, limit)]
    for row in people:
        events += _on_person(row)
    return sorted(events, key=lambda event: event["at"], reverse=True)[:limit]


def _on_person(row: Authorisation) -> list[Event]:
    who = row.membership.user.name
    events = [_event(f"{who}: authorised", str(row.granted_by), row.created_at, row.reason)]
    if row.revoked_at:
        events.append(_event(f"{who}: authorisation revoked", str(row.revoked_by), row.revoked_at, row.revoked_reason))
    return events


def _changed_lines(channel: Channel, limit: int) -> list[Event]:
    """Lines taken off a list; those put on it stand on the page itself."""
    rows = list(ChannelRule.history.filter(channel=channel.pk, history_type="~").order_by("-history_date")[:limit])
    names = names_of(row.history_user_id for row in rows)
    return [
        _event(
            f"“{row.title}”: {lower_first(row.history_change_reason or 'changed')}",
            names.get(row.history_user_id, THE_SYSTEM),
            row.history_date,
            "",
        )
        for row in rows
    ]


def _event(title: str, by: str, at: datetime, text: str) -> Event:
    return Event(title=title, by=by, at=at, text=text, changes=[])


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what this person must do about channels: confirm audiences, renew what ends, begin an empty register."""
    return [*_for_head(membership), *_ending_soon(membership)]


def _for_head(membership: Membership) -> list[Waiting]:
    if not holds(membership, "confirm_channels"):
        return []
    channels = Channel.objects.visible_to(membership)
    unsure = list(channels.in_use().filter(audience_confirmed=False)[:MOST_WAITING])
    if not unsure and not channels.exists():
        return [
            Waiting(
                "Enter the school's official channels",
                reverse("channels:channel_list"),
                detail="No channel, manager or authoriser is named",
            )
        ]
    return [
        Waiting(
            f"Confirm who can see {channel.name}",
            reverse("channels:audience_confirm", args=[channel.pk]),
            detail=f"Recorded as: {channel.get_audience_display()}",
        )
        for channel in unsure
    ]


def _ending_soon(membership: Membership) -> list[Waiting]:
    ending = (
        Authorisation.objects.visible_to(membership)
        .current()
        .filter(channel__in=channels_authorised_by(membership), ends_on__lte=today() + ENDING_SOON)
        .select_related("channel", "membership__user")
        .order_by("ends_on")
    )
    return [
        Waiting(
            f"Authorisation of {row.membership.user} ends",
            row.channel.get_absolute_url(),
            due=row.ends_on,
            detail=row.channel.name,
        )
        for row in ending[:MOST_WAITING]
    ]
