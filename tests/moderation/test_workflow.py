"""Every step from every status by every role, and what each step asks and leaves behind."""

from datetime import timedelta

import pytest

from accounts.models import Role
from channels_mgmt.models import ChannelRule
from channels_mgmt.services import add_rule, drop_rule
from moderation.models import Block, Contact, Item
from moderation.services import record_contact
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take

TEAM = {Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.TEACHER}
ITEM_TARGETS = {"remove": "removed", "hide": "hidden", "reply": "replied", "leave": "left"}
BLOCK_STEPS = {
    ("proposed", "confirm"): "confirmed",
    ("proposed", "decline"): "declined",
    ("confirmed", "lift"): "lifted",
}


def facts_for(step, abusive):
    return {
        "remove": {"rule": abusive},
        "hide": {"rule": abusive},
        "reply": {"message_sent": "Please contact the office."},
        "leave": {"explanation": "Fair criticism"},
        "confirm": {"review_on": today() + timedelta(days=30), "other_way": "By e-mail"},
    }.get(step, {})


@pytest.mark.parametrize("status", Item.Status.values)
@pytest.mark.parametrize("step", ITEM_TARGETS)
def test_an_item_is_decided_once_and_by_the_team_alone(cast, item, abusive, status, step):
    for done, target in ITEM_TARGETS.items():
        if target == status:
            item = take(done, item, cast.headteacher, **facts_for(done, abusive))
    for role in Role:
        offered = step in [open_step.name for open_step in steps_open_to(cast.post(role), item)]
        assert offered == (role in TEAM and status == "recorded")
        if role not in TEAM:
            with pytest.raises(NotAllowed):
                take(step, item, cast.post(role), **facts_for(step, abusive))
    if status == "recorded":
        assert take(step, item, cast.teacher, **facts_for(step, abusive)).status == ITEM_TARGETS[step]
    else:
        with pytest.raises(TooLate):
            take(step, item, cast.teacher, **facts_for(step, abusive))
        item.refresh_from_db()
        assert (item.status, item.decided_by) == (status, cast.headteacher.user)


@pytest.fixture
def block(cast, record, abusive):
    """A block proposed after as many upheld items as the school allows, with a contact on record."""
    for _ in range(cast.school().block_threshold):
        item = take("remove", record(), cast.teacher, rule=abusive)
    record_contact(item.author, by=cast.teacher, words="Please contact the office.")
    return Block.objects.get()


@pytest.mark.parametrize("status", Block.Status.values)
@pytest.mark.parametrize("step", ["confirm", "decline", "lift"])
def test_a_block_moves_as_its_table_says_and_by_the_team_alone(cast, block, abusive, status, step):
    way = {"proposed": [], "confirmed": ["confirm"], "declined": ["decline"], "lifted": ["confirm", "lift"]}
    for before in way[status]:
        block = take(before, block, cast.headteacher, "To begin with", **facts_for(before, abusive))
    for role in Role:
        offered = step in [open_step.name for open_step in steps_open_to(cast.post(role), block)]
        assert offered == (role in TEAM and (status, step) in BLOCK_STEPS)
        if role not in TEAM:
            with pytest.raises(NotAllowed):
                take(step, block, cast.post(role), "Because", **facts_for(step, abusive))
    if (status, step) in BLOCK_STEPS:
        moved = take(step, block, cast.teacher, "Because", **facts_for(step, abusive))
        assert (moved.status, moved.decided_by) == (BLOCK_STEPS[status, step], cast.teacher.user)
    else:
        with pytest.raises(TooLate):
            take(step, block, cast.teacher, "Because", **facts_for(step, abusive))


def test_the_tables_hold_no_step_that_is_not_tried_here():
    assert {step.name for step in steps_of(Item)} == set(ITEM_TARGETS)
    assert {step.name for step in steps_of(Block)} == {step for _, step in BLOCK_STEPS}


@pytest.mark.parametrize("step", ["remove", "hide"])
def test_taking_something_away_needs_a_rule_of_the_channels_own_list(cast, item, abusive, channel, step):
    other_list = add_rule(channel, by=None, rule_list=ChannelRule.List.NEVER, title="Politics")
    dropped = drop_rule(add_rule(channel, by=None, rule_list="remove", title="Old"), by=cast.headteacher)
    for rule in (None, other_list, dropped):
        with pytest.raises(Refused, match="rule"):
            take(step, item, cast.teacher, rule=rule, explanation="I do not like it")
    item = take(step, item, cast.teacher, rule=abusive)
    assert (item.rule, item.upheld, item.decided_by) == (abusive, True, cast.teacher.user)
    assert item.time_taken is not None


def test_on_a_channel_without_a_list_taking_away_needs_words(cast, item, abusive):
    drop_rule(abusive, by=cast.headteacher)
    with pytest.raises(Refused, match="Say why"):
        take("remove", item, cast.teacher)
    assert take("remove", item, cast.teacher, explanation="A threat").upheld


def test_leaving_needs_a_reason_and_is_no_strike(cast, item):
    with pytest.raises(Refused):
        take("leave", item, cast.teacher, explanation=" ")
    assert not take("leave", item, cast.teacher, explanation="Fair criticism").upheld


def test_a_reply_is_kept_in_its_words_as_a_courteous_contact(cast, item):
    with pytest.raises(Refused):
        take("reply", item, cast.teacher, message_sent="")
    take("reply", item, cast.teacher, message_sent="Please contact the office.")
    contact = Contact.objects.get()
    assert (contact.author, contact.words, contact.made_by) == (
        item.author,
        "Please contact the office.",
        cast.teacher.user,
    )


def decide(cast, record, rule, step="remove", **facts):
    return take(step, record(**facts), cast.teacher, rule=rule)


def test_a_block_is_proposed_by_the_portal_when_the_schools_number_is_reached(cast, record, abusive):
    threshold = cast.school().block_threshold
    items = [decide(cast, record, abusive) for _ in range(threshold - 1)]
    decide(cast, record, abusive, author_handle="Somebody else")
    take("leave", record(), cast.teacher, explanation="Fair")
    assert not Block.objects.exists()
    items.append(decide(cast, record, abusive, step="hide"))
    block = Block.objects.get()
    assert set(block.items.all()) == set(items)
    assert block.history.earliest().history_user_id is None


def test_one_more_item_joins_the_block_that_is_proposed(cast, block, record, abusive):
    one_more = decide(cast, record, abusive)
    assert one_more in block.items.all() and Block.objects.count() == 1


def test_after_a_block_was_declined_counting_begins_afresh(cast, block, record, abusive):
    take("decline", block, cast.teacher, "They apologised")
    threshold = cast.school().block_threshold
    for _ in range(threshold - 1):
        decide(cast, record, abusive)
    assert Block.objects.proposed().count() == 0
    decide(cast, record, abusive)
    assert Block.objects.proposed().get().items.count() == threshold


def test_the_decision_and_the_proposal_stand_or_fall_together(cast, record, abusive, monkeypatch):
    items = [record() for _ in range(cast.school().block_threshold)]
    for item in items[:-1]:
        take("remove", item, cast.teacher, rule=abusive)

    def fail(block):
        raise OSError

    monkeypatch.setattr("moderation.notifications.block_proposed", fail)
    with pytest.raises(OSError):
        take("remove", items[-1], cast.teacher, rule=abusive)
    items[-1].refresh_from_db()
    assert items[-1].status == Item.Status.RECORDED and not Block.objects.exists()
