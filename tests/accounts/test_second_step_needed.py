"""Who needs a second step, from when, for what at once, and what happens when it is lost."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Notification, Role, School, User
from accounts.rules import SECOND_STEP_ROLES, second_step_needed_from
from accounts.services.second_step import remove_second_steps
from incidents.models import Incident
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused
from tests.authz.table import ROWS, addresses
from tests.cast import took_second_step
from tests.planted import plant
from tests.second_steps import code_of, give_app, give_passkey

PASSWORD = "a long enough passphrase"
SCHOOL = "/school/"
BANNER = "your post needs a second step"
PARAMETERS = addresses()


@pytest.fixture
def oakfield(cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return plant(cast, "oakfield")


def grace(cast, days, **changes):
    school = cast.school()
    school.second_factor_grace_days = days
    for name, value in changes.items():
        setattr(school, name, value)
    school.save()
    return school


def led_to_second_step(response):
    return response.status_code == 302 and response.url.startswith(("/second-step/?", "/sign-in/again/"))


# Who, and from when


def test_the_roles_that_need_a_second_step_are_those_that_read_or_change_what_is_confidential_or_personal():
    assert set(Role) - SECOND_STEP_ROLES == {
        Role.HEAD_OF_HOUSE,
        Role.TEACHER,
        Role.SUPPORT_STAFF,
        Role.VOLUNTEER,
        Role.CONTRACTOR,
        Role.GOVERNOR,
    }


@pytest.mark.parametrize("role", Role.values)
def test_within_the_days_of_grace_a_banner_says_until_when(cast, role):
    grace(cast, 14)
    page = cast.client(role, second_step=False).get(reverse("accounts:school_choose"))
    assert page.status_code == 200
    needed = role in SECOND_STEP_ROLES
    assert (BANNER in page.content.decode()) == needed
    if needed:
        assert f"From {today() + timedelta(days=14):%-d %B %Y}" in page.content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_after_the_days_of_grace_whoever_needs_it_is_led_to_set_it_up(cast, role):
    grace(cast, 14)
    client = cast.client(role, second_step=False)
    with time_machine.travel(timezone.now() + timedelta(days=14), tick=False):
        client.force_login(cast.user(role))
        answer = client.get(reverse("accounts:notification_list"))
        assert led_to_second_step(answer) == (role in SECOND_STEP_ROLES)
        assert answer.status_code == (302 if role in SECOND_STEP_ROLES else 200)


@pytest.mark.parametrize("role", Role.values)
def test_with_a_second_step_in_the_session_nobody_is_asked(cast, role):
    grace(cast, 0)
    page = cast.client(role).get(reverse("accounts:notification_list"))
    assert page.status_code == 200
    assert BANNER not in page.content.decode()


@pytest.mark.parametrize("role", sorted(SECOND_STEP_ROLES))
def test_when_it_is_owed_every_page_of_the_school_leads_to_it_and_none_is_changed(cast, oakfield, role):
    grace(cast, 0)
    client = cast.client(role, second_step=False)
    stored = Incident.history.count(), Membership.history.count(), School.history.count()
    wrong = {}
    for row in ROWS:
        if row.public or row.without_post:
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(row.url(oakfield, PARAMETERS[row.page]))
            if not led_to_second_step(response) or oakfield.canary.encode() in response.content:
                wrong[row.id, method] = response.status_code
    assert wrong == {}
    assert stored == (Incident.history.count(), Membership.history.count(), School.history.count())


def test_when_it_is_owed_one_may_still_read_what_is_public_choose_a_school_and_leave(cast, oakfield):
    grace(cast, 0)
    client = cast.client("headteacher", second_step=False)
    assert client.get(reverse("policies:school_page", args=["oakfield"])).status_code == 200
    assert client.get(reverse("accounts:school_choose")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(SCHOOL).url.startswith(reverse("account_login"))


def test_being_led_to_it_keeps_where_one_was_going(cast):
    grace(cast, 0)
    client = cast.client("headteacher", second_step=False)
    assert client.get("/people/?role=teacher").url == "/second-step/?next=%2Fpeople%2F%3Frole%3Dteacher"
    client.get("/second-step/?next=%2Fpeople%2F")
    give_app(cast.user("headteacher"))
    took_second_step(client, cast.user("headteacher"))
    assert 'href="/people/"' in client.get("/second-step/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_out_of_the_portal(cast, elsewhere):
    client = cast.client("headteacher")
    give_app(cast.user("headteacher"))
    assert elsewhere not in client.get(reverse("mfa_index"), {"next": elsewhere}).content.decode()


def test_who_has_an_app_already_is_led_to_give_its_code(cast):
    grace(cast, 0)
    secret = give_app(cast.user("headteacher"))
    client = cast.client("headteacher", second_step=False)
    led = client.get("/people/").url
    assert led == "/sign-in/again/second-step/?next=%2Fpeople%2F"
    answer = client.post(led, {"code": code_of(secret), "next": "/people/"})
    assert answer.url == "/people/"
    assert client.get("/people/").status_code == 200


def test_who_has_only_a_passkey_is_led_to_use_it(cast):
    grace(cast, 0)
    give_passkey(cast.user("headteacher"))
    client = cast.client("headteacher", second_step=False)
    assert client.get("/people/").url == "/sign-in/again/passkey/?next=%2Fpeople%2F"


def test_with_the_password_alone_nobody_adds_or_removes_a_second_step_beside_the_persons_own(cast):
    """A session may be older than the app: opened on another device before it was set up."""
    secret = give_app(cast.user("teacher"))
    client = cast.client("teacher", second_step=False)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    pages = ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
    for page in pages:
        assert led_to_second_step(client.get(reverse(page))), page
        assert led_to_second_step(client.post(reverse(page))), page
    assert Authenticator.objects.filter(user=cast.user("teacher")).count() == 2
    led = client.get(reverse("mfa_add_webauthn")).url
    client.post(led, {"code": code_of(secret)})
    assert [client.get(reverse(page)).status_code for page in pages] == [200] * len(pages)


def test_giving_the_password_again_is_no_second_step(cast):
    grace(cast, 0)
    client = cast.client("headteacher", second_step=False)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert led_to_second_step(client.get("/people/"))


def test_the_days_count_from_when_the_post_was_taken_up_or_began_whichever_is_later(cast):
    grace(cast, 10)
    post = cast.headteacher
    day = post.accepted_at.date()
    assert second_step_needed_from(cast.headteacher) == today() + timedelta(days=10)
    post.accepted_at -= timedelta(days=4)
    post.save()
    assert second_step_needed_from(cast.headteacher) == day + timedelta(days=6)
    post.starts_on = today() - timedelta(days=1)
    post.save()
    assert second_step_needed_from(cast.headteacher) == today() + timedelta(days=9)


def test_of_several_posts_the_one_taken_up_first_counts(cast):
    grace(cast, 10)
    tara = cast.teacher
    assert second_step_needed_from(tara) is None
    for role, days in (("office", 2), ("senior_leader", 5)):
        Membership.objects.create(
            school=tara.school, user=tara.user, role=role, accepted_at=timezone.now() - timedelta(days=days)
        )
    assert second_step_needed_from(cast.teacher) == min(
        second_step_needed_from(cast.teacher), today() + timedelta(days=10)
    )


def test_working_in_another_school_where_the_post_needs_none_one_is_not_asked(cast):
    grace(cast, 0)
    head = cast.user("headteacher")
    elsewhere = Membership.objects.create(school=cast.school("elmwood"), user=head, role="governor")
    client = cast.client("headteacher", second_step=False)
    client.post(reverse("accounts:school_choose"), {"post": str(elsewhere.pk)})
    assert client.get(reverse("accounts:notification_list")).status_code == 200


def test_the_people_of_a_demo_school_are_never_asked(cast):
    grace(cast, 0, is_demo=True)
    client = cast.client("headteacher", second_step=False)
    assert client.get(reverse("accounts:notification_list")).status_code == 200
    assert second_step_needed_from(cast.headteacher) is None


@pytest.mark.parametrize(("days", "kept"), [("0", 0), ("60", 60), ("61", 14), ("-1", 14), ("", 14)])
def test_the_headteacher_sets_the_days_within_bounds(cast, days, kept):
    client, school = cast.client("headteacher"), cast.school()
    page = client.get(reverse("accounts:school_edit"))
    sent = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    client.post(reverse("accounts:school_edit"), sent | {"second_factor_grace_days": days})
    school.refresh_from_db()
    assert school.second_factor_grace_days == kept


# What is confidential


def paths_of(oakfield, name):
    pk = oakfield.ids[name]
    file = oakfield.ids[f"evidence_of_{name}"]
    return [
        reverse("incidents:incident_detail", args=[pk]),
        reverse("incidents:incident_step", args=[pk]) + "?step=triage",
        reverse("incidents:note_create", args=[pk]),
        reverse("incidents:evidence_create", args=[pk]),
        reverse("incidents:evidence_download", args=[pk, file]),
        reverse("incidents:reporter_reveal", args=[pk]),
    ]


@pytest.mark.parametrize(
    ("name", "role"), [("confidential", "headteacher"), ("sealed", "chair"), ("about_chair", "trust_officer")]
)
def test_what_is_confidential_waits_for_a_second_step_even_within_the_days_of_grace(cast, oakfield, name, role):
    client = cast.client(role, second_step=False)
    for path in paths_of(oakfield, name):
        answer = client.get(path)
        assert led_to_second_step(answer), path
        assert oakfield.canary.encode() not in answer.content
        if "/evidence/" not in path:
            assert led_to_second_step(client.post(path, {"words": "A note", "reason": "Because"})), path
    assert Incident.objects.get(pk=oakfield.ids[name]).notes.count() == 1
    took_second_step(client, cast.user(role))
    assert client.get(paths_of(oakfield, name)[0]).status_code == 200


def test_an_ordinary_incident_opens_without_but_who_told_does_not(cast, oakfield):
    client = cast.client("headteacher", second_step=False)
    *others, reveal = paths_of(oakfield, "ordinary")
    assert [client.get(path).status_code for path in others] == [200] * len(others)
    assert led_to_second_step(client.get(reveal))
    assert led_to_second_step(client.post(reveal, {"reason": "Because"}))


@pytest.mark.parametrize("name", ["confidential", "sealed"])
@pytest.mark.parametrize("role", ["deputy_head", "senior_leader", "deputy_dsl"])
def test_whoever_may_not_know_of_it_is_told_the_same_as_of_nothing_and_never_to_take_a_second_step(
    cast, oakfield, role, name
):
    client = cast.client(role, second_step=False)
    real = client.get(reverse("incidents:incident_detail", args=[oakfield.ids[name]]))
    none = client.get(reverse("incidents:incident_detail", args=["00000000-0000-4000-8000-000000000000"]))
    assert (real.status_code, real.content) == (none.status_code, none.content)
    assert real.status_code == 404


def test_after_a_second_step_one_comes_back_to_the_incident(cast, oakfield):
    secret = give_app(cast.user("headteacher"))
    client = cast.client("headteacher", second_step=False)
    page, _, note, *_ = paths_of(oakfield, "confidential")
    led = client.post(note, {"words": "A note"}).url
    answer = client.post(led, {"code": code_of(secret), "next": page})
    assert answer.url == page
    assert client.get(page).status_code == 200


def test_the_history_of_what_is_confidential_waits_too_and_that_of_the_ordinary_does_not(cast, oakfield):
    confidential, ordinary = (
        Incident.objects.get(pk=oakfield.ids[name]).reference for name in ("confidential", "ordinary")
    )
    for path in (reverse("portal:audit"), reverse("portal:audit_export")):
        # One of the two is a file, which comes in pieces.
        shown = b"".join(cast.client("headteacher").get(path, {"kind": "incident"})).decode()
        kept = b"".join(cast.client("headteacher", second_step=False).get(path, {"kind": "incident"})).decode()
        assert confidential in shown
        assert ordinary in shown
        assert confidential not in kept
        assert ordinary in kept


def test_in_a_demo_school_what_is_confidential_does_not_wait(cast, oakfield):
    grace(cast, 14, is_demo=True)
    client = cast.client("headteacher", second_step=False)
    assert client.get(paths_of(oakfield, "confidential")[0]).status_code == 200


# Losing it


@pytest.fixture
def terry(cast):
    """Who looks after people without being anybody's head."""
    return cast.technical_administrator


def test_a_manager_removes_a_lost_second_step_and_the_history_keeps_why(
    cast, terry, django_capture_on_commit_callbacks
):
    olive = cast.office
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": olive.user.email, "password": PASSWORD})
    assert theirs.get(SCHOOL).status_code == 200
    give_app(olive.user)
    give_passkey(olive.user)
    client = cast.client("technical_administrator")
    assert "Remove second step" in client.get(olive.get_absolute_url()).content.decode()
    address = reverse("accounts:person_second_step_remove", args=[olive.pk])
    assert "Why" in client.get(address).content.decode()
    assert client.post(address, {"reason": "Phone lost, asked in person"}).url == olive.get_absolute_url()
    assert not Authenticator.objects.filter(user=olive.user).exists()
    last = User.history.filter(id=olive.user_id).first()
    assert last.history_change_reason == "Second step removed: Phone lost, asked in person"
    assert last.history_user_id == terry.user_id
    assert theirs.get(SCHOOL).url.startswith(reverse("account_login"))
    assert Notification.objects.get(user=olive.user, event="second_step_changed").subject.endswith("was removed")
    assert OutboxMail.objects.filter(to=olive.user, path=reverse("mfa_index")).count() == 1
    fresh = Client()
    fresh.post(reverse("account_login"), {"login": olive.user.email, "password": PASSWORD})
    assert fresh.get(reverse("mfa_index")).status_code == 200


def test_a_reason_is_needed(cast, terry):
    give_app(cast.user("office"))
    address = reverse("accounts:person_second_step_remove", args=[cast.office.pk])
    assert (
        "govuk-error-message" in cast.client("technical_administrator").post(address, {"reason": " "}).content.decode()
    )
    assert Authenticator.objects.filter(user=cast.user("office")).exists()
    with pytest.raises(Refused, match="reason"):
        remove_second_steps(cast.office, by=terry, reason=" ")


def test_where_there_is_none_there_is_no_button_and_no_page(cast, terry):
    client = cast.client("technical_administrator")
    assert "Remove second step" not in client.get(cast.office.get_absolute_url()).content.decode()
    assert client.get(reverse("accounts:person_second_step_remove", args=[cast.office.pk])).status_code == 404
    with pytest.raises(Refused, match="no second step"):
        remove_second_steps(cast.office, by=terry, reason="Lost")


@pytest.mark.parametrize("role", ["technical_administrator", "headteacher", "chair", "trust_officer"])
def test_nobody_removes_their_own_or_that_of_whoever_oversees_them(cast, terry, role):
    give_app(cast.user(role))
    address = reverse("accounts:person_second_step_remove", args=[cast.post(role).pk])
    assert cast.client("technical_administrator").post(address, {"reason": "Lost"}).status_code == 404
    with pytest.raises(NotAllowed):
        remove_second_steps(cast.post(role), by=terry, reason="Lost")
    assert Authenticator.objects.filter(user=cast.user(role)).exists()


def test_nor_that_of_somebody_who_is_a_headteacher_elsewhere(cast, terry):
    tara = cast.teacher
    give_app(tara.user)
    Membership.objects.create(school=cast.school("riverside"), user=tara.user, role="headteacher")
    with pytest.raises(NotAllowed):
        remove_second_steps(tara, by=terry, reason="Lost")


@pytest.mark.parametrize("role", ["teacher", "office", "dsl", "governor"])
def test_whoever_does_not_manage_people_is_refused(cast, role):
    give_app(cast.user("volunteer"))
    address = reverse("accounts:person_second_step_remove", args=[cast.volunteer.pk])
    assert cast.client(role).post(address, {"reason": "Lost"}).status_code == 403
    assert cast.client("headteacher", "riverside").post(address, {"reason": "Lost"}).status_code == 404
    assert Authenticator.objects.filter(user=cast.user("volunteer")).exists()
