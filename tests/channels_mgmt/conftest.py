"""A channel of the cast's school, run by its business manager and its computing lead."""

import pytest

from accounts.models import Role
from channels_mgmt.models import Channel, ChannelRule
from channels_mgmt.services import add_rule, list_platform, open_channel


@pytest.fixture
def platform(cast):
    """A platform on the list of the first school."""
    return list_platform(school=cast.school(), by=None, name="X", aliases=["Twitter"], minimum_age=13)


@pytest.fixture
def channel(cast, platform):
    """A channel that two office roles manage and the leadership authorises on."""
    return open_channel(
        school=cast.school(),
        by=None,
        platform=platform,
        name="Oakfield on X",
        address="https://x.example/oakfield",
        audience=Channel.Audience.PUBLIC,
        managing_roles=[Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD],
        authorising_roles=[Role.DEPUTY_HEAD],
        posting_mode=Channel.PostingMode.WILL,
    )


@pytest.fixture
def line(channel):
    """What is removed on sight."""
    return add_rule(
        channel, by=None, rule_list=ChannelRule.List.REMOVE, title="Spam", text="What the school calls spam."
    )
