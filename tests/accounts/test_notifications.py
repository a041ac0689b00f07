"""What somebody was told: only they see it, what is unread is marked, and reading it leads on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, Role
from accounts.notifications import notify


def tell(cast, role, school="oakfield", number=1):
    post = cast.post(role, school)
    return notify(
        user=post.user,
        school=post.school,
        event="test",
        subject=f"Thing {number} waits",
        path="/people/",
        key=f"k{number}",
    )


@pytest.fixture
def told(cast):
    return tell(cast, Role.TEACHER)


def test_a_person_sees_what_they_were_told_and_how_much_is_unread(cast, told):
    tell(cast, Role.OFFICE, number=2)
    page = cast.client("teacher").get("/notifications/").content.decode()
    assert "Thing 1 waits" in page
    assert "Notifications (1 unread)" in page
    assert "Thing 2 waits" not in page


def test_opening_one_marks_it_as_read_and_leads_to_its_page(cast, told):
    client = cast.client("teacher")
    assert client.post(f"/notifications/{told.pk}/read/").url == "/people/"
    told.refresh_from_db()
    assert told.read_at is not None
    assert "unread)" not in client.get("/notifications/").content.decode()


def test_marking_all_as_read_leaves_what_others_were_told(cast, told):
    other = tell(cast, Role.OFFICE, number=2)
    cast.client("teacher").post("/notifications/read/")
    told.refresh_from_db()
    other.refresh_from_db()
    assert told.read_at is not None
    assert other.read_at is None


def test_what_another_was_told_cannot_be_opened(cast, told):
    for client in (cast.client("headteacher"), cast.client("teacher", "elmwood")):
        assert client.post(f"/notifications/{told.pk}/read/").status_code == 404
    told.refresh_from_db()
    assert told.read_at is None


def test_looking_changes_nothing(cast, told):
    client = cast.client("teacher")
    assert client.get(f"/notifications/{told.pk}/read/").status_code == 405
    assert client.get("/notifications/read/").status_code == 405
    client.get("/notifications/")
    told.refresh_from_db()
    assert told.read_at is None


def test_what_was_told_in_the_other_school_stays_there(cast, told):
    Notification.objects.filter(pk=told.pk).update(school=cast.school("elmwood"))
    assert "Thing 1 waits" not in cast.client("teacher").get("/notifications/").content.decode()


def test_a_long_list_is_paged_and_takes_no_more_queries(cast, told):
    client = cast.client("teacher")
    client.get("/notifications/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notifications/")
    for number in range(2, 52):
        tell(cast, Role.TEACHER, number=number)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/notifications/").context["page"]
    assert len(page) == 25
    assert page.next_url
    assert len(many) == len(few)


def test_with_nothing_told_the_page_says_so(cast):
    assert "Nothing yet" in cast.client("governor").get("/notifications/").content.decode()


def test_a_person_chooses_how_they_are_told(cast):
    client = cast.client("teacher")
    assert "Mail tells you at once" in client.get("/notifications/").content.decode()
    assert 'value="at_once" checked' in client.get("/notifications/how/").content.decode().replace("  ", " ")
    assert client.post("/notifications/how/", {"mail_when": "daily"}).url == "/notifications/"
    assert "Mail tells you once a day" in client.get("/notifications/").content.decode()
    assert cast.user("teacher").mail_when == "daily"
    assert cast.user("office").mail_when == "at_once"


def test_a_choice_that_is_none_of_those_shown_is_refused(cast):
    page = cast.client("teacher").post("/notifications/how/", {"mail_when": "never"})
    assert "Choose one of the answers shown" in page.content.decode()
    assert cast.user("teacher").mail_when == "at_once"
