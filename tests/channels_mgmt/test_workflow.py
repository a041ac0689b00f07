"""Every step from every status by every role: what is allowed happens, what is not changes nothing."""

import pytest

from accounts.models import Role
from channels_mgmt.models import Channel
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take

STATUSES = [status.value for status in Channel.Status]
TARGETS = {
    ("opened", "suspend"): "suspended",
    ("opened", "close"): "closed",
    ("suspended", "reopen"): "opened",
    ("suspended", "close"): "closed",
    ("closed", "reopen"): "opened",
}
WAY_TO = {"opened": [], "suspended": ["suspend"], "closed": ["close"]}
MANAGERS = {Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD}


def standing_at(channel, status, cast):
    for step in WAY_TO[status]:
        channel = take(step, channel, cast.headteacher, "To begin with")
    return channel


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step", ["suspend", "reopen", "close"])
def test_a_step_is_open_to_its_managers_from_its_statuses_and_to_nobody_else(cast, channel, status, step):
    channel = standing_at(channel, status, cast)
    for role in Role:
        offered = step in [open_step.name for open_step in steps_open_to(cast.post(role), channel)]
        assert offered == (role in MANAGERS and (status, step) in TARGETS)
        if role not in MANAGERS:
            with pytest.raises(NotAllowed):
                take(step, channel, cast.post(role), "Because")
    if (status, step) in TARGETS:
        assert take(step, channel, cast.computing_lead, "Because").status == TARGETS[status, step]
    else:
        with pytest.raises(TooLate):
            take(step, channel, cast.computing_lead, "Because")
        channel.refresh_from_db()
        assert channel.status == status


def test_the_table_holds_no_step_that_is_not_tried_here():
    assert {step.name for step in steps_of(Channel)} == {step for _, step in TARGETS}


@pytest.mark.parametrize("step", ["suspend", "close"])
def test_each_step_asks_for_a_reason_and_keeps_it_with_the_name(cast, channel, step):
    with pytest.raises(Refused):
        take(step, channel, cast.headteacher, "  ")
    take(step, channel, cast.headteacher, "The account was taken over")
    latest = channel.history.first()
    assert latest.history_change_reason == "The account was taken over"
    assert latest.history_user_id == cast.headteacher.user_id
