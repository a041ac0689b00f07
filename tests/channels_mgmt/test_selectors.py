"""What waits, who is told, and what anybody may know of the channels."""

from datetime import timedelta

from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from channels_mgmt.selectors import team_of, waiting_for
from channels_mgmt.services import authorise, confirm_audience, edit_channel, open_channel
from policyportal.lib.dates import today
from policyportal.lib.workflow import take


def titles(post):
    return [waiting.title for waiting in waiting_for(post)]


def test_the_head_alone_is_asked_to_begin_an_empty_register(cast):
    assert titles(cast.headteacher) == ["Enter the school's official channels"]
    assert titles(cast.deputy_head) == []


def test_the_head_is_asked_to_confirm_an_audience_until_it_is_confirmed(cast, channel):
    assert titles(cast.headteacher) == ["Confirm who can see Oakfield on X"]
    assert titles(cast.computing_lead) == []
    confirm_audience(channel, by=cast.headteacher, audience="public")
    assert titles(cast.headteacher) == []


def test_whoever_authorises_is_shown_what_ends_within_a_fortnight(cast, channel):
    confirm_audience(channel, by=cast.headteacher, audience="public")
    authorise(channel, cast.teacher, by=None, ends_on=today() + timedelta(days=14))
    authorise(channel, cast.office, by=None, ends_on=today() + timedelta(days=15))
    assert titles(cast.deputy_head) == ["Authorisation of Tara Oakfield ends"]
    assert titles(cast.computing_lead) == []
    assert waiting_for(cast.post(Role.HEADTEACHER, "elmwood"))[0].title.startswith("Enter")


def test_what_waits_costs_the_same_with_one_channel_and_with_fifty(cast, channel, platform):
    def queries():
        head = cast.headteacher
        with CaptureQueriesContext(connection) as captured:
            waiting_for(head)
        return len(captured)

    before = queries()
    for number in range(50):
        open_channel(school=cast.school(), by=None, platform=platform, name=f"Page {number}", audience="public")
    assert queries() == before
    assert len(waiting_for(cast.headteacher)) <= 20


def test_the_team_is_the_managers_and_those_authorised_to_moderate(cast, channel):
    authorise(channel, cast.teacher, by=None, may_moderate=True)
    authorise(channel, cast.office, by=None, may_moderate=False)
    assert {post.role for post in team_of(channel)} == {Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD, Role.TEACHER}


def test_where_managers_need_an_authorisation_only_those_who_have_one_are_the_team_else_the_head(cast, channel):
    channel = edit_channel(channel, by=cast.headteacher, managers_need_authorisation=True)
    assert [post.role for post in team_of(channel)] == [Role.HEADTEACHER]
    authorise(channel, cast.teacher, by=None)
    assert [post.role for post in team_of(channel)] == [Role.TEACHER]


def public_list(cast):
    template = Template("{% load channels_tags %}{% official_channels school %}")
    return template.render(Context({"school": cast.school()}))


def test_anybody_sees_public_channels_with_their_address_and_private_ones_without(cast, channel, platform):
    dojo = open_channel(
        school=cast.school(),
        by=None,
        platform=platform,
        name="Class page",
        address="https://dojo.example/oakfield",
        audience="private",
    )
    text = public_list(cast)
    assert 'href="https://x.example/oakfield"' in text
    assert "Class page" in text and "private to parents" in text and dojo.address not in text


def test_anybody_sees_neither_closed_channels_nor_groups_that_are_not_the_schools(cast, channel, platform):
    open_channel(school=cast.school(), by=None, platform=platform, name="Parents chat", audience="not_ours")
    take("close", channel, cast.headteacher, "Not used")
    text = public_list(cast)
    assert "Parents chat" not in text and "Oakfield on X" not in text
    assert "has not named any official channel" in text


def test_minimum_ages_are_those_that_the_school_states(cast, platform):
    text = Template("{% load channels_tags %}{% minimum_ages school %}").render(Context({"school": cast.school()}))
    assert "X: 13 or older" in text
