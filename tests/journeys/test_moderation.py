"""What the office writes down of a school's channels, and decides on."""

import pytest

from moderation.models import Item
from tests.journeys.conftest import DESK

pytestmark = pytest.mark.journey
COMMENTS = {
    "Jo from the village": "What a lovely fair that was.",
    "Sam Anybody": "When does the spring term begin?",
    "angry_of_ulverston": "The lot of you are useless idiots and should be sacked.",
}


def record(visitor, channel, author, words):
    """Record a comment seen on the channel just now."""
    visitor.choose("No")
    visitor.press("Go on")
    visitor.pick("Channel", channel.name)
    visitor.fill("What it says", words)
    visitor.fill("Name or handle of whoever wrote it", author)
    visitor.press("Record it")
    visitor.sees("It is recorded")


def test_the_office_records_three_comments_and_deletes_the_abusive_one_under_the_schools_rule(schools, desk):
    channel = schools.channel("croftlands", "Facebook")
    office = schools.post("croftlands", "office", "Maureen")
    desk.sign_in(office.user)
    desk.press("Moderation")
    desk.press("Record something seen")
    for author, words in COMMENTS.items():
        record(desk, channel, author, words)
        if author != "angry_of_ulverston":
            desk.press("Record another")
    desk.press("Decide on it now")
    desk.press("Delete it")
    desk.press("Delete it")
    desk.sees("There is a problem", "Choose which rule it breaks")
    desk.page.get_by_role("radio", name="Abusive", exact=True).check()
    desk.press("Delete it")
    desk.sees("Delete it: done and recorded.")
    desk.press("Decided")
    desk.press("The lot of you are useless idiots")
    item = Item.objects.get(author__handle="angry_of_ulverston")
    desk.sees("Deleted", "Abusive", office.user.name, str(item.rule.clause))
    assert desk.page.locator("time").count() > 1
    assert Item.objects.filter(channel=channel, status=Item.Status.RECORDED).count() == 2


def test_whoever_decides_second_is_told_and_keeps_what_they_wrote(schools, visitors):
    head, office = schools.post("croftlands", "headteacher"), schools.post("croftlands", "office", "Maureen")
    channel = schools.channel("croftlands", "Facebook")
    first, second = visitors(DESK), visitors(DESK)
    first.sign_in(head.user)
    first.go("/moderation/record/")
    record(first, channel, "Sam Anybody", "When does the spring term begin?")
    first.press("Decide on it now")
    second.sign_in(office.user)
    second.go(first.page.url.removeprefix(first.address))
    for visitor in (first, second):
        visitor.press("Reply politely")
    first.fill("The reply that was sent", "On 5 January.")
    first.press("Reply politely")
    second.fill("The reply that was sent", "The dates are on our website.")
    second.press("Reply politely")
    second.sees("Somebody was quicker", head.user.name, "Nothing that you sent was stored.")
    second.sees("The dates are on our website.")
    assert Item.objects.get().message_sent == "On 5 January."
