"""People and their posts: who sees them, who manages whom, and what no one person may do alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Role, User
from accounts.rules import TWO_PERSON_ROLES, can_manage_person
from accounts.services import change_post, end_post, give_post, register_person
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused

NOT_STAFF = (Role.TRUST_OFFICER, Role.DPO)
MANAGERS = (Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR)
DAY = {"starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026"}
NEWCOMER = {
    "name": "Nia Oakfield",
    "email": "nia@oakfield.example",
    "role": "teacher",
    "employment": "full_time",
} | DAY


def details(post, **changed):
    """Return what the page for changing a post sends."""
    typed = {
        "role": post.role,
        "job_title": post.job_title,
        "employment": post.employment,
        "seniority": post.seniority,
        "starts_on_day": post.starts_on.day,
        "starts_on_month": post.starts_on.month,
        "starts_on_year": post.starts_on.year,
    }
    return typed | changed


def parts(name, day):
    """Return a day as its three boxes."""
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def names(client, **query):
    return [post.user.name for post in client.get("/people/", query).context["page"]]


def test_the_list_shows_the_people_of_the_school_worked_in_and_nobody_else(cast):
    shown = names(cast.client("teacher"))
    assert "Harriet Oakfield" in shown
    assert not [name for name in shown if not name.endswith("Oakfield")]


def test_the_list_is_narrowed_by_role_by_employment_and_to_ended_posts(cast):
    agency = cast.contractor
    agency.employment = Membership.Employment.AGENCY
    agency.save()
    left = cast.volunteer
    left.ends_on = today() - timedelta(days=1)
    left.save()
    client = cast.client("headteacher")
    assert names(client, role="teacher") == ["Tara Oakfield"]
    assert names(client, employment="agency") == ["Carl Oakfield"]
    assert names(client, role="teacher", employment="agency") == []
    assert names(client, ended="on") == ["Vera Oakfield"]


def test_a_filter_nobody_fits_says_what_to_do_next(cast):
    page = cast.client("headteacher").get("/people/", {"role": "teacher", "employment": "agency"}).content.decode()
    assert "Nobody fits this filter" in page
    assert "Show everybody" in page


def test_listing_fifty_people_takes_as_many_queries_as_listing_one(cast):
    client = cast.client("headteacher")
    client.get("/people/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(client.get("/people/", {"role": "teacher"}).context["rows"]) == 1
    for number in range(50):
        user = register_person(email=f"teacher{number}@oakfield.example", name=f"Teacher {number:02}")
        give_post(user=user, school=cast.school(), role=Role.TEACHER)
    with CaptureQueriesContext(connection) as many:
        response = client.get("/people/", {"role": "teacher"})
    assert len(response.context["rows"]) == 25
    assert response.context["page"].next_url
    assert len(many) == len(few)


@pytest.mark.parametrize("role", NOT_STAFF)
def test_posts_outside_the_school_s_staff_do_not_open_the_list(cast, role):
    assert cast.client(role).get("/people/").status_code == 403
    assert cast.client(role).get(cast.teacher.get_absolute_url()).status_code == 403


def test_a_person_is_shown_in_the_school_s_own_words(cast):
    school = cast.school()
    school.role_labels = {"deputy_head": "Second Head"}
    school.save()
    deputy = cast.deputy_head
    deputy.job_title = "Head of School"
    deputy.save()
    facts = {
        row["label"]: row["value"] for row in cast.client("teacher").get(deputy.get_absolute_url()).context["facts"]
    }
    assert facts["Title"] == "Head of School"
    assert facts["Role in the portal"] == "Second Head"


def test_absence_and_history_are_for_managers_the_line_manager_and_the_person(cast):
    teacher = cast.teacher
    change_post(teacher, by=cast.headteacher, away_from=today(), reason="Jury service")
    path = teacher.get_absolute_url()
    for role in (Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR, Role.TEACHER):
        assert "Jury service" in cast.client(role).get(path).content.decode()
    for role in (Role.OFFICE, Role.GOVERNOR, Role.DSL):
        page = cast.client(role).get(path).content.decode()
        assert "Jury service" not in page
        assert "Away" not in page


def test_the_head_adds_a_person_whose_history_says_who_did_it(cast):
    response = cast.client("headteacher").post("/people/new/", NEWCOMER)
    post = Membership.objects.get(user__email="nia@oakfield.example")
    assert response.url == post.get_absolute_url()
    assert (post.school, post.role, post.employment) == (cast.school(), Role.TEACHER, "full_time")
    assert post.history.get().history_user_id == cast.headteacher.user_id
    assert not post.user.has_usable_password()


def test_a_known_person_gets_a_second_post_and_keeps_their_name(cast):
    known = cast.user(Role.TEACHER, "riverside")
    cast.client("headteacher").post("/people/new/", NEWCOMER | {"email": known.email.upper()})
    assert set(known.memberships.values_list("school__slug", flat=True)) == {"riverside", "oakfield"}
    assert User.objects.get(pk=known.pk).name == known.name


def test_the_same_post_twice_is_refused_in_words(cast):
    response = cast.client("headteacher").post("/people/new/", NEWCOMER | {"email": "tara@oakfield.example"})
    assert response.context["form"].non_field_errors() == ["Tara Oakfield holds this post already."]
    assert cast.user(Role.TEACHER).memberships.count() == 1


def test_a_line_manager_of_another_school_cannot_be_chosen(cast):
    stranger = cast.post(Role.HEADTEACHER, "elmwood")
    response = cast.client("headteacher").post("/people/new/", NEWCOMER | {"line_manager": stranger.pk})
    assert "line_manager" in response.context["form"].errors
    with pytest.raises(Refused, match="same school"):
        change_post(cast.teacher, by=cast.headteacher, line_manager=stranger)
    assert not User.objects.filter(email="nia@oakfield.example").exists()


@pytest.mark.parametrize("role", sorted(TWO_PERSON_ROLES))
def test_no_one_person_gives_a_post_that_takes_two(cast, role):
    response = cast.client("headteacher").post("/people/new/", NEWCOMER | {"role": role})
    assert "role" in response.context["form"].errors
    assert "need two people" in response.content.decode()
    user = register_person(email="nia@oakfield.example", name="Nia")
    for manager in MANAGERS:
        with pytest.raises(Refused, match="two people"):
            give_post(user=user, school=cast.school(), role=role, by=cast.post(manager))
        with pytest.raises(Refused, match="two people"):
            change_post(cast.teacher, by=cast.post(manager), role=role)
    assert not user.memberships.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in MANAGERS])
def test_nobody_else_manages_people(cast, role):
    client, path = cast.client(role), cast.office.get_absolute_url()
    for page in ("/people/new/", f"{path}change/", f"{path}end/"):
        assert client.get(page).status_code == 403
        assert client.post(page, NEWCOMER).status_code == 403
    assert "Add a person" not in client.get("/people/").content.decode()
    with pytest.raises(NotAllowed):
        change_post(cast.office, by=cast.post(role), job_title="Boss")
    with pytest.raises(NotAllowed):
        end_post(cast.office, by=cast.post(role), last_day=today(), reason="No")
    assert cast.office.history.count() == 1


def test_a_manager_changes_neither_themselves_nor_those_who_oversee_them(cast):
    for manager, other in (
        (Role.HEADTEACHER, Role.HEADTEACHER),
        (Role.HEADTEACHER, Role.CHAIR),
        (Role.HEADTEACHER, Role.TRUST_OFFICER),
        (Role.TECHNICAL_ADMINISTRATOR, Role.TECHNICAL_ADMINISTRATOR),
        (Role.TECHNICAL_ADMINISTRATOR, Role.HEADTEACHER),
        (Role.TECHNICAL_ADMINISTRATOR, Role.CHAIR),
    ):
        client, post = cast.client(manager), cast.post(other)
        assert client.get(f"{post.get_absolute_url()}change/").status_code == 404
        assert client.post(f"{post.get_absolute_url()}end/", {"reason": "No"}).status_code == 404
        with pytest.raises(NotAllowed):
            change_post(post, by=cast.post(manager), seniority=99)
        assert post.history.count() == 1


def test_a_chair_who_also_volunteers_is_not_managed_through_the_other_post(cast):
    second = give_post(user=cast.user(Role.CHAIR), school=cast.school(), role=Role.VOLUNTEER)
    assert not can_manage_person(cast.headteacher, second)


def test_the_head_records_an_absence_of_the_dsl_but_neither_changes_the_role_nor_ends_the_post(cast):
    client, dsl = cast.client("headteacher"), cast.dsl
    path = dsl.get_absolute_url()
    client.post(f"{path}change/", details(dsl, role="teacher", **parts("away_from", today())))
    assert (cast.dsl.role, cast.dsl.away_from) == (Role.DSL, today())
    assert client.get(f"{path}end/").status_code == 404
    with pytest.raises(Refused, match="two people"):
        end_post(dsl, by=cast.headteacher, last_day=today(), reason="No")
    assert "given and ended by two people" in client.get(path).content.decode()


def test_changed_details_are_kept_with_the_reason(cast):
    teacher = cast.teacher
    typed = details(teacher, role="senior_leader", job_title="Assistant head", reason="Promoted")
    response = cast.client("headteacher").post(f"{teacher.get_absolute_url()}change/", typed)
    assert response.url == teacher.get_absolute_url()
    changed = Membership.objects.get(pk=teacher.pk)
    assert (changed.role, changed.title) == (Role.SENIOR_LEADER, "Assistant head")
    events = cast.client("headteacher").get(response.url).context["events"]
    assert events[0]["text"] == "Promoted"
    assert events[0]["by"] == "Harriet Oakfield"
    assert {"field": "Role", "old": "Teacher", "new": "Senior leader"} in events[0]["changes"]


def test_dates_in_the_wrong_order_are_refused_in_words(cast):
    teacher = cast.teacher
    path = f"{teacher.get_absolute_url()}change/"
    client = cast.client("headteacher")
    early = teacher.starts_on - timedelta(days=1)
    for wrong, words in (
        (parts("ends_on", early), "The last day of a post cannot be before its first day."),
        (parts("away_until", today()), "Give the first day of the absence too."),
        (parts("away_from", today()) | parts("away_until", early), "cannot be before its first day"),
    ):
        assert words in client.post(path, details(teacher, **wrong)).content.decode()
    assert Membership.objects.get(pk=teacher.pk).history.count() == 1


def test_ending_a_post_needs_a_reason_and_closes_the_portal_after_its_last_day(cast):
    office = cast.office
    path, client = office.get_absolute_url(), cast.client("headteacher")
    yesterday = today() - timedelta(days=1)
    assert "reason" in client.post(f"{path}end/", parts("last_day", yesterday)).context["form"].errors
    response = client.post(f"{path}end/", parts("last_day", yesterday) | {"reason": "New job elsewhere"})
    assert response.url == path
    assert Membership.objects.get(pk=office.pk).ends_on == yesterday
    assert cast.client("office").get("/people/").url == "/school/choose/"
    assert client.get(f"{path}end/").status_code == 404


def test_a_last_day_before_the_first_is_refused(cast):
    with pytest.raises(Refused, match="before its first day"):
        end_post(cast.office, by=cast.headteacher, last_day=cast.office.starts_on - timedelta(days=1), reason="No")
    assert cast.office.ends_on is None


def test_people_of_another_school_are_as_good_as_not_there(cast):
    stranger = cast.post(Role.TEACHER, "elmwood")
    client = cast.client("headteacher")
    for page in ("", "change/", "end/"):
        path = f"{stranger.get_absolute_url()}{page}"
        assert client.get(path).status_code == 404
        assert client.post(path, details(stranger, job_title="Ours")).status_code in (404, 405)
    with pytest.raises(NotAllowed):
        give_post(user=stranger.user, school=stranger.school, role=Role.OFFICE, by=cast.headteacher)
    assert stranger.history.count() == 1


def test_every_post_a_person_holds_here_is_named_on_their_page(cast):
    give_post(user=cast.user(Role.TEACHER), school=cast.school(), role=Role.GOVERNOR, job_title="Staff governor")
    give_post(user=cast.user(Role.TEACHER), school=cast.school("elmwood"), role=Role.OFFICE, job_title="Elsewhere")
    page = cast.client("office").get(cast.teacher.get_absolute_url()).content.decode()
    assert "Staff governor" in page
    assert "Elsewhere" not in page
