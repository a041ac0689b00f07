"""Who manages, authorises, moderates and posts: by role, by name, and the head always."""

from datetime import timedelta

import pytest

from accounts.models import Membership, Role
from channels_mgmt import rules
from channels_mgmt.models import Channel
from channels_mgmt.services import authorise, edit_channel, revoke
from policyportal.lib.dates import today
from policyportal.lib.workflow import take

MANAGERS = {Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD}
AUTHORISERS = {Role.HEADTEACHER, Role.DEPUTY_HEAD}


def those_who(rule, cast, channel):
    return {role for role in Role if rule(cast.post(role), channel)}


def test_a_role_of_the_person_manages_and_the_head_always_does(cast, channel):
    assert those_who(rules.can_manage_channel, cast, channel) == MANAGERS


def test_a_role_of_the_person_authorises_and_the_head_always_does(cast, channel):
    assert those_who(rules.can_authorise, cast, channel) == AUTHORISERS


def test_only_the_head_confirms_the_audience_and_appoints_roles(cast, channel):
    assert those_who(rules.can_confirm_audience, cast, channel) == {Role.HEADTEACHER}
    assert those_who(rules.can_appoint, cast, channel) == {Role.HEADTEACHER}


def test_managers_and_the_people_authorised_for_it_moderate_and_post(cast, channel):
    authorise(channel, cast.teacher, by=cast.headteacher, may_moderate=True, may_post=False)
    authorise(channel, cast.support_staff, by=cast.headteacher, may_moderate=False, may_post=True)
    assert those_who(rules.can_moderate, cast, channel) == MANAGERS | {Role.TEACHER}
    assert those_who(rules.can_post, cast, channel) == MANAGERS | {Role.SUPPORT_STAFF}


@pytest.mark.parametrize(
    "rule", [rules.can_manage_channel, rules.can_authorise, rules.can_moderate, rules.can_post, rules.can_appoint]
)
def test_nobody_of_another_school_may_do_anything(cast, channel, rule):
    assert not any(rule(cast.post(role, "elmwood"), channel) for role in Role)
    assert not rule(None, channel)


def test_where_managers_need_an_authorisation_the_role_alone_opens_nothing(cast, channel):
    edit_channel(
        channel,
        by=cast.headteacher,
        managing_roles=[Role.TEACHER],
        authorising_roles=[],
        managers_need_authorisation=True,
    )
    assert not rules.can_manage_channel(cast.teacher, channel)
    assert not rules.can_post(cast.teacher, channel)
    assert not rules.can_moderate(cast.teacher, channel)
    authorise(channel, cast.teacher, by=cast.headteacher, may_post=True, may_moderate=False)
    assert rules.can_manage_channel(cast.teacher, channel)
    assert rules.can_post(cast.teacher, channel)
    assert not rules.can_moderate(cast.teacher, channel)


def test_an_authorisation_holds_from_its_first_day_to_its_last(cast, channel, time_machine):
    first = today() + timedelta(days=2)
    authorise(channel, cast.teacher, by=cast.headteacher, starts_on=first, ends_on=first + timedelta(days=3))
    allowed = []
    for days in (1, 2, 5, 6):
        time_machine.move_to(first + timedelta(days=days - 2, hours=12))
        allowed.append(rules.can_post(cast.teacher, channel))
    assert allowed == [False, True, True, False]


def test_a_revoked_authorisation_opens_nothing(cast, channel):
    row = authorise(channel, cast.teacher, by=cast.headteacher)
    revoke(row, by=cast.headteacher, reason="Left the team")
    assert not rules.can_post(cast.teacher, channel)
    assert not rules.can_moderate(cast.teacher, channel)


def test_an_authorisation_ends_with_the_post_that_it_was_given_to(cast, channel):
    authorise(channel, cast.teacher, by=cast.headteacher)
    post = cast.teacher
    post.ends_on = today() - timedelta(days=1)
    post.save()
    other = Membership.objects.create(school=post.school, user=post.user, role=Role.VOLUNTEER)
    assert not rules.can_post(other, channel)


def test_person_beats_post_an_authorisation_holds_in_every_post_of_the_person(cast, channel):
    authorise(channel, cast.teacher, by=cast.headteacher)
    other = Membership.objects.create(school=cast.school(), user=cast.teacher.user, role=Role.VOLUNTEER)
    assert rules.can_post(other, channel)


def test_nobody_posts_to_a_channel_that_is_suspended(cast, channel):
    take("suspend", channel, cast.headteacher, "Account taken over")
    assert not rules.can_post(cast.headteacher, channel)
    assert rules.can_moderate(cast.headteacher, channel)


def test_nobody_posts_to_a_channel_that_is_not_the_schools_own(cast, channel):
    edit_channel(channel, by=cast.headteacher, audience=Channel.Audience.NOT_OURS)
    assert not rules.can_post(cast.headteacher, channel)
