"""A channel of the cast's school with a list of what is removed, and items on it."""

import pytest

from accounts.models import Role
from channels_mgmt.models import Channel, ChannelRule
from channels_mgmt.services import add_rule, authorise, list_platform, open_channel
from moderation.services import record_item


@pytest.fixture
def channel(cast):
    """A channel that the business manager manages and the teacher is authorised to moderate."""
    platform = list_platform(school=cast.school(), by=None, name="Facebook")
    channel = open_channel(
        school=cast.school(),
        by=None,
        platform=platform,
        name="Oakfield on Facebook",
        audience=Channel.Audience.PUBLIC,
        managing_roles=[Role.BUSINESS_MANAGER],
    )
    authorise(channel, cast.teacher, by=None, may_post=False, may_moderate=True)
    return channel


@pytest.fixture
def abusive(channel):
    """A line of the channel's list of what is removed on sight."""
    return add_rule(channel, by=None, rule_list=ChannelRule.List.REMOVE, title="Abusive", text="Attacks somebody.")


@pytest.fixture
def record(cast, channel, abusive):
    """Record an item on the channel; the teacher does unless another post is given."""

    def recorded(words="You are all useless", **facts):
        return record_item(
            **{"channel": channel, "by": cast.teacher, "author_handle": "Angry Fox", "words": words} | facts
        )

    return recorded


@pytest.fixture
def item(record):
    """One undecided item."""
    return record()
