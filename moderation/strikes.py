"""Counting what an author wrote against the rules, and proposing a block when it happens again and again."""

from typing import Any

from moderation import notifications
from moderation.models import Author, Block, Item, ItemQuerySet
from policyportal.lib.workflow import save_as

OPEN = (Block.Status.PROPOSED, Block.Status.CONFIRMED)


def strikes_of(author: Author) -> ItemQuerySet:
    """Return the upheld items that count: all of them, or those since the last block was declined or lifted."""
    items = author.items.upheld()
    settled = author.blocks.exclude(status__in=OPEN).order_by("-decided_at").first()
    return items.filter(decided_at__gt=settled.decided_at) if settled else items


def propose_when_repeated(item: Item, actor: Any, reason: str) -> None:
    """Propose a block, in the decision's own transaction, when the author has reached the school's number.

    All upheld items are linked to it, and one that comes while it is proposed joins them. Tells the channel's team.
    The proposal is the portal's own: no person made it.
    """
    if item.author_id is None:
        return
    # Two items of one author may be decided at the same moment: the second counts the first.
    author = Author.objects.select_for_update(of=("self",)).get(pk=item.author_id)
    standing = author.blocks.filter(status__in=OPEN).first()
    if standing is not None:
        if standing.status == Block.Status.PROPOSED:
            standing.items.add(item)
        return
    strikes = list(strikes_of(author))
    if len(strikes) < item.school.block_threshold:
        return
    block = Block(school_id=item.school_id, author=author)
    save_as(block, None, f"Proposed after {len(strikes)} items against the rules")
    block.items.set(strikes)
    notifications.block_proposed(block)
