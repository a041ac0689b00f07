"""The runner: who may, from where, what is stored, and what a late click is told."""

import threading

import pytest
from django.db import connection

from channels_mgmt.models import Channel, Platform
from policyportal.lib import workflow
from policyportal.lib.workflow import NotAllowed, Refused, Step, TooLate, save_as, steps_open_to, take

STATUS = Channel.Status


def only_heads(actor, thing) -> bool:
    return actor.role == "headteacher"


def needs_an_address(channel) -> str:
    return "" if channel.address else "Enter the web address first."


@pytest.fixture
def followed() -> list:
    return []


@pytest.fixture
def diagram(monkeypatch, followed):
    """A small diagram in the place of the channel's own."""
    steps = [
        Step("suspend", "Suspend the channel", (STATUS.OPENED,), STATUS.SUSPENDED, only_heads, reason_needed=True),
        Step(
            "reopen", "Reopen the channel", (STATUS.SUSPENDED,), STATUS.OPENED, only_heads, needs=(needs_an_address,)
        ),
        Step(
            "close",
            "Close the channel",
            (STATUS.OPENED, STATUS.SUSPENDED),
            STATUS.CLOSED,
            only_heads,
            sets=("purpose",),
            follows=(lambda thing, actor, reason: followed.append((thing.status, actor, reason)),),
        ),
    ]
    monkeypatch.setitem(workflow._STEPS, Channel, {step.name: step for step in steps})


@pytest.fixture
def channel(cast, diagram) -> Channel:
    school = cast.school()
    platform = Platform.objects.create(school=school, name="Facebook")
    return Channel.objects.create(school=school, platform=platform, name="Our page", audience="public")


def test_a_step_sets_the_status_and_leaves_one_history_row_with_actor_and_reason(cast, channel):
    taken = take("suspend", channel, cast.headteacher, "An impostor posts there")
    assert taken.status == STATUS.SUSPENDED
    latest, first = channel.history.all()
    assert (latest.status, first.status) == (STATUS.SUSPENDED, STATUS.OPENED)
    assert latest.history_user_id == cast.headteacher.user_id
    assert latest.history_change_reason == "An impostor posts there"


def test_the_next_save_does_not_inherit_actor_or_reason(cast, channel):
    taken = take("suspend", channel, cast.headteacher, "An impostor posts there")
    taken.purpose = "News"
    taken.save()
    latest = taken.history.first()
    assert latest.history_user_id is None
    assert latest.history_change_reason is None


def test_buttons_and_server_are_one_list(cast, channel):
    assert [step.name for step in steps_open_to(cast.headteacher, channel)] == ["suspend", "close"]
    assert steps_open_to(cast.teacher, channel) == []
    with pytest.raises(NotAllowed):
        take("close", channel, cast.teacher)
    channel.refresh_from_db()
    assert channel.status == STATUS.OPENED
    assert channel.history.count() == 1


def test_a_late_click_is_told_what_the_thing_is_now(cast, channel):
    take("close", channel, cast.headteacher)
    with pytest.raises(TooLate, match="it is now “Closed”") as told:
        take("suspend", channel, cast.headteacher, "Too late")
    assert told.value.thing.status == STATUS.CLOSED
    assert channel.history.count() == 2


def test_a_step_that_needs_a_reason_refuses_a_blank_one(cast, channel):
    with pytest.raises(Refused, match="Give a reason"):
        take("suspend", channel, cast.headteacher, "   ")


def test_what_must_come_first_is_said_in_words_and_nothing_is_stored(cast, channel):
    take("suspend", channel, cast.headteacher, "Why")
    with pytest.raises(Refused) as refusal:
        take("reopen", channel, cast.headteacher)
    assert refusal.value.messages == ["Enter the web address first."]
    channel.refresh_from_db()
    assert channel.status == STATUS.SUSPENDED


def test_a_step_fills_only_the_fields_it_names(cast, channel):
    with pytest.raises(TypeError, match="does not set name"):
        take("suspend", channel, cast.headteacher, "Why", name="Other")
    assert take("close", channel, cast.headteacher, purpose="Ended").purpose == "Ended"


def test_what_follows_sees_the_row_as_stored(cast, channel, followed):
    take("close", channel, cast.headteacher, "Done with it")
    assert [(status, reason) for status, _, reason in followed] == [(STATUS.CLOSED, "Done with it")]


def test_a_fault_in_what_follows_undoes_the_step(cast, channel, followed, monkeypatch):
    def fail(thing, actor, reason):
        raise OSError("disk")

    step = workflow._STEPS[Channel]["close"]
    monkeypatch.setitem(workflow._STEPS[Channel], "close", Step(**(vars(step) | {"follows": (fail,)})))
    with pytest.raises(OSError, match="disk"):
        take("close", channel, cast.headteacher)
    channel.refresh_from_db()
    assert channel.status == STATUS.OPENED
    assert channel.history.count() == 1


def test_the_systems_own_work_is_recorded_as_nobodys(cast, channel):
    channel.purpose = "Checked"
    save_as(channel, None, "Nightly check")
    assert channel.history.first().history_user_id is None
    assert channel.history.first().history_change_reason == "Nightly check"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins_and_every_other_is_told(cast, channel):
    head = cast.headteacher
    barrier, results = threading.Barrier(6), []

    def click():
        barrier.wait()
        try:
            take("close", channel, head, "Mine")
            results.append("won")
        except TooLate:
            results.append("told")
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(6)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert sorted(results) == ["told"] * 5 + ["won"]
    assert channel.history.filter(status=STATUS.CLOSED).count() == 1
