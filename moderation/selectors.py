"""Reads on items, authors and blocks, shaped for pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, School
from channels_mgmt.models import Channel, ChannelRule
from channels_mgmt.rules import channels_moderated_by
from moderation.models import Author, Block, Item, ItemQuerySet
from moderation.rules import items_open_to
from policyportal.lib.dates import start_of_day
from policyportal.lib.waiting import Waiting

WAITING, DECIDED, LATE = "waiting", "decided", "late"
# What each view of the queue is sorted by: the nearest deadline, or the latest decision.
ORDERS = {WAITING: "due_at", LATE: "due_at", DECIDED: "-decided_at"}
MOST_COUNTED = 1000
MOST_WAITING = 10
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Open:
    """How many items wait, and how many of them are late, as the tabs say it."""

    waiting: str
    late: str


@dataclass(frozen=True)
class Figures:
    """How a school keeps up with what others write, over the last days for what was decided."""

    open: int
    late: int
    median: timedelta | None
    mean: timedelta | None
    decided: dict[str, int]


def queue(
    membership: Membership,
    view: str,
    *,
    channel: Channel | None = None,
    kind: str = "",
    author: str = "",
    since: date | None = None,
    until: date | None = None,
) -> ItemQuerySet:
    """Return the items of one view of the queue that the person may read, filtered; the page sorts them."""
    items = items_open_to(membership).select_related("channel", "author", "rule", "decided_by")
    items = {WAITING: items.undecided, LATE: items.late, DECIDED: items.decided}[view]()
    if channel is not None:
        items = items.filter(channel=channel)
    if kind:
        items = items.filter(kind=kind)
    if author:
        named = Author.objects.visible_to(membership).filter(handle__istartswith=author.strip().removeprefix("@"))
        items = items.filter(author__in=named)
    if since:
        items = items.filter(recorded_at__gte=start_of_day(since))
    if until:
        items = items.filter(recorded_at__lt=start_of_day(until + timedelta(days=1)))
    return items


def open_counts(membership: Membership) -> Open:
    """Count what waits and what of it is late, in one query that stops counting at a thousand."""
    first = items_open_to(membership).undecided().order_by("due_at")[: MOST_COUNTED + 1]
    counts = first.aggregate(waiting=Count("pk"), late=Count("pk", filter=Q(due_at__lt=timezone.now())))
    words = {name: f"{MOST_COUNTED:,}+" if n > MOST_COUNTED else f"{n:,}" for name, n in counts.items()}
    return Open(**words)


def rules_to_choose(item: Item) -> QuerySet[ChannelRule]:
    """Return what the item's channel removes on sight, with the clauses that say so."""
    return ChannelRule.objects.filter(channel=item.channel_id).remove().in_force().select_related("clause")


def author_record(author: Author) -> dict[str, Any]:
    """Return what is known of an outside account: its items, contacts and blocks, the latest of each."""
    return {
        "items": list(author.items.select_related("rule", "channel").order_by("-recorded_at")[:50]),
        "contacts": list(author.contacts.select_related("made_by")[:50]),
        "blocks": list(author.blocks.select_related("decided_by").prefetch_related("items__rule")[:20]),
    }


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what this person must decide: items of their channels, blocks proposed or to look at again."""
    channels = list(channels_moderated_by(membership).values_list("pk", flat=True))
    if not channels:
        return []
    items = Item.objects.visible_to(membership).undecided().filter(channel__in=channels)
    blocks = Block.objects.visible_to(membership).filter(author__channel__in=channels)
    blocks = (blocks.proposed() | blocks.due_for_review()).select_related("author__channel")
    return [
        *(_of_item(item) for item in items.select_related("channel").order_by("due_at")[:MOST_WAITING]),
        *(_of_block(block) for block in blocks.order_by("proposed_at")[:MOST_WAITING]),
    ]


def _of_item(item: Item) -> Waiting:
    return Waiting(
        f"Decide on a {item.get_kind_display().lower()}",
        item.get_absolute_url(),
        due=item.due_at,
        detail=item.channel.name,
    )


def _of_block(block: Block) -> Waiting:
    proposed = block.status == Block.Status.PROPOSED
    return Waiting(
        "Decide on a block that is proposed" if proposed else "Look at a block again",
        block.get_absolute_url(),
        due=None if proposed else block.review_on,
        detail=block.author.channel.name,
    )


def moderation_figures(school: School, now: datetime | None = None) -> Figures:
    """Return how many items of a school wait and are late, and what was decided in the last 90 days, and how fast."""
    now = now or timezone.now()
    items = Item.objects.filter(school=school)
    standing = items.undecided().aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    taken = ExpressionWrapper(F("decided_at") - F("recorded_at"), output_field=DurationField())
    decided = items.decided().filter(decided_at__gte=now - LOOKED_BACK).annotate(taken=taken)
    sums = decided.order_by().values("status").annotate(number=Count("pk"))
    by_action = {row["status"]: row["number"] for row in sums}
    total = sum(by_action.values())
    middle = list(decided.order_by("taken").values_list("taken", flat=True)[max(total - 1, 0) // 2 : total // 2 + 1])
    return Figures(
        **standing,
        median=sum(middle, timedelta()) / len(middle) if total else None,
        mean=decided.aggregate(mean=Avg("taken"))["mean"],
        decided={
            status.label: by_action.get(status.value, 0) for status in Item.Status if status != Item.Status.RECORDED
        },
    )
