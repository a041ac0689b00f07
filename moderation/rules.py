"""Who may see, record and decide: the channel's team decides, everybody on the staff may flag."""

from django.db.models import Q

from accounts.models import Membership, SchoolOwnedQuerySet
from accounts.rules import holds
from channels_mgmt.models import Channel, ChannelQuerySet
from channels_mgmt.rules import can_moderate, channels_moderated_by
from moderation.models import Author, Block, Item, ItemQuerySet


def items_open_to(membership: Membership) -> ItemQuerySet:
    """Items that the person may read: all of the school, or those of their channels and those they recorded."""
    items = Item.objects.visible_to(membership)
    if holds(membership, "view_items"):
        return items
    return items.filter(Q(channel__in=channels_moderated_by(membership)) | Q(recorded_by=membership.user_id))


def authors_open_to(membership: Membership) -> SchoolOwnedQuerySet:
    """Outside accounts that the person may look at: of the whole school, or of the channels they moderate."""
    authors = Author.objects.visible_to(membership)
    if holds(membership, "view_items"):
        return authors
    return authors.filter(channel__in=channels_moderated_by(membership))


def channels_recorded_on_by(membership: Membership) -> ChannelQuerySet:
    """Channels on which the person may record what they saw: all of the school's own that are in use."""
    if not holds(membership, "flag_items"):
        return Channel.objects.none()
    return Channel.objects.visible_to(membership).ours().in_use()


def can_record(membership: Membership, channel: Channel) -> bool:
    """Recording something seen on a channel, or flagging it."""
    return channels_recorded_on_by(membership).filter(pk=channel.pk).exists()


def can_decide(membership: Membership, item: Item) -> bool:
    """Removing, hiding, answering or leaving: the channel's managers and those authorised [PWP-40, CRO-41]."""
    return can_moderate(membership, item.channel)


def can_see_author(membership: Membership, author: Author) -> bool:
    """Looking at everything that an outside account wrote: whoever reads its channel's items."""
    return authors_open_to(membership).filter(pk=author.pk).exists()


def can_handle_author(membership: Membership, author: Author) -> bool:
    """Recording contact with an outside account and blocking it: as deciding on what it wrote."""
    return can_moderate(membership, author.channel)


def can_decide_block(membership: Membership, block: Block) -> bool:
    """Confirming, declining or lifting a block."""
    return can_handle_author(membership, block.author)
