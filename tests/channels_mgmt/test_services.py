"""What the verbs on channels store, whom they tell and what they refuse."""

from datetime import timedelta

import pytest

from accounts.models import Notification, Role
from channels_mgmt.models import Authorisation, Channel, ChannelRole, ChannelRule, Platform
from channels_mgmt.services import (
    add_rule,
    authorise,
    confirm_audience,
    drop_rule,
    edit_channel,
    edit_platform,
    list_platform,
    open_channel,
    revoke,
)
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused, take


def opened_by(cast, platform, role, school="oakfield", **facts):
    return open_channel(
        school=cast.school(school),
        by=cast.post(role),
        platform=platform,
        name="A page",
        audience=Channel.Audience.PUBLIC,
        **facts,
    )


def test_leaders_open_a_channel_and_what_the_head_says_of_it_is_confirmed(cast, platform):
    assert opened_by(cast, platform, Role.HEADTEACHER, authorising_roles=[Role.DEPUTY_HEAD]).audience_confirmed
    Channel.objects.all().get().history.get(history_user_id=cast.headteacher.user_id)


def test_a_deputy_may_open_a_channel_but_neither_confirm_it_nor_say_who_authorises(cast, platform):
    with pytest.raises(NotAllowed):
        opened_by(cast, platform, Role.DEPUTY_HEAD, authorising_roles=[Role.DEPUTY_HEAD])
    assert not Channel.objects.exists()
    assert not opened_by(cast, platform, Role.DEPUTY_HEAD).audience_confirmed


@pytest.mark.parametrize("role", [Role.TEACHER, Role.OFFICE, Role.GOVERNOR])
def test_others_open_no_channel(cast, platform, role):
    with pytest.raises(NotAllowed):
        opened_by(cast, platform, role)
    assert not Channel.objects.exists()


def test_nobody_opens_a_channel_for_another_school(cast, platform):
    with pytest.raises(NotAllowed):
        opened_by(cast, platform, Role.HEADTEACHER, school="elmwood")


def test_a_platform_has_one_channel_of_a_name(cast, platform, channel):
    with pytest.raises(Refused):
        open_channel(
            school=cast.school(), by=cast.headteacher, platform=platform, name="oakfield on x", audience="public"
        )


def test_an_agency_comes_with_a_responsible_member_of_staff(cast, platform):
    with pytest.raises(Refused, match="responsible"):
        opened_by(cast, platform, Role.HEADTEACHER, agency="Pages Ltd")
    assert opened_by(cast, platform, Role.HEADTEACHER, agency="Pages Ltd", responsible=cast.office).agency


def test_a_manager_changes_facts_and_a_changed_audience_has_to_be_confirmed_again(cast, channel):
    confirm_audience(channel, by=cast.headteacher, audience=Channel.Audience.PUBLIC)
    changed = edit_channel(channel, by=cast.computing_lead, purpose="News")
    assert changed.purpose == "News" and changed.audience_confirmed
    changed = edit_channel(channel, by=cast.computing_lead, audience=Channel.Audience.CLOSED)
    assert not changed.audience_confirmed
    assert edit_channel(channel, by=cast.headteacher, audience=Channel.Audience.PRIVATE).audience_confirmed


@pytest.mark.parametrize(
    "facts",
    [
        {"managing_roles": [Role.COMPUTING_LEAD], "authorising_roles": [Role.COMPUTING_LEAD]},
        {"most_authorised": 50},
        {"managers_need_authorisation": False},
    ],
)
def test_a_manager_cannot_widen_who_authorises(cast, channel, facts):
    with pytest.raises(NotAllowed):
        edit_channel(channel, by=cast.computing_lead, **facts)
    assert not ChannelRole.objects.filter(role=Role.COMPUTING_LEAD, authorises=True).exists()


def test_a_role_that_loses_its_duty_keeps_its_past(cast, channel):
    edit_channel(channel, by=cast.headteacher, managing_roles=[Role.OFFICE], authorising_roles=[])
    lead = ChannelRole.objects.get(channel=channel, role=Role.COMPUTING_LEAD)
    assert not lead.manages
    assert list(lead.history.order_by("history_id").values_list("manages", flat=True)) == [True, False]


def test_only_the_head_confirms_who_can_see_a_channel(cast, channel):
    with pytest.raises(NotAllowed):
        confirm_audience(channel, by=cast.computing_lead, audience=Channel.Audience.CLOSED)
    channel.refresh_from_db()
    assert channel.must_confirm
    confirm_audience(channel, by=cast.headteacher, audience=Channel.Audience.CLOSED)
    assert not channel.must_confirm


def test_a_line_is_added_once_and_dropped_without_losing_its_past(cast, channel, line):
    with pytest.raises(Refused):
        add_rule(channel, by=cast.computing_lead, rule_list=ChannelRule.List.REMOVE, title="spam")
    drop_rule(line, by=cast.computing_lead)
    drop_rule(line, by=cast.computing_lead)
    assert line.history.count() == 2
    again = add_rule(channel, by=cast.computing_lead, rule_list=ChannelRule.List.REMOVE, title="Spam")
    assert list(channel.rules.in_force().remove()) == [again]


def test_nobody_but_managers_changes_the_lists(cast, channel, line):
    with pytest.raises(NotAllowed):
        add_rule(channel, by=cast.teacher, rule_list=ChannelRule.List.NEVER, title="Politics")
    with pytest.raises(NotAllowed):
        drop_rule(line, by=cast.teacher)
    line.refresh_from_db()
    assert line.dropped_at is None


def test_an_authorisation_is_stored_with_who_gave_it_and_the_person_is_told_once(cast, channel):
    row = authorise(channel, cast.teacher, by=cast.deputy_head, reason="Runs the choir", may_moderate=False)
    assert (row.granted_by, row.starts_on, row.allows) == (cast.deputy_head.user, today(), "Post")
    told = Notification.objects.get(user=cast.teacher.user)
    assert told.path == channel.get_absolute_url()
    assert OutboxMail.objects.get().to == cast.teacher.user


@pytest.mark.parametrize("role", [Role.TEACHER, Role.COMPUTING_LEAD, Role.GOVERNOR])
def test_nobody_authorises_without_the_duty(cast, channel, role):
    with pytest.raises(NotAllowed):
        authorise(channel, cast.support_staff, by=cast.post(role))
    assert not Authorisation.objects.exists()


def refused_by_head(cast, channel, membership, **facts):
    before = Authorisation.objects.count()
    with pytest.raises(Refused) as refusal:
        authorise(channel, membership, by=cast.headteacher, **facts)
    assert Authorisation.objects.count() == before
    assert not Notification.objects.filter(event="poster_authorised", user=cast.headteacher.user).exists()
    return str(refusal.value)


def test_nobody_authorises_themselves_not_even_the_head(cast, channel):
    assert "yourself" in refused_by_head(cast, channel, cast.headteacher)


def test_a_person_of_another_school_is_not_authorised(cast, channel):
    assert "this school" in refused_by_head(cast, channel, cast.post(Role.TEACHER, "elmwood"))


def test_a_last_day_before_the_first_is_refused(cast, channel):
    assert "last day" in refused_by_head(cast, channel, cast.teacher, ends_on=today() - timedelta(days=1))


def test_an_authorisation_for_nothing_is_refused(cast, channel):
    assert "post, moderate" in refused_by_head(cast, channel, cast.teacher, may_post=False, may_moderate=False)


def test_a_second_authorisation_is_refused_while_one_stands_and_given_after_it_has_ended(cast, channel, time_machine):
    authorise(channel, cast.teacher, by=cast.headteacher, ends_on=today() + timedelta(days=2))
    assert "already" in refused_by_head(cast, channel, cast.teacher)
    time_machine.move_to(today() + timedelta(days=5))
    assert authorise(channel, cast.teacher, by=cast.headteacher)


def test_nobody_is_authorised_on_a_closed_channel(cast, channel):
    channel = take("close", channel, cast.headteacher, "Not used")
    assert "closed" in refused_by_head(cast, channel, cast.teacher)


def test_more_people_than_the_head_allows_are_refused_until_the_head_raises_the_number(cast, channel):
    edit_channel(channel, by=cast.headteacher, most_authorised=1)
    authorise(channel, cast.teacher, by=cast.headteacher)
    assert "At most 1" in refused_by_head(cast, channel, cast.support_staff)
    edit_channel(channel, by=cast.headteacher, most_authorised=2)
    assert authorise(channel, cast.support_staff, by=cast.headteacher)


def test_the_system_authorises_in_the_name_of_the_head_and_tells_nobody(cast, channel):
    assert authorise(channel, cast.teacher, by=None).granted_by == cast.headteacher.user
    assert not OutboxMail.objects.exists()


def test_revoking_needs_a_reason_and_happens_once(cast, channel):
    row = authorise(channel, cast.teacher, by=cast.headteacher)
    with pytest.raises(Refused):
        revoke(row, by=cast.headteacher, reason=" ")
    with pytest.raises(NotAllowed):
        revoke(row, by=cast.computing_lead, reason="No")
    row = revoke(row, by=cast.deputy_head, reason="Left the team")
    assert (row.revoked_by, row.revoked_reason) == (cast.deputy_head.user, "Left the team")
    assert Notification.objects.filter(event="authorisation_revoked", user=cast.teacher.user).count() == 1
    with pytest.raises(Refused):
        revoke(row, by=cast.headteacher, reason="Again")


def test_a_platform_is_listed_and_changed_by_those_who_manage_channels(cast, platform):
    edit_platform(platform, by=cast.office, minimum_age=16, aliases=["Twitter"])
    assert Platform.objects.get().minimum_age == 16
    with pytest.raises(Refused):
        list_platform(school=cast.school(), by=cast.office, name="x")
    with pytest.raises(NotAllowed):
        list_platform(school=cast.school(), by=cast.teacher, name="Vine")
    with pytest.raises(NotAllowed):
        edit_platform(platform, by=cast.post(Role.HEADTEACHER, "elmwood"), minimum_age=1)
