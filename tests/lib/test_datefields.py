"""Days and times as people type them, and what they are told when one is wrong."""

from datetime import date, datetime

import pytest
import time_machine
from django import forms

from policyportal.lib.dates import LONDON
from policyportal.lib.forms import DateField, DateTimeField, PortalForm
from tests.lib.markup import drawn_form


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["21", "11", "2026"], date(2026, 11, 21)),
        ([" 1 ", "SEP", " 2026"], date(2026, 9, 1)),
        (["1", "sep", "2026"], date(2026, 9, 1)),
        (["1", "September", "2026"], date(2026, 9, 1)),
        (["29", "2", "2028"], date(2028, 2, 29)),
        (["01", "02", "2026"], date(2026, 2, 1)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, day):
    assert DateField().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "message", "parts"),
    [
        (["", "11", "2026"], "Seen on must include a day", "day"),
        (["", "", "2026"], "Seen on must include a day and month", "day month"),
        (["1", "13", "2026"], "Month must be between 1 and 12", "month"),
        (["1", "x", "2026"], "Month must be between 1 and 12", "month"),
        (["1", "1", "26"], "Year must have 4 numbers, like 2026", "year"),
        (["1", "1", "1066"], "Year must be 1900 or later", "year"),
        (["31", "2", "2026"], "Day must be between 1 and 28 in February 2026", "day"),
        (["0", "1", "2026"], "Day must be between 1 and 31", "day"),
        (["٣", "1", "2026"], "Day must be between 1 and 31", "day"),
    ],
)
def test_a_wrong_day_says_which_part_is_wrong(typed, message, parts):
    with pytest.raises(forms.ValidationError) as refusal:
        DateField(label="Seen on").clean(typed)
    assert refusal.value.message == message
    assert refusal.value.code == parts


def test_the_link_of_a_wrong_day_lands_on_the_wrong_part():
    class Seen(PortalForm):
        on = DateField(label="Seen on")

    page = drawn_form(Seen({"on_day": "1", "on_month": "13", "on_year": "2026"}))
    assert page.one("a").attrs["href"] == "#id_on_1"
    assert [e.attrs["id"] for e in page.all("input", aria_invalid="true")] == ["id_on_1"]


@pytest.mark.parametrize("empty", [["", "", ""], [None, None, None], None])
def test_an_optional_day_may_be_left_out_and_a_required_one_may_not(empty):
    assert DateField(required=False).clean(empty) is None
    with pytest.raises(forms.ValidationError):
        DateField().clean(empty)


@time_machine.travel(datetime(2026, 11, 21, 12, 0, tzinfo=LONDON), tick=False)
def test_a_day_is_held_to_its_side_of_today():
    today, tomorrow, yesterday = ["21", "11", "2026"], ["22", "11", "2026"], ["20", "11", "2026"]
    past, future = DateField(label="Seen on", no_future=True), DateField(label="Due on", no_past=True)
    assert past.clean(today) == future.clean(today) == date(2026, 11, 21)
    with pytest.raises(forms.ValidationError, match="Seen on must be today or in the past"):
        past.clean(tomorrow)
    with pytest.raises(forms.ValidationError, match="Due on must be today or in the future"):
        future.clean(yesterday)


def test_a_stored_day_is_shown_in_its_parts_and_does_not_count_as_changed():
    class Seen(PortalForm):
        on = DateField()

    stored = {"on": date(2026, 3, 7)}
    page = drawn_form(Seen(initial=stored))
    assert [page.by_id(f"id_on_{n}").attrs["value"] for n in range(3)] == ["7", "3", "2026"]
    assert not Seen({"on_day": "07", "on_month": "mar", "on_year": "2026"}, initial=stored).has_changed()
    assert Seen({"on_day": "8", "on_month": "3", "on_year": "2026"}, initial=stored).has_changed()


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("3:42pm", 15, 42), ("3.42 pm", 15, 42), ("15:42", 15, 42), ("12am", 0, 0), ("12pm", 12, 0), ("9 a.m.", 9, 0)],
)
def test_a_time_is_read_as_people_type_it(typed, hour, minute):
    instant = DateTimeField().clean(["21", "7", "2026", typed])
    assert instant == datetime(2026, 7, 21, hour, minute, tzinfo=LONDON)
    assert instant.utcoffset().total_seconds() == 3600


@pytest.mark.parametrize("typed", ["3", "13pm", "24:00", "3:60", "noon", "0am"])
def test_a_wrong_time_is_refused_with_an_example(typed):
    with pytest.raises(forms.ValidationError) as refusal:
        DateTimeField().clean(["21", "7", "2026", typed])
    assert refusal.value.code == "time"
    assert "3:42pm" in refusal.value.message


def test_a_time_that_the_clocks_skip_is_refused():
    with pytest.raises(forms.ValidationError, match="clocks went forward"):
        DateTimeField().clean(["29", "3", "2026", "1:30am"])


def test_a_stored_instant_is_shown_as_london_time_and_does_not_count_as_changed():
    class Seen(PortalForm):
        at = DateTimeField()

    stored = {"at": datetime(2026, 7, 21, 15, 42, tzinfo=LONDON)}
    page = drawn_form(Seen(initial=stored))
    assert page.by_id("id_at_3").attrs["value"] == "3:42pm"
    typed = {"at_day": "21", "at_month": "7", "at_year": "2026", "at_time": "15:42"}
    assert not Seen(typed, initial=stored).has_changed()
