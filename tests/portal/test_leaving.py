"""Leaving: one act ends everything here, on the next request; another school's post stays; what is owed is chased."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, Invitation, Leaving, Membership, Notification, Role, User
from accounts.services import (
    accept_invitation,
    add_person,
    change_post,
    end_post,
    give_post,
    propose_ending,
    propose_giving,
    register_person,
)
from channels_mgmt import services as channels
from channels_mgmt.models import Authorisation, CredentialChange
from channels_mgmt.selectors import waiting_for
from incidents.models import About, Access, Report
from incidents.services.reports import file_report
from policyportal.due import run_due
from policyportal.leaving import finish_leavings, held_by, mark_as_leaver
from policyportal.lib.dates import today
from policyportal.lib.outbox import drain
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, take

NOW = {"when": "now", "reason": "Moves to another school"}
PASSWORD = "a long enough passphrase"


@pytest.fixture
def channel(cast):
    """A channel that the office manages and on which the teacher may post."""
    head = cast.headteacher
    platform = channels.list_platform(school=cast.school(), by=head, name="Facebook")
    channel = channels.open_channel(
        school=cast.school(),
        by=head,
        platform=platform,
        name="School page",
        audience="public",
        managing_roles=["office"],
    )
    channels.authorise(channel, cast.teacher, by=head, reason="Class news")
    return channel


def leave(post, by, last_day=None):
    return mark_as_leaver(post, by=by, last_day=last_day, reason="Moves away")


def page_of(post):
    return f"/people/{post.pk}/leave/"


def parts(day):
    return {f"last_day_{part}": getattr(day, part) for part in ("day", "month", "year")}


def past(leaving_day_of):
    """Let the day pass on which somebody leaves: every date that was set moves into the past."""
    for post in Membership.objects.filter(user=leaving_day_of, ends_on__gte=today()):
        post.ends_on = today() - timedelta(days=1)
        post.save()
    for leaving in Leaving.objects.filter(user=leaving_day_of, done_at=None):
        leaving.last_day = today() - timedelta(days=1)
        leaving.save()


def test_a_leaver_with_an_open_browser_is_refused_at_the_next_click(cast):
    first, second, head = cast.client("teacher"), cast.client("teacher"), cast.client("headteacher")
    assert (first.get("/").status_code, second.get("/people/").status_code) == (200, 200)
    assert head.post(page_of(cast.teacher), NOW).url == cast.teacher.get_absolute_url()
    for browser in (first, second):
        for path in ("/", "/people/", "/policies/", "/notifications/"):
            answer = browser.get(path)
            assert answer.status_code == 302
            assert answer.url.startswith("/sign-in/")


def test_whoever_has_no_post_left_can_neither_sign_in_nor_ask_for_a_new_password(cast):
    teacher = cast.teacher
    leave(teacher, cast.headteacher)
    user = User.objects.get(pk=teacher.user_id)
    assert (user.is_active, user.has_usable_password(), user.joined_at) == (False, False, None)
    answer = Client().post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "is not right" in answer.content.decode()
    mail.outbox.clear()
    Client().post("/password/forgotten/", {"email": user.email})
    run_due()
    assert [message for message in mail.outbox if user.email in message.to] == []


def test_second_steps_go_with_the_sign_in(cast):
    Authenticator.objects.create(user=cast.user("teacher"), type=Authenticator.Type.TOTP, data={"secret": "x"})
    leave(cast.teacher, cast.headteacher)
    assert not Authenticator.objects.filter(user=cast.user("teacher")).exists()


def test_everything_they_held_here_ends_in_one_act(cast, channel):
    teacher = cast.teacher
    governor = give_post(user=teacher.user, school=cast.school(), role=Role.GOVERNOR)
    later = give_post(
        user=teacher.user, school=cast.school(), role=Role.OFFICE, starts_on=today() + timedelta(days=30)
    )
    proposal = propose_giving(Role.DSL, by=cast.headteacher, person=teacher, reason="Agreed")
    leave(teacher, cast.headteacher)
    posts = Membership.objects.filter(pk__in=(teacher.pk, governor.pk, later.pk))
    assert not posts.filter(pk__in=Membership.objects.open()).exists()
    assert not Membership.objects.open(today() + timedelta(days=31)).filter(user=teacher.user).exists()
    row = Authorisation.objects.get(channel=channel)
    assert (row.revoked_by, row.revoked_reason) == (cast.user("headteacher"), "Moves away")
    proposal.refresh_from_db()
    assert proposal.status == Appointment.Status.WITHDRAWN
    assert CredentialChange.objects.due().get().channel == channel


def test_an_open_invitation_of_a_leaver_opens_nothing(cast):
    teacher = cast.teacher
    second = give_post(user=teacher.user, school=cast.school(), role=Role.GOVERNOR, taken_up=False)
    invitation = Invitation.objects.create(
        school=cast.school(), post=second, expires_at=timezone.now() + timedelta(days=3)
    )
    leave(teacher, cast.headteacher)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_a_post_in_another_school_stays_with_its_sign_in_and_its_powers(cast, channel):
    teacher = cast.teacher
    elsewhere = give_post(user=teacher.user, school=cast.school("elmwood"), role=Role.OFFICE)
    browser = Client()
    browser.force_login(teacher.user)
    leave(teacher, cast.headteacher)
    user = User.objects.get(pk=teacher.user_id)
    assert (user.is_active, check_password(PASSWORD, user.password)) == (True, True)
    elsewhere.refresh_from_db()
    assert elsewhere.ends_on is None
    browser = Client()
    browser.force_login(user)
    page = browser.get("/people/").content.decode()
    assert "Elmwood Primary School" in page
    assert "Harriet Oakfield" not in page
    assert browser.get(channel.get_absolute_url()).status_code == 404
    assert browser.get(cast.office.get_absolute_url()).status_code == 404


def test_nothing_that_they_did_goes_with_them(cast, channel):
    file_report(
        school=cast.school(),
        reporter_kind=Report.Reporter.STAFF,
        by=cast.teacher,
        words="Seen on Friday",
        about=About.PARENT,
        who="A parent",
        form_token="00000000-0000-4000-8000-000000000001",
    )
    about, _ = file_report(
        school=cast.school(),
        reporter_kind=Report.Reporter.PARENT,
        words="About the teacher",
        about=About.STAFF,
        person=cast.user("teacher"),
        form_token="00000000-0000-4000-8000-000000000002",
    )
    leave(cast.teacher, cast.headteacher)
    assert Report.objects.filter(reporter=cast.user("teacher")).count() == 1
    assert "Tara Oakfield" in cast.client("headteacher").get(about.get_absolute_url()).content.decode()
    assert Authorisation.objects.filter(membership=cast.teacher).count() == 1
    assert "Tara Oakfield" in cast.client("headteacher").get("/people/?ended=on").content.decode()


def test_a_future_day_keeps_everything_until_it_and_then_ends_it(cast, channel):
    day, teacher = today() + timedelta(days=10), cast.teacher
    head = cast.client("headteacher")
    head.post(page_of(teacher), {"when": "later", "reason": "Retires"} | parts(day))
    assert cast.teacher.ends_on == day
    assert cast.client("teacher").get("/").status_code == 200
    run_due()
    assert cast.user("teacher").is_active
    assert not CredentialChange.objects.exists()
    past(teacher.user)
    assert cast.client("teacher").get("/").status_code == 302
    run_due()
    assert not User.objects.get(pk=teacher.user_id).is_active
    assert Authorisation.objects.get(channel=channel).revoked_at is not None
    assert CredentialChange.objects.due().get().due_on == today() + timedelta(days=1)
    assert finish_leavings() == 0


def test_somebody_given_another_post_before_the_day_has_not_left(cast):
    leave(cast.teacher, cast.headteacher, last_day=today() + timedelta(days=3))
    give_post(user=cast.user("teacher"), school=cast.school(), role=Role.GOVERNOR)
    past(cast.user("teacher"))
    assert finish_leavings() == 0
    assert cast.user("teacher").is_active
    assert not Leaving.objects.due().exists()


def test_ending_the_last_post_by_any_way_switches_off_what_went_with_it(cast, channel):
    end_post(cast.teacher, by=cast.headteacher, last_day=today() - timedelta(days=1), reason="Contract over")
    office = cast.office
    change_post(office, by=cast.headteacher, ends_on=today())
    past(office.user)
    assert finish_leavings() == 2
    assert not cast.user("teacher").is_active
    assert not User.objects.get(pk=office.user_id).is_active
    assert Authorisation.objects.get(channel=channel).revoked_at is not None
    assert CredentialChange.objects.due().count() == 2


def test_ending_one_of_two_posts_is_no_leaving(cast):
    second = give_post(user=cast.user("teacher"), school=cast.school(), role=Role.GOVERNOR)
    end_post(second, by=cast.headteacher, last_day=today() - timedelta(days=0), reason="Term of office")
    assert not Leaving.objects.exists()


def test_a_post_that_began_today_is_taken_back_at_once(cast):
    user = register_person(email="new@oakfield.example", name="New", password=PASSWORD)
    post = give_post(user=user, school=cast.school(), role=Role.TEACHER)
    browser = Client()
    browser.force_login(user)
    assert browser.get("/").status_code == 200
    leave(post, cast.headteacher)
    assert browser.get("/").url.startswith("/sign-in/")


@pytest.mark.parametrize("role", [Role.DSL, Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER])
def test_no_one_person_lets_somebody_leave_whose_post_two_people_end(cast, role):
    post = cast.post(role)
    for manager in (Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR):
        with pytest.raises((Refused, NotAllowed)):
            leave(post, cast.post(manager))
        cast.client(manager).post(page_of(post), NOW)
    assert cast.post(role).ends_on is None
    assert not Leaving.objects.exists()


def test_the_page_of_a_dsl_says_that_two_people_end_the_post_first(cast):
    page = cast.client("headteacher").get(page_of(cast.dsl)).content.decode()
    assert "two people end this post together" in page
    assert "Mark as leaver</button>" not in page


def test_a_dsl_whose_post_two_people_ended_leaves_with_everything_else(cast):
    dsl = cast.dsl
    take("confirm", propose_ending(dsl, by=cast.headteacher, reason="Left"), cast.chair, "Agreed")
    assert finish_leavings() == 1
    assert not User.objects.get(pk=dsl.user_id).is_active


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR}))
def test_nobody_else_marks_leavers(cast, role):
    assert cast.client(role).get(page_of(cast.volunteer)).status_code == 403
    assert cast.client(role).post(page_of(cast.volunteer), NOW).status_code == 403
    with pytest.raises(NotAllowed):
        leave(cast.volunteer, cast.post(role))
    assert cast.volunteer.ends_on is None


def test_nobody_leaves_by_the_hand_of_another_school_nor_by_their_own(cast):
    for post in (cast.post(Role.TEACHER, "elmwood"), cast.headteacher):
        assert cast.client("headteacher").get(page_of(post)).status_code == 404
        assert cast.client("headteacher").post(page_of(post), NOW).status_code == 404
        with pytest.raises(NotAllowed):
            leave(post, cast.headteacher)
    assert not Leaving.objects.exists()


def test_a_reason_and_a_day_to_come_are_asked_for(cast):
    head, path = cast.client("headteacher"), page_of(cast.teacher)
    assert "reason" in head.post(path, {"when": "now", "reason": ""}).context["form"].errors
    assert "last_day" in head.post(path, {"when": "later", "reason": "x"}).context["form"].errors
    gone = head.post(path, {"when": "later", "reason": "x"} | parts(today() - timedelta(days=1)))
    assert "today or later" in gone.content.decode()
    assert not Leaving.objects.exists()


def test_the_page_shows_first_what_they_hold_and_only_what_the_viewer_may_see(cast, channel):
    report = change_post(cast.volunteer, by=cast.headteacher, line_manager=cast.teacher)
    page = cast.client("headteacher").get(page_of(cast.teacher)).content.decode()
    for words in ("Teacher", "School page: post and moderate", "School page, Facebook", str(report)):
        assert words in page
    page = cast.client("technical_administrator").get(page_of(cast.teacher)).content.decode()
    assert "1 authorisation" in page
    assert "School page" not in page


def test_cases_are_counted_only_where_the_viewer_may_see_them(cast):
    lead = cast.dsl
    ordinary, _ = file_report(
        school=cast.school(),
        reporter_kind=Report.Reporter.PARENT,
        words="About a parent",
        about=About.PARENT,
        who="A parent",
        form_token="00000000-0000-4000-8000-000000000003",
    )
    file_report(
        school=cast.school(),
        reporter_kind=Report.Reporter.PARENT,
        words="About the head",
        about=About.STAFF,
        person=cast.user("headteacher"),
        form_token="00000000-0000-4000-8000-000000000004",
    )
    Access.objects.create(
        school=cast.school(), incident=ordinary, user=lead.user, standing=Access.Standing.HANDLER, as_role=lead.role
    )
    assert held_by(lead, cast.headteacher).cases == 1
    assert "1 open case" in cast.client("headteacher").get(page_of(lead)).content.decode()
    assert held_by(lead, cast.technical_administrator).cases == 0
    # The case about the head is the chair's, and the head learns nothing of it.
    assert held_by(cast.chair, cast.headteacher).cases == 0


def test_whose_line_manager_left_waits_to_be_given_another(cast):
    change_post(cast.volunteer, by=cast.headteacher, line_manager=cast.teacher)
    head = cast.client("headteacher")
    said = head.post(page_of(cast.teacher), NOW, follow=True).content.decode()
    assert "Choose another line manager for 1 person." in said
    home = head.get("/").content.decode()
    assert "Choose a line manager for Vera Oakfield" in home
    assert "Choose a line manager" not in cast.client("office").get("/").content.decode()
    change_post(cast.volunteer, by=cast.headteacher, line_manager=cast.headteacher)
    assert "Choose a line manager" not in head.get("/").content.decode()


def test_a_leaver_comes_back_by_a_new_invitation_and_with_a_new_password(cast):
    teacher = cast.teacher
    leave(teacher, cast.headteacher)
    post = add_person(name="Tara Oakfield", email=teacher.user.email, role=Role.TEACHER, by=cast.headteacher)
    assert post.accepted_at is None
    assert Client().post("/sign-in/", {"login": teacher.user.email, "password": PASSWORD}).status_code == 200
    accept_invitation(
        Invitation.objects.waiting().get(post=post).pk, user=post.user, password="a new and longer passphrase"
    )
    user = User.objects.get(pk=teacher.user_id)
    assert user.is_active
    assert user.check_password("a new and longer passphrase")
    assert {one.pk for one in Membership.objects.open().filter(user=user)} == {post.pk}


# Credentials that a leaver knew.


def test_changes_are_owed_for_what_they_were_authorised_on_and_for_what_their_role_managed(cast, channel):
    leave(cast.office, cast.headteacher)
    leave(cast.volunteer, cast.headteacher)
    change = CredentialChange.objects.get()
    assert (change.leaver, change.channel) == (cast.user("office"), channel)
    assert change.due_on == today() + timedelta(days=cast.school().credential_days)


def test_how_long_a_change_may_take_is_the_school_s_own_figure(cast, channel):
    school = cast.school()
    school.credential_days = 5
    school.save()
    leave(cast.teacher, cast.headteacher)
    assert CredentialChange.objects.get().due_on == today() + timedelta(days=5)


def test_a_change_is_listed_for_managers_of_the_channel_and_for_nobody_else(cast, channel):
    leave(cast.teacher, cast.headteacher)
    for role, sees in ((Role.OFFICE, True), (Role.HEADTEACHER, True), (Role.GOVERNOR, False), (Role.DSL, False)):
        page = cast.client(role).get(channel.get_absolute_url()).content.decode()
        assert ("Credentials to change" in page) == sees, role
        waits = [one.title for one in waiting_for(cast.post(role))]
        assert ("Change the credentials of School page" in waits) == sees, role
    told = set(Notification.objects.filter(event="credentials_due").values_list("user__name", flat=True))
    assert told == {"Olive Oakfield"}


def test_it_is_chased_every_day_from_the_day_it_is_due_until_somebody_says_changed(cast, channel):
    leave(cast.teacher, cast.headteacher)
    change = CredentialChange.objects.get()
    drain()
    run_due()
    told = Notification.objects.filter(event="credentials_due")
    assert told.count() == 1
    change.due_on = today() - timedelta(days=10)
    change.save()
    run_due()
    run_due()
    # After ten days without the portal it is told once, not ten times.
    assert told.count() == 2
    assert len([message for message in mail.outbox if "olive@oakfield.example" in message.to]) == 2
    answer = cast.client("office").post(reverse("channels:credential_change", args=[change.pk]), follow=True)
    assert "are changed" in answer.content.decode()
    change.refresh_from_db()
    assert (change.status, change.done_by) == (CredentialChange.Status.DONE, cast.office)
    Notification.objects.filter(event="credentials_due").delete()
    run_due()
    assert not told.exists()


def test_no_page_asks_for_a_password_of_a_channel(cast, channel):
    leave(cast.teacher, cast.headteacher)
    page = cast.client("office").get(channel.get_absolute_url()).content.decode()
    assert 'type="password"' not in page
    assert {field.name for field in CredentialChange._meta.fields} == {
        "id",
        "created_at",
        "school",
        "channel",
        "leaver",
        "status",
        "due_on",
        "done_by",
        "done_at",
    }


def test_only_managers_of_the_channel_say_changed_and_only_once(cast, channel):
    leave(cast.teacher, cast.headteacher)
    change = CredentialChange.objects.get()
    path = reverse("channels:credential_change", args=[change.pk])
    assert cast.client("governor").post(path).status_code == 403
    assert cast.client("dpo").post(path).status_code == 403
    assert cast.client("office", "elmwood").post(path).status_code == 404
    assert cast.client("office").get(path).status_code == 405
    assert cast.client("office").post(path).status_code == 302
    late = cast.client("headteacher").post(path)
    assert late.status_code == 409
    with pytest.raises(TooLate):
        take("change", change, cast.office)


# Several schools.


@pytest.fixture
def officer(cast):
    """A trust officer who also governs in the second school."""
    post = cast.trust_officer
    give_post(user=post.user, school=cast.school("elmwood"), role=Role.GOVERNOR, job_title="Foundation governor")
    return post


def test_the_list_of_one_s_schools_says_which_posts_are_held_in_each(cast, officer):
    page = cast.client("trust_officer").get("/school/choose/").content.decode()
    for words in ("Oakfield Primary School", "Elmwood Primary School", "Foundation governor", "working here now"):
        assert words in page


def test_another_school_is_one_press_away_in_the_menu_of_every_page(cast, officer):
    client = cast.client("trust_officer")
    for path in ("/", "/channels/", "/appointments/"):
        page = client.get(path).content.decode()
        assert "Work in Elmwood" in page
        assert "Work in Riverside" not in page
    assert "Work in Elmwood" not in cast.client("headteacher").get("/").content.decode()


def test_after_switching_nothing_of_the_school_before_shows_and_its_roles_do_not_count(cast, officer, channel):
    client = cast.client("trust_officer")
    theirs = propose_giving(Role.DSL, by=cast.headteacher, person=cast.volunteer, reason="Agreed")
    assert client.get(channel.get_absolute_url()).status_code == 200
    assert client.get(theirs.get_absolute_url()).status_code == 200
    elsewhere = Membership.objects.get(user=officer.user, school__slug="elmwood")
    switched = client.post("/school/choose/", {"post": str(elsewhere.pk), "next": theirs.get_absolute_url()})
    assert switched.url == "/"
    for path in ("/", "/people/", "/channels/", "/appointments/", "/notifications/", "/school/"):
        page = client.get(path).content.decode()
        assert "Elmwood Primary School" in page
        assert "Harriet Oakfield" not in page
        assert "School page" not in page
        assert theirs.get_absolute_url() not in page
    for path in (channel.get_absolute_url(), theirs.get_absolute_url(), cast.teacher.get_absolute_url()):
        assert client.get(path).status_code == 404
    # A trust officer oversees incidents and history; a governor of the other school does not.
    assert client.get("/incidents/").status_code == 403
    assert client.get("/history/").status_code == 403


def test_nobody_switches_to_a_school_where_they_hold_no_post(cast, officer):
    client = cast.client("trust_officer")
    for post in (cast.post(Role.HEADTEACHER, "riverside"), cast.headteacher):
        assert client.post("/school/choose/", {"post": str(post.pk)}).status_code == 404
    assert "Oakfield Primary School" in client.get("/").content.decode()
