"""What may happen to an item and to a block: who may, what must be said, and what follows."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from channels_mgmt.models import ChannelRule
from moderation.models import Block, Contact, Item
from moderation.rules import can_decide, can_decide_block
from moderation.strikes import propose_when_repeated
from policyportal.lib.dates import today
from policyportal.lib.workflow import Step, register, save_as


def says_which_rule(item: Item) -> str:
    """Removing and hiding rest on the channel's own list; where it has none, on words [PWP-41..49, CRO-42..50]."""
    lines = ChannelRule.objects.filter(channel=item.channel_id).remove().in_force()
    if item.rule_id is None:
        if lines.exists():
            return "Choose which rule it breaks."
        return "" if item.explanation.strip() else "Say why: this channel has no list of what is removed."
    return "" if lines.filter(pk=item.rule_id).exists() else "Choose a rule from this channel's own list."


def says_why(item: Item) -> str:
    """Leaving something as it is takes a reason, so that nothing is passed over in silence."""
    return "" if item.explanation.strip() else "Say why it may stay."


def says_what_was_answered(item: Item) -> str:
    """An answer is kept in its own words."""
    return "" if item.message_sent.strip() else "Write the reply that was sent."


def decided(upheld: bool) -> Callable[[Item, Any, str], None]:
    """Return what a decision writes on its item; `upheld` means that it broke a rule."""

    def write(item: Item, actor: Any, reason: str) -> None:
        item.upheld = upheld
        item.decided_at = item.decided_at or timezone.now()
        item.decided_by = actor.user

    return write


def keep_as_contact(item: Item, actor: Any, reason: str) -> None:
    """A reply is a courteous contact with its author [PWP-50, CRO-51]."""
    if item.author_id is not None:
        contact = Contact(
            school_id=item.school_id,
            author_id=item.author_id,
            words=item.message_sent,
            made_at=item.decided_at,
            made_by=actor.user,
        )
        save_as(contact, actor, "Replied")


def contact_came_first(block: Block) -> str:
    """A block comes after a courteous contact, or a written reason for going without [PWP-50, CRO-51]."""
    if block.contact_skipped_reason.strip() or Contact.objects.filter(author=block.author_id).exists():
        return ""
    return "Record the courteous contact that was made first, or say why there was none."


def will_be_looked_at_again(block: Block) -> str:
    """A block is not for ever."""
    if block.review_on is None:
        return "Say when the block is looked at again."
    return "" if block.review_on > today() else "The day to look at the block again must be in the future."


def leaves_another_way(block: Block) -> str:
    """A parent who is blocked may still reach the school."""
    return "" if block.other_way.strip() else "Say how the person may still reach the school."


def block_decided(block: Block, actor: Any, reason: str) -> None:
    """Write who decided on the block, and when."""
    block.decided_at = timezone.now()
    block.decided_by = actor.user


def block_reasoned(block: Block, actor: Any, reason: str) -> None:
    """The reason given for confirming is the reason of the block."""
    block.reason = reason.strip()


WAITING = (Item.Status.RECORDED,)
AGAINST_A_RULE = {
    "sets": ("rule", "explanation", "decided_at"),
    "needs": (says_which_rule,),
    "precedes": (decided(upheld=True),),
    "follows": (propose_when_repeated,),
}

register(
    Item,
    [
        Step("remove", "Delete it", WAITING, Item.Status.REMOVED, can_decide, **AGAINST_A_RULE),
        Step("hide", "Hide it", WAITING, Item.Status.HIDDEN, can_decide, **AGAINST_A_RULE),
        Step(
            "reply",
            "Reply politely",
            WAITING,
            Item.Status.REPLIED,
            can_decide,
            sets=("message_sent", "explanation", "decided_at"),
            needs=(says_what_was_answered,),
            precedes=(decided(upheld=False),),
            follows=(keep_as_contact,),
        ),
        Step(
            "leave",
            "Leave it as it is",
            WAITING,
            Item.Status.LEFT,
            can_decide,
            sets=("explanation", "decided_at"),
            needs=(says_why,),
            precedes=(decided(upheld=False),),
        ),
    ],
)

register(
    Block,
    [
        Step(
            "confirm",
            "Block this account",
            (Block.Status.PROPOSED,),
            Block.Status.CONFIRMED,
            can_decide_block,
            reason_needed=True,
            sets=("review_on", "other_way", "contact_skipped_reason"),
            needs=(contact_came_first, will_be_looked_at_again, leaves_another_way),
            precedes=(block_decided, block_reasoned),
        ),
        Step(
            "decline",
            "Do not block",
            (Block.Status.PROPOSED,),
            Block.Status.DECLINED,
            can_decide_block,
            reason_needed=True,
            precedes=(block_decided,),
        ),
        Step(
            "lift",
            "Lift the block",
            (Block.Status.CONFIRMED,),
            Block.Status.LIFTED,
            can_decide_block,
            reason_needed=True,
            precedes=(block_decided,),
        ),
    ],
)
