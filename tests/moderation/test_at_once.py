"""People acting at the very same moment, in threads of their own: one decision, one row, one block."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from moderation.models import Block, Item
from moderation.services import record_item, tell_late
from policyportal.lib.workflow import TooLate, take

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run every act in its own thread, all from the same moment; return what each gave, faults included."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        except TooLate as late:
            return late
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_several_decisions_at_once_one_counts_and_the_others_are_too_late(cast, item, abusive):
    posts = [cast.headteacher, cast.business_manager, cast.teacher]
    answers = at_once(*(lambda post=post: take("remove", item, post, rule=abusive) for post in posts))
    winners = [answer for answer in answers if isinstance(answer, Item)]
    assert len(winners) == 1 and len(answers) == 3
    item.refresh_from_db()
    assert item.decided_by == winners[0].decided_by
    assert item.history.count() == 2


def test_the_same_form_sent_several_times_at_once_is_one_row(cast, channel):
    teacher, token = cast.teacher, uuid.uuid4()

    def send():
        return record_item(channel=channel, by=teacher, words="Seen", author_handle="Angry Fox", form_token=token)

    sent = at_once(*[send] * 4)
    assert {item.pk for item in sent} == {Item.objects.get().pk}


def test_several_items_of_one_account_upheld_at_once_propose_one_block_with_all_of_them(cast, record, abusive):
    items = [record() for _ in range(cast.school().block_threshold + 1)]
    post = cast.headteacher
    at_once(*(lambda item=item: take("remove", item, post, rule=abusive) for item in items))
    assert set(Block.objects.get().items.all()) == set(items)


def test_two_sweeps_at_once_tell_a_late_item_once(cast, record, time_machine):
    item = record()
    time_machine.move_to(item.due_at.replace(year=item.due_at.year + 1))
    assert sum(at_once(tell_late, tell_late)) == 1
