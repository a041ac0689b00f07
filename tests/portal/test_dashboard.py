"""The review dashboard: true numbers for whoever may open the lists, rounded and late ones for governors."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, School
from accounts.services import give_post
from channels_mgmt.models import Channel, Platform
from channels_mgmt.services import open_channel
from incidents.models import About, Incident, Report
from incidents.services import file_report
from moderation.services import record_item
from policies.models import PolicyVersion
from policies.services import acknowledge, add_clause, draft_version, record_policy
from policyportal.figures import Told, acknowledged, sum_of
from policyportal.lib.workflow import save_as, take
from policyportal.releases import is_small, release_for
from policyportal.suppression import FEWER, NOT_SHOWN, Cell

DASHBOARD = "/dashboard/"
IN_TERM = datetime(2026, 10, 5, 9, tzinfo=UTC)
AFTER_RELEASE = datetime(2026, 11, 21, 9, tzinfo=UTC)


def report(cast, times=1, school="oakfield", category="Unkind words", **facts):
    facts = {"about": About.PUPIL, "reporter_kind": Report.Reporter.PARENT} | facts
    for _ in range(times):
        incident, _ = file_report(school=cast.school(school), words="words", **facts)
        incident.category_name = category
        save_as(incident, None, "Sorted")
    return incident


def in_force(cast, *schools, title="Social media policy", due=None, categories=()):
    policy = record_policy(title=title, schools=[cast.school(slug) for slug in schools], by=None, cycle_months=12)
    version = draft_version(policy, by=None, review_due_on=due, review_due_on_precision="day" if due else "none")
    for position, category in enumerate(categories, start=1):
        add_clause(version, by=None, code=f"C-{position}", position=position, kind="rule", text="x", category=category)
    head = cast.post("headteacher", schools[0])
    return take("adopt", version, head, reason="In force before", published_at=datetime.now(UTC) - timedelta(days=9))


def page(client, **query):
    answer = client.get(DASHBOARD, query)
    assert answer.status_code == 200
    return answer


def figures(answer):
    """The chart of incidents as words by category."""
    return {label: words for label, _, words in answer.context["incident_bars"]}


@pytest.mark.parametrize("role", [Role.TEACHER, Role.DSL, Role.OFFICE, Role.TECHNICAL_ADMINISTRATOR])
def test_it_is_not_for_those_who_do_not_oversee(cast, role):
    assert cast.client(role).get(DASHBOARD).status_code == 403


def test_a_school_that_one_does_not_oversee_is_not_there(cast):
    client = cast.client("governor")
    assert client.get(DASHBOARD, {"school": "riverside"}).status_code == 404
    assert client.get(DASHBOARD, {"school": "nowhere"}).status_code == 404


def test_each_policy_shows_when_it_is_due_how_late_it_is_and_who_has_acknowledged_it(cast):
    with time_machine.travel(AFTER_RELEASE, tick=False):
        version = in_force(cast, "oakfield", due=date(2026, 1, 31))
        acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
        [row] = page(cast.client("governor")).context["policies"]
    assert row[1] == "31 January 2026"
    assert row[2]["text"] == "Overdue since 1 February 2026"
    assert row[2]["hint"].startswith("Overdue by 9 months.")
    asked = Membership.objects.filter(school=cast.school()).count() - 3
    assert row[3] == {"text": f"1 of {asked}", "hint": f"6%, {asked - 1} still to acknowledge"}


def test_governors_see_small_numbers_hidden_and_others_rounded(cast):
    with time_machine.travel(IN_TERM, tick=False):
        report(cast, 3, category="Unkind words")
        report(cast, 12, category="Image without consent")
        report(cast, 23, category="Disrepute")
    with time_machine.travel(AFTER_RELEASE, tick=False):
        answer = page(cast.client("governor"))
    assert figures(answer) == {"Unkind words": FEWER, "Image without consent": NOT_SHOWN, "Disrepute": "25"}
    assert answer.context["incident_total"] == "40"


def test_the_bars_are_drawn_from_what_is_told_and_nothing_finer(cast):
    with time_machine.travel(IN_TERM, tick=False):
        report(cast, 3, category="Unkind words")
        report(cast, 12, category="Image without consent")
    with time_machine.travel(AFTER_RELEASE, tick=False):
        bars = page(cast.client("governor")).context["incident_bars"]
    assert {amount for _, amount, _ in bars} == {0}


def test_figures_of_governors_move_at_half_terms_only(cast):
    with time_machine.travel(AFTER_RELEASE, tick=False) as clock:
        client = cast.client("governor")
        before = page(client).content
        report(cast, 12)
        assert figures(page(client)) == {}
        assert without_tokens(page(client).content) == without_tokens(before)
        clock.move_to(datetime(2027, 1, 2, 9, tzinfo=UTC))
        assert figures(page(cast.client("governor"))) == {"Unkind words": "10"}


def without_tokens(body):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", body)


def test_sealed_cases_are_counted_nowhere(cast):
    with time_machine.travel(IN_TERM, tick=False):
        person = cast.user("headteacher")
        sealed = report(cast, 12, about=About.STAFF, person=person, reporter_kind=Report.Reporter.STAFF)
        assert sealed.confidentiality == Incident.Confidentiality.SEALED
    with time_machine.travel(AFTER_RELEASE, tick=False):
        for role in ("governor", "chair", "headteacher", "trust_officer"):
            answer = page(cast.client(role))
            assert figures(answer) == {}
            assert "category_rows" not in answer.context or answer.context["category_rows"] == []


def test_another_schools_incidents_are_not_counted(cast):
    with time_machine.travel(IN_TERM, tick=False):
        report(cast, 12, school="elmwood")
    with time_machine.travel(AFTER_RELEASE, tick=False):
        assert figures(page(cast.client("governor"))) == {}


def test_a_small_school_is_told_whole_years_only(cast):
    school = cast.school()
    school.roll = 60
    save_as(school, None, "Smaller")
    with time_machine.travel(datetime(2026, 3, 5, 9, tzinfo=UTC), tick=False):
        report(cast, 12)
    with time_machine.travel(IN_TERM, tick=False):
        report(cast, 12)
    with time_machine.travel(AFTER_RELEASE, tick=False):
        answer = page(cast.client("governor"))
    assert answer.context["release"].year.label == "2025 to 2026"
    assert figures(answer) == {"Unkind words": "10"}
    assert "incident_rows" not in answer.context


def test_a_year_is_shown_by_terms_once_there_are_several(cast):
    for month, times in ((10, 6), (2, 7), (6, 30)):
        with time_machine.travel(datetime(2025 if month == 10 else 2026, month, 5, 9, tzinfo=UTC), tick=False):
            report(cast, times)
    with time_machine.travel(AFTER_RELEASE, tick=False):
        answer = page(cast.client("governor"), year="2025")
    assert answer.context["incident_headers"] == [
        "Category",
        "Sep to Dec",
        "Jan to Apr",
        "May to Aug",
        "All terms",
    ]
    [row] = answer.context["incident_rows"]
    assert [cell.words for cell in row["cells"]] == ["5", "5", "30", "45"]


def test_a_year_that_is_not_told_is_the_latest(cast):
    for year in ("1999", "2030", "nonsense"):
        assert (
            page(cast.client("governor"), year=year).context["release"].year
            == release_for(cast.school(), datetime.now(UTC).date()).year
        )


@pytest.mark.parametrize(
    ("day", "until", "next_on", "year"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), date(2026, 11, 1), "2025 to 2026"),
        (date(2026, 10, 31), date(2026, 9, 1), date(2026, 11, 1), "2025 to 2026"),
        (date(2026, 11, 1), date(2026, 11, 1), date(2027, 1, 1), "2026 to 2027"),
        (date(2027, 8, 31), date(2027, 7, 1), date(2027, 9, 1), "2026 to 2027"),
    ],
)
def test_a_release_lies_at_the_last_half_term(day, until, next_on, year):
    release = release_for(School(roll=240), day)
    assert (release.until, release.next_on, release.year.label) == (until, next_on, year)


def test_a_school_year_may_begin_on_another_day():
    release = release_for(School(roll=240, year_starts_month=8, year_starts_day=20), date(2026, 12, 24))
    assert (release.year.starts, release.until) == (date(2026, 8, 20), date(2026, 12, 20))


def test_a_school_that_has_not_said_how_many_it_teaches_counts_as_small():
    assert is_small(School())
    assert not is_small(School(roll=100))


@pytest.fixture
def channel(cast):
    platform = Platform.objects.create(school=cast.school(), name="Facebook")
    return open_channel(
        school=cast.school(),
        by=None,
        platform=platform,
        name="Oakfield on Facebook",
        audience=Channel.Audience.PUBLIC,
        managing_roles=["headteacher"],
        authorising_roles=["headteacher"],
    )


def test_governors_are_told_of_moderation_with_small_numbers_hidden(cast, channel):
    now = datetime.now(UTC)
    for hours in (1, 2, 3, 40, 50, 60, 70, 80, 90):
        record_item(channel=channel, by=cast.headteacher, words="words", recorded_at=now - timedelta(hours=hours))
    told = page(cast.client("governor")).context["moderation"]
    assert (told.waiting.words, told.late.words) == ("10", NOT_SHOWN)
    assert told.median == "Too few to tell"


def test_a_median_is_told_over_five_decisions(cast, channel):
    now = datetime.now(UTC)
    for hours in range(1, 6):
        item = record_item(channel=channel, by=cast.headteacher, words="w", recorded_at=now - timedelta(hours=hours))
        take("leave", item, cast.headteacher, explanation="Fair comment", decided_at=now)
    assert page(cast.client("governor")).context["moderation"].median == "3 hours"


def counts_behind(client, stats):
    """How many rows stand on the pages that each number leads to."""
    found = {}
    for stat in stats:
        rows, url = 0, stat["url"]
        while url:
            answer = client.get(url)
            listed = answer.context["page"]
            rows += len(listed)
            url = listed.next_url and url.split("?")[0] + listed.next_url
        found[stat["label"]] = rows
    return found


def test_every_number_of_the_head_equals_the_list_that_it_leads_to(cast, channel):
    now = datetime.now(UTC)
    version = in_force(cast, "oakfield")
    for person in (cast.teacher, cast.office):
        acknowledge(version, person, has_read=True, has_understood=True, will_follow=True)
    for hours in (1, 30, 40):
        record_item(channel=channel, by=cast.headteacher, words="words", recorded_at=now - timedelta(hours=hours))
    report(cast, 3)
    report(cast, 2, about=About.STAFF, person=cast.user("headteacher"), reporter_kind=Report.Reporter.STAFF)
    client = cast.client("headteacher")
    stats = page(client).context["stats"]
    numbers = {stat["label"]: int(stat["number"]) for stat in stats}
    assert numbers == counts_behind(client, stats)
    assert numbers["Late items"] == 2
    assert numbers["Incidents: new"] == 3


def test_every_number_by_category_leads_to_its_list(cast):
    in_force(cast, "oakfield", categories=("Unkind words", "Disrepute"))
    report(cast, 3)
    report(cast, 2, category="Disrepute")
    client = cast.client("headteacher")
    counted = 0
    for row in page(client).context["category_rows"]:
        for cell in row["cells"]:
            if cell["url"]:
                assert len(client.get(cell["url"]).context["page"]) == int(cell["words"])
                counted += int(cell["words"])
    assert counted == 5


def test_governors_see_no_true_number_of_incidents(cast):
    report(cast, 3)
    answer = page(cast.client("governor"))
    assert "stats" not in answer.context
    assert "As it stands now" not in answer.content.decode()


def second_school(cast, person, role):
    return give_post(user=person.user, school=cast.school("elmwood"), role=role)


def test_an_officer_sees_the_schools_side_by_side_with_their_sum(cast):
    officer = cast.trust_officer
    second_school(cast, officer, Role.TRUST_OFFICER)
    version = in_force(cast, "oakfield", "elmwood")
    acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    rows = page(cast.client("trust_officer")).context["schools"]["rows"]
    assert [row[0]["text"] for row in rows[:2]] == ["Elmwood Primary School", "Oakfield Primary School"]
    asked = Membership.objects.filter(school__slug__in=["oakfield"]).count() - 3
    assert [row[2] for row in rows] == [f"0 of {asked}", f"1 of {asked}", f"1 of {2 * asked}"]


def test_each_school_overseen_can_be_shown_alone(cast):
    with time_machine.travel(IN_TERM, tick=False):
        second_school(cast, cast.trust_officer, Role.TRUST_OFFICER)
        report(cast, 12, school="elmwood")
    with time_machine.travel(AFTER_RELEASE, tick=False):
        client = cast.client("trust_officer")
        assert figures(page(client, school="elmwood")) == {"Unkind words": "10"}
        assert figures(page(client, school="oakfield")) == {}


def test_overseeing_one_school_opens_no_other_in_which_one_works(cast):
    second_school(cast, cast.governor, Role.TEACHER)
    client = cast.client("governor")
    assert client.get(DASHBOARD, {"school": "elmwood"}).status_code == 404
    assert "schools" not in page(client).context


def test_a_sum_over_schools_is_not_told_where_one_of_them_is_hidden():
    assert sum_of([Cell("20", 20), Cell("5", 5)]) == "25"
    assert sum_of([Cell("20", 20), Cell(FEWER, hidden=True)]) == "Too few to tell"


def test_the_rate_says_everybody_only_when_everybody_has():
    assert Told(200, 199).rate == "99%"
    assert Told(200, 200).rate == "100%"
    assert Told(0, 0).rate == "Nobody is asked"


def test_people_who_left_are_neither_asked_nor_counted(cast):
    version = in_force(cast, "oakfield")
    acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    before = acknowledged([cast.school().pk], [version])[cast.school().pk, version.pk]
    post = cast.teacher
    post.ends_on = post.starts_on
    save_as(post, None, "Left")
    after = acknowledged([cast.school().pk], [version])[cast.school().pk, version.pk]
    assert (after.asked, after.done) == (before.asked - 1, before.done - 1)


def test_fifty_rows_and_a_second_policy_cost_as_many_queries_as_one(cast, channel):
    in_force(cast, "oakfield")
    report(cast)
    record_item(channel=channel, by=cast.headteacher, words="words")
    client = cast.client("headteacher")
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client)
    in_force(cast, "oakfield", title="Another policy")
    report(cast, 50)
    for _ in range(50):
        record_item(channel=channel, by=cast.headteacher, words="words")
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert PolicyVersion.objects.published().count() == 2
    assert len(many) == len(few)
