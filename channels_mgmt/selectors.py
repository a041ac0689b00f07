"""Reads on channels, shaped for pages: the register, the three lists, who is told, what waits; and on links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import Membership, Role, School, User
from accounts.rules import CAPABILITIES, holds
from channels_mgmt.models import (
    Authorisation,
    Channel,
    ChannelQuerySet,
    ChannelRole,
    ChannelRule,
    ContactNote,
    CredentialChange,
    FamilyLink,
    FamilyLinkQuerySet,
    LinksDeclaration,
    Platform,
    RefusedAttempt,
    plain_words,
    stands_in,
)
from channels_mgmt.rules import channels_authorised_by, channels_managed_by, links_decided_by
from policyportal.lib.dates import LONDON, today
from policyportal.lib.forms import lower_first
from policyportal.lib.timeline import THE_SYSTEM, Event, names_of, timeline_of
from policyportal.lib.waiting import Waiting

ENDING_SOON = timedelta(days=14)
MOST_WAITING = 10
MOST_SHOWN = 50
TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})


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


def managers_of(channel: Channel) -> list[Membership]:
    """Return one post of each person who manages the channel and is there today; the head where nobody does."""
    posts = Membership.objects.present().filter(school=channel.school_id).select_related("user")
    managing = posts.filter(role__in=ChannelRole.objects.filter(channel=channel, manages=True).values("role"))
    if channel.managers_need_authorisation:
        authorised = Authorisation.objects.current().filter(channel=channel)
        managing = managing.filter(user__in=authorised.values("membership__user"))
    managers = {post.user_id: post for post in managing}
    return list(managers.values()) or list(posts.holding(Role.HEADTEACHER)[:1])


def credentials_to_change(channel: Channel) -> list[CredentialChange]:
    """Return the changes of credentials that are due on a channel, the most urgent first."""
    return list(CredentialChange.objects.due().filter(channel=channel).select_related("leaver").order_by("due_on"))


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
    """Return what this person must do about channels (confirm, renew, begin the register, change) and about links."""
    return [
        *_for_head(membership),
        *_ending_soon(membership),
        *_credentials_due(membership),
        *_about_links(membership),
    ]


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


def _credentials_due(membership: Membership) -> list[Waiting]:
    due = CredentialChange.objects.visible_to(membership).due().filter(channel__in=channels_managed_by(membership))
    return [
        Waiting(
            f"Change the credentials of {change.channel}",
            change.channel.get_absolute_url(),
            due=change.due_on,
            detail=f"{change.leaver} has left",
        )
        for change in due.select_related("channel", "leaver").order_by("due_on")[:MOST_WAITING]
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


def _about_links(membership: Membership) -> list[Waiting]:
    """Links to decide on, families to tell, and one's own answer while it is owed; no pupil is named."""
    waiting = []
    due = answer_due(membership)
    if due:
        title = "Say whether you have links with families of the school"
        waiting.append(Waiting(title, reverse("channels:links_answer"), due=due))
    for link in links_decided_by(membership).undecided().order_by("created_at")[:MOST_WAITING]:
        by = "a family" if link.by_family else link.adult_name
        waiting.append(Waiting("Decide on a link with a family", link.get_absolute_url(), detail=f"Declared by {by}"))
    for link in links_decided_by(membership).untold().order_by("decided_at")[:MOST_WAITING]:
        title = "Let the office tell a family what you decided"
        waiting.append(Waiting(title, link.get_absolute_url(), detail=link.get_status_display()))
    return waiting


def answer_due(membership: Membership) -> date | None:
    """Return the day by which this person is to say whether they have links; None where nothing is owed."""
    if not (membership.school.declares_links and holds(membership, "declare_links")):
        return None
    if answer_of(membership) is not None:
        return None
    first = min(membership.posts, key=lambda post: post.starts_on)
    return answer_owed_from(first, asked_since([membership.school_id]))[1]


def answer_of(membership: Membership) -> LinksDeclaration | None:
    """Return the latest answer of this person in the school worked in, or None while there is none."""
    return LinksDeclaration.objects.visible_to(membership).filter(user=membership.user_id).first()


def asked_since(schools: Iterable[UUID]) -> dict[UUID, date]:
    """Return the day since which each of `schools` has asked for declarations without a break; one query."""
    rows = School.history.filter(id__in=list(schools)).order_by("history_date", "history_id")
    since: dict[UUID, datetime] = {}
    for school, asks, at in rows.values_list("id", "declares_links", "history_date"):
        if asks:
            since.setdefault(school, at)
        else:
            since.pop(school, None)
    return {school: at.astimezone(LONDON).date() for school, at in since.items()}


def answer_owed_from(post: Membership, since: Mapping[UUID, date]) -> tuple[date, date]:
    """Return from when and until when the holder of `post` is to answer: from joining, or from when all were asked."""
    start = max(post.starts_on, since.get(post.school_id, post.starts_on))
    return start, start + timedelta(days=post.school.acknowledgement_days)


def own_links(membership: Membership) -> FamilyLinkQuerySet:
    """Return the links of this person in the school worked in."""
    return FamilyLink.objects.visible_to(membership).of(membership.user_id)


def links_to_choose(membership: Membership) -> list[FamilyLink]:
    """Return the person's links that count, for a report on contact: approved, or waiting for a decision."""
    return list(own_links(membership).declared().order_by("status", "pupil_name"))


def links_declared_in(school: School) -> list[FamilyLink]:
    """Return the links of a school that count as a conflict and name somebody known; one query."""
    return list(FamilyLink.objects.filter(school=school).declared().exclude(adult=None))


def linked_staff(school: School, text: str) -> frozenset[UUID]:
    """Return the people with a declared link to a pupil whom `text` names; undecided ones count [GRA-50]."""
    if not plain_words(text):
        return frozenset()
    return frozenset(link.adult_id for link in links_declared_in(school) if link.names_pupil(text))


def excuses(school: School, people: Iterable[UUID], text: str) -> bool:
    """Tell whether an approved link joins one of `people` to a pupil whom `text` names."""
    people = set(people)
    if not people or not plain_words(text):
        return False
    approved = FamilyLink.objects.filter(school=school, adult__in=people).approved()
    return any(link.names_pupil(text) for link in approved)


def notes_on(link: FamilyLink) -> list[ContactNote]:
    """Return the notes of contact that a link excused, the latest first."""
    return list(link.contact_notes.select_related("written_by")[:MOST_SHOWN])


def person_named(school: School, text: str) -> User | None:
    """Return the one person of the school whom `text` names by full name, by a title and surname, or by the post.

    None where it names nobody, or more than one person.
    """
    words = plain_words(text)
    posts = list(Membership.objects.current().filter(school=school).select_related("user"))
    for fits in (_full_name_in, _surname_in, _post_in):
        found = {post.user for post in posts if fits(post, school, words)}
        if len(found) == 1:
            return found.pop()
    return None


def _full_name_in(post: Membership, school: School, words: list[str]) -> bool:
    return stands_in(plain_words(post.user.name), words)


def _surname_in(post: Membership, school: School, words: list[str]) -> bool:
    return bool(TITLES & set(words)) and plain_words(post.user.name)[-1:] == words[-1:]


def _post_in(post: Membership, school: School, words: list[str]) -> bool:
    named = (plain_words(school.label_of(post.role)), plain_words(post.title))
    return post.role in CAPABILITIES["decide_links"] and any(stands_in(name, words) for name in named)


def schools_asking() -> QuerySet[School]:
    """Return the schools whose families may declare a link on the public pages: open ones that ask for it."""
    return School.objects.filter(declares_links=True).exclude(opened_at=None)


def who_decides(school: School) -> tuple[str, str]:
    """Return the school's own words for who decides on links, and on those of that very person."""
    roles = (CAPABILITIES["decide_links"], CAPABILITIES["decide_links_of_head"])
    head, chair = (" or ".join(lower_first(school.label_of(role)) for role in held) for held in roles)
    return head, chair
