"""The verbs on platforms, channels, their rules and the people authorised on them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Role, School
from accounts.rules import holds
from channels_mgmt import notifications, rules
from channels_mgmt.leaving import end_authorisation
from channels_mgmt.models import (
    Authorisation,
    Channel,
    ChannelRole,
    ChannelRule,
    Platform,
    RefusedAttempt,
)
from policies.check.running import check_school
from policies.models import Clause
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as

# What may be said about a channel besides what opening it asks; its standing is the workflow's.
CHANNEL_FACTS = frozenset(
    {
        "platform",
        "name",
        "address",
        "audience",
        "purpose",
        "posting_mode",
        "agency",
        "responsible",
        "managers_need_authorisation",
        "most_authorised",
        "audience_confirmed",
    }
)


def list_platform(*, school: School, by: Membership | None, name: str, **facts: Any) -> Platform:
    """Add a platform to the school's list and return it.

    Tells nobody. Refuses somebody who manages no channels, and a name that is on the list.
    """
    _refuse(by is not None and not _lists_platforms(by, school))
    if Platform.objects.filter(school=school, name__iexact=name.strip()).exists():
        raise Refused("A platform with this name is already on the list.")
    platform = Platform(school=school, name=name.strip(), **facts)
    save_as(platform, by, "Added to the list")
    return platform


def edit_platform(platform: Platform, *, by: Membership, **facts: Any) -> Platform:
    """Change what the list says of a platform. Tells nobody. Refuses as `list_platform` does."""
    _refuse(not _lists_platforms(by, platform.school))
    others = Platform.objects.filter(school=platform.school_id).exclude(pk=platform.pk)
    if others.filter(name__iexact=facts.get("name", platform.name)).exists():
        raise Refused("A platform with this name is already on the list.")
    _set(platform, facts)
    save_as(platform, by, "Changed")
    return platform


def open_channel(
    *,
    school: School,
    by: Membership | None,
    platform: Platform,
    name: str,
    audience: str,
    managing_roles: Iterable[str] = (),
    authorising_roles: Iterable[str] = (),
    **facts: Any,
) -> Channel:
    """Add a channel to the register with the roles that run it, and return it.

    What the head says of its audience is confirmed by that, unless `audience_confirmed` is False. The policies in
    force are checked against the register again. Tells nobody. Refuses somebody who may not open channels, roles
    that authorise named by anybody but the head, and a name that the platform has already.
    """
    _refuse(by is not None and not (rules.can_open_channel(by) and by.school_id == school.pk))
    channel = Channel(school=school)
    _set(channel, {"platform": platform, "name": name, "audience": audience, **_known(facts)})
    leads = by is not None and rules.can_appoint(by, channel)
    _refuse(by is not None and not leads and bool(list(authorising_roles)))
    if by is not None:
        channel.audience_confirmed = leads and facts.get("audience_confirmed", True)
    _refuse_second(channel)
    with transaction.atomic():
        save_as(channel, by, "Added to the register")
        _set_roles(channel, by, managing_roles, authorising_roles)
        check_school(school)
    return channel


def edit_channel(
    channel: Channel,
    *,
    by: Membership,
    managing_roles: Iterable[str] | None = None,
    authorising_roles: Iterable[str] | None = None,
    **facts: Any,
) -> Channel:
    """Change facts of a channel, and the roles that run it where they are given.

    An audience changed by anybody but the head has to be confirmed again. Tells nobody. Refuses somebody who does
    not manage the channel, and roles, the most people and the need of an authorisation set by anybody but the head.
    """
    appoints = (
        managing_roles is not None
        or authorising_roles is not None
        or not {"managers_need_authorisation", "most_authorised"}.isdisjoint(facts)
    )
    _refuse(not rules.can_manage_channel(by, channel) or (appoints and not rules.can_appoint(by, channel)))
    with transaction.atomic():
        # Read again: a form has written on the caller's own copy.
        channel = Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
        audience_before = channel.audience
        _set(channel, _known(facts))
        if channel.audience != audience_before:
            channel.audience_confirmed = rules.can_confirm_audience(by, channel)
        _refuse_second(channel)
        save_as(channel, by, "Changed")
        if managing_roles is not None and authorising_roles is not None:
            _set_roles(channel, by, managing_roles, authorising_roles)
        check_school(channel.school)
    return channel


def confirm_audience(channel: Channel, *, by: Membership, audience: str) -> Channel:
    """Store who can see the channel, as confirmed by the head. Tells nobody. Refuses anybody but the head."""
    _refuse(not rules.can_confirm_audience(by, channel))
    channel.audience = audience
    channel.audience_confirmed = True
    save_as(channel, by, "Audience confirmed")
    return channel


def add_rule(
    channel: Channel,
    *,
    by: Membership | None,
    rule_list: str,
    title: str,
    text: str = "",
    example: str = "",
    clause: Clause | None = None,
) -> ChannelRule:
    """Add a line at the end of one of the channel's three lists and return it.

    Tells nobody. Refuses somebody who does not manage the channel, and a title that the list has already.
    """
    _refuse(by is not None and not rules.can_manage_channel(by, channel))
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        lines = ChannelRule.objects.filter(channel=channel, rule_list=rule_list)
        if lines.in_force().filter(title__iexact=title.strip()).exists():
            raise Refused("This list has a line with this title already.")
        rule = ChannelRule(
            school_id=channel.school_id,
            channel=channel,
            rule_list=rule_list,
            title=title.strip(),
            text=text,
            example=example,
            clause=clause,
            position=lines.count() + 1,
        )
        save_as(rule, by, "Added to the list")
    return rule


def drop_rule(rule: ChannelRule, *, by: Membership) -> ChannelRule:
    """Take a line off its list from now on; what was decided under it keeps it.

    Tells nobody. Refuses somebody who does not manage the channel. Dropping it again changes nothing.
    """
    _refuse(not rules.can_manage_channel(by, rule.channel))
    if rule.dropped_at is None:
        rule.dropped_at = timezone.now()
        save_as(rule, by, "Taken off the list")
    return rule


def authorise(
    channel: Channel,
    membership: Membership,
    *,
    by: Membership | None,
    reason: str = "",
    may_post: bool = True,
    may_moderate: bool = True,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Authorisation:
    """Authorise a person on a channel from a day until a day, and return the authorisation.

    Tells the person. Refuses somebody who does not authorise on this channel, authorising oneself, a person of
    another school or without a post, a closed channel, a second authorisation while one stands, and more people
    than the head allows. `by` may be None for the system's set-up: the head's name then stands on it.
    """
    _refuse(by is not None and not rules.can_authorise(by, channel))
    first = starts_on or today()
    with transaction.atomic():
        channel = Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
        wrong = rules.why_not_authorised(
            by, channel, membership, starts_on=first, ends_on=ends_on, allows_something=may_post or may_moderate
        )
        if wrong:
            raise Refused(*wrong.values())
        authorisation = Authorisation(
            school_id=channel.school_id,
            channel=channel,
            membership=membership,
            may_post=may_post,
            may_moderate=may_moderate,
            granted_by=by.user if by is not None else _head_of(channel).user,
            reason=reason,
            starts_on=first,
            ends_on=ends_on,
        )
        save_as(authorisation, by, reason or "Authorised")
        if by is not None:
            notifications.poster_authorised(authorisation)
    return authorisation


def revoke(authorisation: Authorisation, *, by: Membership, reason: str) -> Authorisation:
    """End an authorisation at once.

    Tells the person. Refuses somebody who does not authorise on the channel, no reason, and one that was revoked.
    """
    _refuse(not rules.can_authorise(by, authorisation.channel))
    if not reason.strip():
        raise Refused("Say why it is revoked.")
    with transaction.atomic():
        authorisation = Authorisation.objects.select_for_update(of=("self",)).get(pk=authorisation.pk)
        if authorisation.revoked_at is not None:
            raise Refused("This authorisation was revoked already.")
        end_authorisation(authorisation, by, reason.strip())
        notifications.authorisation_revoked(authorisation)
    return authorisation


def record_refused_attempt(channel: Channel, *, by: Membership) -> RefusedAttempt:
    """Record that a person without authorisation tried a page of the channel; the channel's managers see it."""
    return RefusedAttempt.objects.create(school_id=channel.school_id, channel=channel, user_id=by.user_id)


def _refuse(forbidden: bool) -> None:
    if forbidden:
        raise NotAllowed("This is for other posts of the school.")


def _lists_platforms(by: Membership, school: School) -> bool:
    return holds(by, "manage_channels") and by.school_id == school.pk


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    unknown = set(facts) - CHANNEL_FACTS
    if unknown:
        raise TypeError(f"a channel has no {', '.join(sorted(unknown))}")
    return facts


def _set(thing: Platform | Channel, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(thing, name, value)


def _refuse_second(channel: Channel) -> None:
    if channel.agency and channel.responsible is None:
        raise Refused("Name the member of staff who is responsible for what the agency does.")
    others = Channel.objects.filter(school=channel.school_id, platform=channel.platform_id, name__iexact=channel.name)
    if others.exclude(pk=channel.pk).exists():
        raise Refused("This platform has a channel with this name already.")


def _set_roles(channel: Channel, by: Membership | None, managing: Iterable[str], authorising: Iterable[str]) -> None:
    """Make these the roles of the channel; a role that loses its duty keeps its row and its past."""
    manages, authorises = set(managing), set(authorising)
    rows = {row.role: row for row in ChannelRole.objects.filter(channel=channel)}
    for role in sorted(manages | authorises | set(rows)):
        row = rows.get(role) or ChannelRole(school_id=channel.school_id, channel=channel, role=Role(role).value)
        duties = (role in manages, role in authorises)
        if row._state.adding or duties != (row.manages, row.authorises):
            row.manages, row.authorises = duties
            save_as(row, by, "Duties set")


def _head_of(channel: Channel) -> Membership:
    head = (
        Membership.objects.current().filter(school=channel.school_id).holding(Role.HEADTEACHER).select_related("user")
    ).first()
    if head is None:
        raise Refused("The school has no headteacher in whose name somebody could be authorised.")
    return head
