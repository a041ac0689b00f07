"""What waits for whom, and the figures of the dashboard."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from moderation.models import Block, Item
from moderation.selectors import moderation_figures, waiting_for
from moderation.services import record_contact
from policyportal.lib.dates import today
from policyportal.lib.workflow import take


def test_undecided_items_wait_for_the_team_of_their_channel_and_nobody_else(cast, item):
    for role in Role:
        waits = [waiting.url for waiting in waiting_for(cast.post(role))]
        team = role in (Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.TEACHER)
        assert waits == ([item.get_absolute_url()] if team else [])
    assert waiting_for(cast.post(Role.HEADTEACHER, "elmwood")) == []


def test_what_waits_says_no_word_of_the_item(item, cast):
    waiting = waiting_for(cast.teacher)[0]
    assert "useless" not in waiting.title + waiting.detail and "Fox" not in waiting.title + waiting.detail


def test_a_proposed_block_waits_and_one_in_force_waits_on_its_review_day(cast, record, abusive, time_machine):
    for _ in range(cast.school().block_threshold):
        item = take("remove", record(), cast.teacher, rule=abusive)
    assert [waiting.title for waiting in waiting_for(cast.teacher)] == ["Decide on a block that is proposed"]
    record_contact(item.author, by=cast.teacher, words="Please ring us.")
    review = today() + timedelta(days=30)
    take("confirm", Block.objects.get(), cast.teacher, "Threats", review_on=review, other_way="By e-mail")
    assert waiting_for(cast.teacher) == []
    time_machine.move_to(timezone.now() + timedelta(days=31))
    assert [waiting.due for waiting in waiting_for(cast.teacher)] == [review]


def test_what_waits_is_at_most_twenty_lines_and_costs_the_same_however_much_waits(cast, record):
    record()

    def queries():
        teacher = cast.teacher
        with CaptureQueriesContext(connection) as captured:
            waiting_for(teacher)
        return len(captured)

    before = queries()
    for number in range(50):
        record(author_handle=f"Fox {number}")
    assert queries() == before and len(waiting_for(cast.teacher)) <= 20


def decided(cast, record, rule, minutes, days_ago=1):
    recorded_at = timezone.now() - timedelta(days=days_ago)
    item = record(recorded_at=recorded_at, author_handle="")
    return take("remove", item, cast.teacher, rule=rule, decided_at=recorded_at + timedelta(minutes=minutes))


def test_figures_of_a_school_without_items_are_nought(cast):
    figures = moderation_figures(cast.school())
    assert (figures.open, figures.late, figures.median, figures.mean) == (0, 0, None, None)
    assert figures.decided == {"Deleted": 0, "Hidden": 0, "Answered": 0, "Left as it is": 0}


@pytest.mark.parametrize(
    ("minutes", "median"), [((10,), 10), ((10, 30), 20), ((10, 20, 60), 20), ((1, 2, 3, 90), 2.5)]
)
def test_the_middle_and_the_mean_are_those_of_what_was_decided_in_90_days(cast, record, abusive, minutes, median):
    for taken in minutes:
        decided(cast, record, abusive, taken)
    decided(cast, record, abusive, 6000, days_ago=120)
    figures = moderation_figures(cast.school())
    assert figures.median == timedelta(minutes=median)
    assert figures.mean == timedelta(minutes=sum(minutes) / len(minutes))
    assert figures.decided["Deleted"] == len(minutes)


def test_open_and_late_items_are_counted_for_the_school_alone(cast, record):
    record()
    record(recorded_at=timezone.now() - timedelta(days=3))
    figures = moderation_figures(cast.school())
    assert (figures.open, figures.late) == (2, 1)
    assert moderation_figures(cast.school("elmwood")).open == 0


def test_figures_cost_the_same_with_one_item_and_with_fifty(cast, record, abusive):
    decided(cast, record, abusive, 5)

    def queries():
        school = cast.school()
        with CaptureQueriesContext(connection) as captured:
            moderation_figures(school)
        return len(captured)

    before = queries()
    for number in range(50):
        decided(cast, record, abusive, number)
    assert queries() == before and Item.objects.count() == 51
