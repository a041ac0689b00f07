"""What people are told about items and blocks; none of it says who wrote or what."""

from django.urls import reverse

from accounts.models import Membership, Role
from accounts.notifications import notify
from channels_mgmt.selectors import team_of
from moderation.models import Block, Item


def item_flagged(item: Item) -> None:
    """Tell the channel's team that somebody else saw something there."""
    _tell_team(item, "item_flagged", "Something on a channel was flagged")


def item_late(item: Item) -> None:
    """Tell the channel's team, once, that an item waits past its target."""
    _tell_team(item, "item_late", "An item on a channel is late")


def imagery_recorded(item: Item) -> None:
    """Tell the safeguarding lead and deputies at once, or the head where all of them are away."""
    present = Membership.objects.present().filter(school=item.school_id).select_related("user")
    people = list(present.holding(Role.DSL, Role.DEPUTY_DSL)) or list(present.holding(Role.HEADTEACHER))
    for post in people:
        subject = "Something on a channel needs you at once"
        _tell(post, item, "imagery_recorded", subject, item.get_absolute_url(), urgent=True)


def block_proposed(block: Block) -> None:
    """Tell the channel's team that a block waits for a decision."""
    path = reverse("moderation:author_detail", args=[block.author_id])
    for post in team_of(block.author.channel):
        _tell(post, block, "block_proposed", "A block is proposed on a channel", path)


def _tell_team(item: Item, event: str, subject: str) -> None:
    for post in team_of(item.channel):
        if post.user_id != item.recorded_by_id or event != "item_flagged":
            _tell(post, item, event, subject, item.get_absolute_url())


def _tell(post: Membership, thing: Item | Block, event: str, subject: str, path: str, *, urgent: bool = False) -> None:
    notify(
        user=post.user,
        school=thing.school,
        event=event,
        subject=subject,
        path=path,
        key=f"{event}:{thing.pk}",
        urgent=urgent,
    )
