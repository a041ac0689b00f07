"""The induction pack of a school: what is in it, what one joiner owes, and who has confirmed what."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from accounts.models import Membership, School
from policies.models import InductionDone, InductionItem
from policies.selectors.acknowledgements import posts_asked
from policyportal.lib.dates import LONDON, today

OFFERED = Path(__file__).resolve().parent.parent / "data" / "induction.toml"
# Somebody who came before this long is no joiner any more.
JOINED_WITHIN = timedelta(days=365)


@dataclass(frozen=True)
class Offered:
    """Something that a school may put in its pack, with where the list comes from."""

    title: str
    text: str
    link: str
    source: str
    to_verify: bool


@cache
def offered() -> tuple[Offered, ...]:
    """Return what schools may choose from; data, with its source."""
    data = tomllib.loads(OFFERED.read_text(encoding="utf-8"))
    return tuple(
        Offered(each["title"], each["text"], each.get("link", ""), data["source"], data["to_verify"])
        for each in data["item"]
    )


def left_to_choose(school: School) -> list[Offered]:
    """Return what is offered and not in the school's pack."""
    taken = {item.title.casefold() for item in pack_of(school)}
    return [each for each in offered() if each.title.casefold() not in taken]


def pack_of(school: School) -> QuerySet[InductionItem]:
    """Return every item of a school's pack, those no longer in use too."""
    return InductionItem.objects.filter(school=school).select_related("policy").order_by("position", "title")


@dataclass(frozen=True)
class Owing:
    """One item for one joiner: until when, and the confirmation where there is one."""

    item: InductionItem
    due: date
    done: InductionDone | None


def owed_by(membership: Membership) -> list[Owing]:
    """Return what a person confirms when they join: each item that is in use and asked of a post of theirs.

    Of those who were there before an item came into the pack nobody asks it, unless they confirmed it. Two queries.
    """
    posts = membership.posts
    first = min((post.starts_on for post in posts), default=None)
    if first is None:
        return []
    done = {row.item_id: row for row in InductionDone.objects.visible_to(membership).filter(user=membership.user_id)}
    roles = {post.role for post in posts}
    found = []
    for item in pack_of(membership.school):
        if (item.in_use and _is_asked(item, roles, first)) or item.pk in done:
            found.append(Owing(item, first + timedelta(days=item.days), done.get(item.pk)))
    return found


def shown_for(item: InductionItem) -> str:
    """Return the very words that somebody confirms, as they are kept."""
    lines = [item.title, item.text, item.link, f"Policy: {item.policy.title}" if item.policy else ""]
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class Joiner:
    """One joiner of the chase list: how many items they owe, which are open, and since when they are late."""

    post: Membership
    asked: int
    open_titles: tuple[str, ...]
    due: date | None


def joiners_of(school: School) -> list[Joiner]:
    """Return everybody who joined lately with what they still owe, whoever is latest first; three queries."""
    items = [item for item in pack_of(school) if item.in_use]
    posts = posts_asked(school).filter(starts_on__gt=today() - JOINED_WITHIN).select_related("user", "school")
    done = set(InductionDone.objects.filter(school=school).values_list("item_id", "user_id"))
    earlier = set(posts_asked(school).filter(~Q(pk__in=posts)).values_list("user_id", flat=True))
    theirs: dict = {}
    for post in posts.order_by("starts_on"):
        if post.user_id not in earlier:
            theirs.setdefault(post.user_id, []).append(post)
    joiners = []
    for held in theirs.values():
        roles, first = {post.role for post in held}, held[0]
        asked = [item for item in items if _is_asked(item, roles, first.starts_on)]
        still = [item for item in asked if (item.pk, first.user_id) not in done]
        due = min((first.starts_on + timedelta(days=item.days) for item in still), default=None)
        joiners.append(Joiner(first, len(asked), tuple(item.title for item in still), due))
    return sorted(joiners, key=lambda joiner: (joiner.due is None, joiner.due or date.max, joiner.post.user.name))


def _is_asked(item: InductionItem, roles: set[str], first: date) -> bool:
    """Tell whether an item is for somebody in these roles, and was in the pack before it would have been due."""
    is_for = not item.roles or not roles.isdisjoint(item.roles)
    return is_for and first + timedelta(days=item.days) >= item.created_at.astimezone(LONDON).date()
