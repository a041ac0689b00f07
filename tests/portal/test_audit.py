"""The history: everything that was changed, to whoever may see the thing itself and to nobody else."""

import csv
import io
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels_mgmt.models import Channel, Platform
from incidents.models import About, Access, Incident, Report
from incidents.services import add_note, file_report
from policyportal.audit import Filter, Mark, entries, entry
from policyportal.audited import KINDS
from policyportal.lib.append_only import rewriting
from policyportal.lib.models import Tracked
from policyportal.lib.spreadsheet import neutral
from policyportal.lib.workflow import save_as

AUDIT = "/history/"


@pytest.fixture
def channel(cast):
    return opened(cast, "Oakfield news")


def opened(cast, name, school="oakfield"):
    platform, _ = Platform.objects.get_or_create(school=cast.school(school), name="Facebook")
    channel = Channel(school=platform.school, platform=platform, name=name, audience=Channel.Audience.PUBLIC)
    save_as(channel, cast.post("headteacher", school), "Opened")
    return channel


def told(membership, **wanted):
    return entries(membership, Filter(**wanted), size=500)[0]


def test_every_tracked_model_is_listed():
    tracked = {model for model in apps.get_models() if issubclass(model, Tracked) or hasattr(model, "history")}
    tracked = {model for model in tracked if not model.__name__.startswith("Historical")}
    assert tracked - {kind.model for kind in KINDS} == set()
    assert len({kind.slug for kind in KINDS}) == len(KINDS)


def test_an_entry_says_who_changed_what_from_what_to_what_and_why(cast, channel):
    channel.purpose = "School news"
    save_as(channel, cast.office, "Parents asked")
    [first, *_] = told(cast.headteacher, kind="channel")
    assert (first.by, first.what, first.title, first.reason) == (
        "Olive Oakfield",
        "Oakfield news",
        "Changed",
        "Parents asked",
    )
    assert first.changes == [{"field": "Purpose", "old": "nothing", "new": "School news"}]
    assert first.url == channel.get_absolute_url()


def test_what_somebody_did_who_has_left_is_told_under_their_name_and_can_be_looked_for(cast, channel):
    save_as(channel, cast.office, "Looked after")
    leaver, post = cast.user("office"), cast.office
    post.ends_on = timezone.localdate() - timedelta(days=1)
    save_as(post, cast.headteacher, "Left")
    leaver.is_active = False
    save_as(leaver, cast.headteacher, "Left")
    assert told(cast.headteacher, kind="channel")[0].by == "Olive Oakfield"
    page = cast.client("headteacher").get(AUDIT, {"person": str(leaver.pk), "kind": "channel"})
    assert "Remove filter</span> Olive Oakfield" in page.content.decode()
    assert b"Looked after" in page.content


def test_what_the_portal_did_by_itself_is_told_with_its_reason_and_opens_at_its_own_address(cast, channel):
    channel.purpose = "Followed up"
    save_as(channel, None, "Fell due")
    [first, *_] = told(cast.headteacher, kind="channel", person="portal")
    assert (first.by, first.reason) == ("The portal", "Fell due")
    page = cast.client("headteacher").get(first.get_absolute_url()).content.decode()
    for words in ("The portal", "Fell due", "Purpose", "Followed up", "Oakfield news"):
        assert words in page


def test_another_schools_past_is_not_told(cast):
    opened(cast, "Riverside news", school="riverside")
    assert "Riverside news" not in {one.what for one in told(cast.headteacher)}
    page = cast.client("headteacher").get(AUDIT)
    assert b"Riverside" not in page.content


def test_an_entry_of_another_school_answers_like_one_that_is_not_there(cast):
    channel = opened(cast, "Riverside news", school="riverside")
    mark = Mark("channel", channel.pk, 1)
    assert entry(cast.headteacher, mark) is None
    own = reverse("portal:audit_entry", args=["channel", channel.pk, 1])
    none = reverse("portal:audit_entry", args=["channel", cast.headteacher.pk, 1])
    client = cast.client("headteacher")
    assert client.get(own).status_code == client.get(none).status_code == 404


def test_every_entry_has_an_address_that_shows_it(cast, channel):
    channel.purpose = "School news"
    save_as(channel, cast.office, "Parents asked")
    [first, second, *_] = told(cast.headteacher, kind="channel")
    page = cast.client("headteacher").get(first.get_absolute_url())
    assert b"Parents asked" in page.content
    assert (first.mark.number, second.mark.number) == (2, 1)


def test_a_teacher_may_not_read_the_history(cast):
    client = cast.client("teacher")
    for name in ("audit", "audit_export"):
        assert client.get(reverse(f"portal:{name}")).status_code == 403


def test_it_is_filtered_by_person_by_kind_and_by_day(cast, channel):
    save_as(channel, cast.office, "Looked after")
    assert {one.by for one in told(cast.headteacher, person=str(cast.office.user_id))} == {"Olive Oakfield"}
    assert {one.by for one in told(cast.headteacher, person="portal")} == {"The portal"}
    assert {one.kind for one in told(cast.headteacher, kind="channel")} == {"Channel"}
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    assert told(cast.headteacher, since=tomorrow) == []
    assert told(cast.headteacher, until=tomorrow - timedelta(days=2)) == []
    assert len(told(cast.headteacher, kind="channel", since=tomorrow - timedelta(days=1), until=tomorrow)) == 2


def test_the_page_keeps_its_filter_and_shows_it_as_chips(cast, channel):
    client = cast.client("headteacher")
    page = client.get(AUDIT, {"kind": "channel", "since_day": "1", "since_month": "9", "since_year": "2024"})
    assert "Remove filter</span> Channel" in page.content.decode()
    assert "From 1 September 2024" in page.content.decode()
    assert page.context["chips"][0]["url"].startswith("/history/?since_day=1")


def test_a_filter_with_a_mistake_says_so_and_narrows_nothing(cast, channel):
    page = cast.client("headteacher").get(AUDIT, {"since_day": "31", "since_month": "2", "since_year": "2026"})
    assert "Day must be between 1 and 28 in February 2026" in page.content.decode()
    assert len(page.context["page"]) == 25


def test_pages_follow_each_other_without_gap_or_repetition_both_ways(cast, channel):
    for turn in range(30):
        channel.purpose = f"turn {turn}"
        save_as(channel, cast.headteacher, "")
    whole = [one.mark for one in told(cast.headteacher)]
    client, forward, url = cast.client("headteacher"), [], AUDIT
    pages = []
    while url:
        page = client.get(url).context["page"]
        pages.append([one.mark for one in page])
        forward += pages[-1]
        url = page.next_url and AUDIT + page.next_url
    assert forward == whole
    back = client.get(AUDIT + client.get(AUDIT + page.previous_url).context["page"].previous_url)
    if len(pages) >= 3:
        assert [one.mark for one in back.context["page"]] == pages[-3]


def test_rows_of_one_instant_are_neither_lost_nor_shown_twice(cast, channel):
    now = timezone.now()
    for turn in range(12):
        channel.purpose = f"turn {turn}"
        save_as(channel, cast.headteacher, "")
    with rewriting():
        Channel.history.all().update(history_date=now)
        Platform.history.all().update(history_date=now)
    seen, mark = [], None
    while True:
        shown, more = entries(cast.headteacher, Filter(since=now.date()), mark=mark, size=4)
        seen += [one.mark for one in shown]
        if not more:
            break
        mark = shown[-1].mark
    assert len(seen) == len(set(seen)) == len(told(cast.headteacher, since=now.date()))


def test_a_place_that_somebody_made_up_is_the_beginning(cast, channel):
    page = cast.client("headteacher").get(AUDIT, {"after": "channel/nonsense/0"})
    assert page.context["page"].previous_url == ""
    assert page.context["page"].rows


def test_fifty_rows_cost_as_many_queries_as_one(cast):
    opened(cast, "Oakfield news")
    client = cast.client("headteacher")
    client.get(AUDIT)
    with CaptureQueriesContext(connection) as few:
        client.get(AUDIT, {"kind": "channel"})
    for turn in range(50):
        opened(cast, f"Channel {turn}")
    with CaptureQueriesContext(connection) as many:
        client.get(AUDIT, {"kind": "channel"})
    assert len(many) == len(few)


def report_about(cast, person, by="teacher"):
    incident, _ = file_report(
        school=cast.school(),
        reporter_kind=Report.Reporter.STAFF,
        words="words of the report",
        by=cast.post(by),
        about=About.STAFF,
        person=cast.user(person),
    )
    return incident


def test_the_past_of_an_incident_is_only_for_those_who_may_see_it(cast):
    incident = report_about(cast, "headteacher")
    assert incident.confidentiality == Incident.Confidentiality.SEALED
    assert incident.reference in {one.what for one in told(cast.chair, kind="incident")}
    for role in ("headteacher", "dsl", "deputy_head", "trust_officer"):
        assert not any(incident.reference in one.what for one in told(cast.post(role))), role


def test_a_sealed_report_changes_nothing_on_the_page_of_those_kept_from_it(cast):
    client = cast.client("headteacher")
    client.get(AUDIT)
    with CaptureQueriesContext(connection) as before:
        first = client.get(AUDIT)
    report_about(cast, "headteacher")
    with CaptureQueriesContext(connection) as after:
        second = client.get(AUDIT)
    assert [one.mark for one in first.context["page"]] == [one.mark for one in second.context["page"]]
    assert len(before) == len(after)


def test_who_told_the_school_is_not_read_off_the_history(cast):
    incident = report_about(cast, "support_staff")
    told_by = {one.by for one in told(cast.headteacher) if one.kind in ("Report", "Incident")}
    assert told_by == {"Not shown"}
    found = told(cast.headteacher, person=str(cast.teacher.user_id))
    assert not any(incident.reference in one.what for one in found)


def test_whoever_reported_it_reads_nothing_of_its_handling(cast):
    incident = report_about(cast, "support_staff", by="deputy_head")
    Access.objects.update_or_create(
        incident=incident,
        user=cast.user("deputy_head"),
        defaults={"standing": Access.Standing.READER, "school": cast.school(), "as_role": "deputy_head"},
    )
    add_note(incident, cast.headteacher, "a note of the handler")
    assert any(one.kind == "Note" for one in told(cast.headteacher))
    assert not any(one.kind in ("Note", "Access to an incident") for one in told(cast.deputy_head))


def test_the_dates_of_a_post_are_for_whoever_manages_people(cast):
    post = cast.teacher
    post.away_from = timezone.localdate()
    save_as(post, cast.headteacher, "In hospital")
    [seen, *_] = told(cast.headteacher, kind="membership")
    [kept, *_] = told(cast.deputy_head, kind="membership")
    assert (seen.changes[0]["old"], seen.reason) == ("nothing", "In hospital")
    assert kept.reason == ""
    assert kept.changes == [{"field": "Away from", "old": "", "new": "changed"}]


def test_the_chair_reads_nothing_of_single_items_or_acknowledgements(cast):
    kinds = {one.kind for one in told(cast.chair)}
    assert kinds.isdisjoint({"Item to moderate", "Acknowledgement"})
    page = cast.client("chair").get(AUDIT)
    assert "Item to moderate" not in page.content.decode()


def test_the_download_holds_what_the_filter_shows_and_no_formula(cast, channel):
    channel.purpose = "=HYPERLINK(1)"
    save_as(channel, cast.headteacher, "+44 said so")
    response = cast.client("headteacher").get("/history/download/", {"kind": "channel"})
    assert response["Content-Disposition"] == 'attachment; filename="history.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["When", "Who", "Kind"]
    assert rows[1][4:] == ["Changed", "'+44 said so", "Purpose: nothing → =HYPERLINK(1)"]
    assert {row[2] for row in rows[1:]} == {"Channel"}


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_plain(words):
    assert neutral(words) == f"'{words}"


def test_other_cells_stay_as_they_are():
    assert neutral("a=1") == "a=1"
    assert neutral(True) == "Yes"
