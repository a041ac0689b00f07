"""Pages by key: every row once, in order, forwards and back, whatever is added meanwhile."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Membership, Notification
from policyportal.lib.paging import capped_count, page_of


@pytest.fixture
def rows(cast):
    """Thirty notifications, three to each instant, so that ties must be broken."""
    start = timezone.now()
    return [
        Notification.objects.create(
            school=cast.school(),
            user=cast.teacher.user,
            event="x",
            subject=f"{number}",
            path="/",
            dedupe_key=f"row {number}",
            created_at=start + timedelta(minutes=number // 3),
        )
        for number in range(30)
    ]


def walk(step: str, page, order: str, size: int):
    while url := getattr(page, step):
        page = page_of(Notification.objects.all(), QueryDict(url[1:]), order=order, size=size)
        yield page


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
@pytest.mark.parametrize("size", [1, 4, 7, 30, 31])
def test_walking_forwards_shows_every_row_once_and_in_order(rows, order, size):
    first = page_of(Notification.objects.all(), QueryDict(), order=order, size=size)
    seen = [row for page in [first, *walk("next_url", first, order, size)] for row in page]
    sign = "-" if order.startswith("-") else ""
    assert seen == list(Notification.objects.order_by(order, f"{sign}pk"))


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_walking_back_shows_the_same_pages(rows, order):
    first = page_of(Notification.objects.all(), QueryDict(), order=order, size=7)
    forwards = [first, *walk("next_url", first, order, 7)]
    backwards = list(walk("previous_url", forwards[-1], order, 7))
    assert [page.rows for page in reversed(backwards)] == [page.rows for page in forwards[:-1]]
    assert first.previous_url == "" and forwards[-1].next_url == ""


def test_filters_stay_in_the_address(rows):
    page = page_of(Notification.objects.all(), QueryDict("kind=a&kind=b&q=x"), order="created_at", size=5)
    kept = parse_qs(page.next_url[1:])
    assert kept["kind"] == ["a", "b"] and kept["q"] == ["x"]


def test_a_forged_page_mark_shows_the_first_page(rows):
    page = page_of(Notification.objects.all(), QueryDict("after=W10:forged"), order="created_at", size=5)
    assert page.rows == page_of(Notification.objects.all(), QueryDict(), order="created_at", size=5).rows


def test_a_page_mark_of_another_list_shows_the_first_page(rows, cast):
    theirs = page_of(Notification.objects.all(), QueryDict(), order="created_at", size=1)
    posts = page_of(Membership.objects.all(), QueryDict(theirs.next_url[1:]), order="starts_on", size=2)
    assert posts.rows == page_of(Membership.objects.all(), QueryDict(), order="starts_on", size=2).rows
    assert posts.previous_url == ""


def test_one_query_whatever_the_page(rows, django_assert_num_queries):
    first = page_of(Notification.objects.all(), QueryDict(), order="created_at", size=5)
    with django_assert_num_queries(1):
        page_of(Notification.objects.all(), QueryDict(first.next_url[1:]), order="created_at", size=5)


def test_a_count_stops_where_it_no_longer_tells_anything(rows):
    assert capped_count(Notification.objects.all(), cap=100) == "30"
    assert capped_count(Notification.objects.all(), cap=20) == "20+"
