"""The timeline of a thing: who changed what from what to what, when and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from channels_mgmt.models import Channel, Platform
from policies.models import Policy
from policyportal.lib.timeline import earlier_of, timeline_of, with_earlier
from policyportal.lib.workflow import save_as


@pytest.fixture
def channel(cast):
    platform = Platform.objects.create(school=cast.school(), name="Facebook")
    return Channel(school=cast.school(), platform=platform, name="Oakfield news", audience=Channel.Audience.PUBLIC)


def test_a_new_thing_was_recorded_by_a_named_person(cast, channel):
    save_as(channel, cast.headteacher, "Opened for parents")
    [event] = timeline_of(channel)
    assert (event["title"], event["by"], event["text"]) == ("Recorded", "Harriet Oakfield", "Opened for parents")
    assert event["changes"] == []


def test_what_the_system_did_is_the_portals(channel):
    save_as(channel, None, "")
    assert timeline_of(channel)[0]["by"] == "The portal"


def test_a_change_says_what_from_what_to_what_in_words(cast, channel):
    save_as(channel, cast.headteacher, "")
    channel.audience = Channel.Audience.CLOSED
    channel.audience_confirmed = True
    channel.responsible = cast.office
    save_as(channel, cast.office, "Parents asked for it")
    event = timeline_of(channel)[0]
    assert (event["title"], event["by"], event["text"]) == ("Changed", "Olive Oakfield", "Parents asked for it")
    assert event["changes"] == [
        {"field": "Who can see it", "old": "Public", "new": "Closed group"},
        {"field": "Audience confirmed", "old": "No", "new": "Yes"},
        {"field": "Member of staff responsible", "old": "nothing", "new": "Olive Oakfield, Office staff"},
    ]


def test_a_change_of_status_is_titled_by_the_new_status(cast, channel):
    save_as(channel, cast.headteacher, "")
    channel.status = Channel.Status.SUSPENDED
    save_as(channel, cast.headteacher, "A stranger had the password")
    assert timeline_of(channel)[0]["title"] == "Suspended"


def test_hidden_words_are_only_said_to_have_changed(cast, channel):
    save_as(channel, cast.headteacher, "")
    channel.purpose = "a secret"
    save_as(channel, cast.headteacher, "")
    assert timeline_of(channel, hidden={"purpose"})[0]["changes"] == [
        {"field": "Purpose", "old": "", "new": "changed"}
    ]


def test_schools_that_joined_a_policy_are_named(cast):
    policy = Policy.objects.create(title="Social media policy")
    policy.schools.add(cast.school())
    policy.schools.add(cast.school("elmwood"))
    assert timeline_of(policy)[0]["changes"] == [
        {
            "field": "Schools",
            "old": "Oakfield Primary School",
            "new": "Elmwood Primary School, Oakfield Primary School",
        }
    ]


def test_the_oldest_event_shown_still_knows_what_was_before(cast, channel):
    for purpose in ("", "first", "second", "third"):
        channel.purpose = purpose
        save_as(channel, cast.headteacher, "")
    events = timeline_of(channel, limit=2)
    assert [event["changes"][0]["old"] for event in events] == ["second", "first"]


def test_a_long_timeline_costs_as_many_queries_as_a_short_one(cast, channel):
    people = [cast.post(role) for role in (Role.OFFICE, Role.TEACHER)]
    save_as(channel, cast.headteacher, "")

    def change(times):
        for turn in range(times):
            channel.responsible = people[turn % 2]
            save_as(channel, people[turn % 2], "")

    change(2)
    with CaptureQueriesContext(connection) as short:
        timeline_of(channel)
    change(18)
    with CaptureQueriesContext(connection) as long:
        timeline_of(channel)
    assert len(long) == len(short)


def test_the_row_before_is_the_same_things_own(cast, channel):
    save_as(channel, cast.headteacher, "")
    other = Channel.objects.create(school=channel.school, platform=channel.platform, name="Other", audience="public")
    channel.purpose = "news"
    save_as(channel, cast.headteacher, "")
    rows = list(with_earlier(Channel.history.all()))
    before = earlier_of(rows)
    assert {row.id for row in rows} == {channel.pk, other.pk}
    assert all(before[row.history_id].id == row.id for row in rows if row.history_id in before)
    assert len(before) == 1
