"""What stands in one person's calendar: days of policies, each only while that person may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from uuid import UUID

from django.db.models import Count, Max
from django.urls import reverse

from accounts.models import Membership
from accounts.rules import STAFF, holds
from policies.feeds import hash_of
from policies.models import Audience, Briefing, CalendarFeed, Campaign, Policy, PolicyVersion, Review
from policies.selectors.acknowledgements import posts_asked
from policies.selectors.policies import policies_with_version
from policies.selectors.standing import standing_for
from policies.selectors.versions import EVER_IN_FORCE
from policyportal.lib.models import Tracked


@dataclass(frozen=True)
class Entry:
    """One day in a calendar. `uid` never changes, `moved` rises with every change, the last of which was `changed`.

    `path` is the page that it leads to, "" for none.
    """

    uid: str
    day: date
    summary: str
    path: str
    moved: int
    changed: datetime
    cancelled: bool = False


@dataclass
class Past:
    """How often things were written, and when last, by their ids."""

    written: dict[UUID, tuple[int, datetime]]

    def of(self, *things: Tracked) -> tuple[int, datetime]:
        """Return both for several things together; a thing without history counts from when it was made."""
        found = [self.written.get(thing.pk, (1, thing.created_at)) for thing in things]
        return sum(times for times, _ in found), max(latest for _, latest in found)


def reader_of(secret: str) -> Membership | None:
    """Return the most senior post of whoever an address belongs to; None where it is unknown or taken back, or they
    hold no post in that school today."""
    feed = CalendarFeed.objects.filter(address_hash=hash_of(secret), revoked_at=None).first()
    if feed is None:
        return None
    posts = Membership.objects.open().filter(school=feed.school_id, user=feed.user_id)
    held = sorted(posts.select_related("school", "user"), key=Membership.seniority_key)
    return held[0] if held else None


def calendar_of(membership: Membership) -> CalendarFeed | None:
    """Return the address that a person's calendar reads in the school worked in, without its secret; or None."""
    return CalendarFeed.objects.visible_to(membership).filter(user=membership.user_id, revoked_at=None).first()


def entries_of(membership: Membership) -> list[Entry]:
    """Return what stands in this person's calendar now, by day, in a constant number of queries.

    Reviews for whoever works on policies; what they themselves are asked to acknowledge; briefings for those whom
    they are held for. Policies are named, people and incidents never.
    """
    entries: list[Entry] = []
    if holds(membership, "view_policies"):
        policies = [policy for policy in policies_with_version(membership) if policy.in_force]
        versions = [policy.in_force[0] for policy in policies]
        reviews = list(Review.objects.visible_to(membership).open().select_related("policy"))
        behind = _behind(policies, membership)
        past = _past([*chain.from_iterable(behind.values()), membership.school, membership, *reviews])
        if holds(membership, "view_policy_drafts"):
            entries += [one for version in versions for one in _due(version, behind[version.policy_id], past)]
            entries += _reviews(reviews, versions, past)
        entries += _acknowledgements(membership, versions, behind, past)
    if membership.roles & STAFF:
        entries += _briefings(membership)
    return sorted(entries, key=lambda entry: (entry.day, entry.uid))


def _behind(policies: Sequence[Policy], membership: Membership) -> dict[UUID, list[Tracked]]:
    """Return, by policy, all that its dates come from: itself, every wording that was in force, and the campaigns.

    Former wordings and campaigns count too: a date that a new one moves must not seem to be older than before.
    """
    behind: dict[UUID, list[Tracked]] = {policy.pk: [policy] for policy in policies}
    for version in PolicyVersion.objects.filter(policy__in=policies, status__in=EVER_IN_FORCE):
        behind[version.policy_id].append(version)
    campaigns = Campaign.objects.visible_to(membership).filter(version__policy__in=policies, audience=Audience.STAFF)
    for campaign in campaigns.select_related("version"):
        behind[campaign.version.policy_id].append(campaign)
    return behind


def _past(things: Iterable[Tracked]) -> Past:
    """Return how often and when last each of these was written: one query for each kind of thing."""
    by_model: dict[type[Tracked], list[UUID]] = {}
    for thing in things:
        by_model.setdefault(type(thing), []).append(thing.pk)
    written = {}
    for model, ids in by_model.items():
        rows = model.history.filter(id__in=ids).order_by().values_list("id")
        written |= {pk: (times, last) for pk, times, last in rows.annotate(Count("history_id"), Max("history_date"))}
    return Past(written)


def _due(version: PolicyVersion, behind: list[Tracked], past: Past) -> list[Entry]:
    """When a policy is to be reviewed, as stated and, where that differs, by its cycle."""
    moved, changed = past.of(*behind)
    stated, by_cycle = version.review_due.day, version.review_due_by_cycle.day
    path = version.policy.get_absolute_url()
    entries = []
    if stated:
        entries.append(
            Entry(f"review-{version.policy_id}", stated, f"Review due: {version.policy}", path, moved, changed)
        )
    if by_cycle and by_cycle != stated:
        words = f"Review due by its cycle: {version.policy}"
        entries.append(Entry(f"cycle-{version.policy_id}", by_cycle, words, path, moved, changed))
    return entries


def _reviews(reviews: list[Review], versions: list[PolicyVersion], past: Past) -> list[Entry]:
    """Reviews that are open and have a day of their own."""
    shown = {(version.policy_id, version.review_due.day) for version in versions}
    return [
        Entry(
            f"open-review-{review.pk}",
            review.due_on,
            f"Review to be done: {review.policy}",
            review.get_absolute_url(),
            *past.of(review),
        )
        for review in reviews
        if review.due_on and (review.policy_id, review.due_on) not in shown
    ]


def _acknowledgements(
    membership: Membership, versions: list[PolicyVersion], behind: dict[UUID, list[Tracked]], past: Past
) -> list[Entry]:
    """What this person is asked to acknowledge and has not."""
    posts = posts_asked(membership.school).filter(user_id=membership.user_id).select_related("school")
    post = posts.order_by("starts_on").first()
    asked = [version for version in versions if version.policy.for_staff]
    if post is None or not asked:
        return []
    standing = standing_for(asked, membership.user_id)
    return [
        Entry(
            f"acknowledge-{version.policy_id}",
            standing.asked(version, post)[1],
            f"Read and acknowledge: {version.policy}",
            reverse("policies:acknowledge", args=[version.pk]),
            *past.of(*behind[version.policy_id], membership.school, membership),
        )
        for version in asked
        if not standing.has_answered(version, post)
    ]


def _briefings(membership: Membership) -> list[Entry]:
    """Briefings that are planned, and those called off, which calendars strike out."""
    found = list(Briefing.objects.visible_to(membership).exclude(status=Briefing.Status.HELD))
    past = _past(found)
    return [
        Entry(
            f"briefing-{briefing.pk}",
            briefing.held_on,
            f"Briefing: {briefing.title}",
            "",
            *past.of(briefing),
            cancelled=briefing.status == Briefing.Status.CANCELLED,
        )
        for briefing in found
    ]
