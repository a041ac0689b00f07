"""Setting up: an empty portal is claimed by its code, its posts are filled, and two people open it."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.inviting import token_of
from accounts.models import Invitation, Membership, Notification, Role, School, SetUpCode, User
from accounts.rules import can_end_post, can_give_role, can_manage_person
from accounts.services import accept_invitation, add_person, end_post, give_post, register_person
from incidents.models import About, Incident, Report
from incidents.services import file_report
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused
from policyportal.set_up import (
    ask_to_open,
    correct_school,
    digest_of,
    missing_in,
    new_code,
    open_school,
    posts_to_confirm,
    standings,
    waiting_for,
)
from tests.conftest import empty

TYPED = {
    "person_name": "Ada First",
    "person_email": "ada@birch.example",
    "password": "three odd words together",
    "again": "three odd words together",
    "own_role": "",
    "name": "Birch Primary School",
    "short_name": "Birch",
    "slug": "birch",
    "phase": "primary",
    "roll": "210",
    "email": "office@birch.example",
    "telephone": "01632 960123",
}
POSTS = {"headteacher": "Hana Head", "dsl": "Dee Lead", "deputy_dsl": "Dan Deputy", "chair": "Cleo Chair"}


@pytest.fixture
def bare(db):
    """A portal without anybody."""
    empty()


def claimed(**changed):
    """Claim the portal as the page does and return the browser and the answer."""
    client = Client()
    answer = client.post("/set-up/", TYPED | {"code": new_code()} | changed)
    return client, answer


def administrator():
    return Membership.objects.select_related("school", "user").get(role=Role.TECHNICAL_ADMINISTRATOR)


def post_of(role):
    return Membership.objects.select_related("school", "user").filter(role=role).latest("created_at")


def join(role):
    """Take up the latest post of this role by its invitation, and return it."""
    post = post_of(role)
    accept_invitation(Invitation.objects.waiting().get(post=post).pk, user=post.user, password="three odd words")
    return post_of(role)


def filled():
    """Claim a portal, invite to every post and let everybody join; return the administrator's post."""
    claimed()
    by = administrator()
    for role, name in POSTS.items():
        add_person(name=name, email=f"{role}@birch.example", role=role, by=by)
        join(role)
    return administrator()


def confirmed(by):
    return open_school(by=by, digest=digest_of(posts_to_confirm(by.school)))


def test_where_nobody_is_registered_every_way_in_leads_to_the_set_up(bare):
    answer = Client().get("/", follow=True)
    assert answer.redirect_chain[-1][0] == "/set-up/"
    assert "Nobody is registered here yet" in answer.content.decode()


def test_once_anybody_is_registered_there_is_no_set_up(cast):
    assert Client().get("/set-up/").status_code == 404
    assert Client().post("/set-up/", TYPED).status_code == 404
    assert Client().get("/sign-in/").status_code == 200
    with pytest.raises(Refused, match="set up already"):
        new_code()
    with pytest.raises(CommandError, match="set up already"):
        call_command("set_up_code")


def test_the_command_prints_where_to_go_and_a_code_of_which_only_a_hash_is_kept(bare):
    words = io.StringIO()
    call_command("set_up_code", stdout=words)
    code = words.getvalue().rpartition(": ")[2].strip()
    assert "/set-up/" in words.getvalue()
    assert len(code.replace(" ", "")) == 16
    assert code.replace(" ", "") not in SetUpCode.objects.get().hash


def test_the_code_makes_the_first_administrator_and_a_school_that_is_not_open(bare):
    client, answer = claimed()
    assert answer.url == "/set-up/school/"
    post = administrator()
    assert (post.user.name, post.user.email, post.school.name, post.school.roll) == (
        "Ada First",
        "ada@birch.example",
        "Birch Primary School",
        210,
    )
    assert post.school.opened_at is None
    assert [one.role for one in Membership.objects.all()] == [Role.TECHNICAL_ADMINISTRATOR]
    assert not SetUpCode.objects.exists()
    page = client.get("/set-up/school/").content.decode()
    assert page.count("Missing") == 4
    assert Client().get("/set-up/").status_code == 404


@pytest.mark.parametrize("code", ["", "0000 0000 0000 0000", "x"])
def test_without_the_code_nobody_claims_the_portal(bare, code):
    new_code()
    page = Client().post("/set-up/", TYPED | {"code": code})
    assert page.context["form"].errors["code"]
    assert not User.objects.exists()
    assert SetUpCode.objects.exists()


def test_a_new_code_replaces_the_one_before_and_either_is_typed_as_people_type(bare):
    old, code = new_code(), new_code()
    _, answer = claimed(code=old)
    assert not User.objects.exists()
    new = new_code()
    assert Client().post("/set-up/", TYPED | {"code": new.lower().replace(" ", "-")}).status_code == 302
    assert code != new


def test_after_ten_wrong_codes_even_the_right_one_waits(bare):
    code = new_code()
    for _ in range(10):
        assert Client().post("/set-up/", TYPED | {"code": "wrong"}).status_code == 200
    assert Client().post("/set-up/", TYPED | {"code": code}).status_code == 429
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("password", "short"),
        ("again", "another odd thing"),
        ("person_email", "ada"),
        ("slug", "Not a name!"),
        ("name", ""),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_code_stays_good(bare, field, typed):
    _, page = claimed(**{field: typed})
    assert field in page.context["form"].errors
    assert SetUpCode.objects.exists()
    assert not User.objects.exists()


def test_a_head_who_sets_up_the_portal_holds_that_post_too_and_the_chair_opens_it(bare):
    claimed(own_role="headteacher")
    by = administrator()
    for role in ("dsl", "deputy_dsl", "chair"):
        add_person(name=POSTS[role], email=f"{role}@birch.example", role=role, by=by)
        join(role)
    by = post_of("headteacher")
    ask_to_open(by=by)
    with pytest.raises(NotAllowed):
        confirmed(by)
    assert confirmed(post_of("chair")).opened_at


def test_while_it_is_set_up_a_school_shows_nothing_and_takes_no_report(bare):
    client, _ = claimed()
    school = School.objects.get()
    for path in (f"/schools/{school.slug}/", f"/schools/{school.slug}/guide/staff/", school.get_absolute_url()):
        assert Client().get(path).status_code == 404
    assert Client().get(f"{school.get_absolute_url()}report/").status_code == 404
    assert school.name not in Client().get("/sign-in/").content.decode()
    with pytest.raises(Refused, match="not open yet"):
        file_report(school=school, reporter_kind=Report.Reporter.PARENT, words="words", about=About.PUPIL)
    user = register_person(email="t@birch.example", name="T")
    give_post(user=user, school=school, role="teacher", starts_on=today())
    client.force_login(user)
    home = client.get("/").content.decode()
    assert "/report/" not in home
    assert "public page" not in home
    for path in ("/report/", "/report/00000000-0000-4000-8000-000000000000/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    assert not Incident.objects.exists()


def test_the_administrator_gives_the_posts_that_take_two_people_only_until_the_school_opens(bare):
    by = filled()
    assert can_give_role(by, Role.DSL)
    ask_to_open(by=by)
    confirmed(post_of("headteacher"))
    assert not can_give_role(administrator(), Role.DSL)


def test_what_was_said_of_the_school_is_corrected_until_it_opens(bare):
    client, _ = claimed()
    facts = {name: TYPED[name] for name in ("name", "short_name", "slug", "phase", "roll", "email", "telephone")}
    assert "Birch Primary School" in client.get("/set-up/facts/").content.decode()
    wrong = client.post("/set-up/facts/", facts | {"slug": "two words"})
    assert "slug" in wrong.context["form"].errors
    done = client.post("/set-up/facts/", facts | {"name": "Beech School", "slug": "beech"}, follow=True)
    assert "Setting up Beech School" in done.content.decode()
    assert School.objects.get().slug == "beech"
    School.objects.update(opened_at=timezone.now())
    assert client.post("/set-up/facts/", facts).url == "/school/"
    assert School.objects.get().slug == "beech"
    with pytest.raises(Refused, match="open already"):
        correct_school(by=administrator(), name="Elm School")


def test_nobody_gives_themselves_a_post_while_a_school_is_set_up(bare):
    claimed()
    with pytest.raises(NotAllowed):
        add_person(name="Ada First", email="ada@birch.example", role="dsl", by=administrator())


def test_a_slip_is_mended_until_the_person_has_joined(bare):
    claimed()
    by = administrator()
    add_person(name="Wrong Head", email="wrong@birch.example", role="headteacher", by=by)
    post = post_of("headteacher")
    assert can_manage_person(by, post)
    assert can_end_post(by, post)
    end_post(post, by=by, last_day=today() + timedelta(days=1), reason="A slip")
    join("headteacher")
    assert not can_manage_person(by, post_of("headteacher"))
    assert not can_end_post(by, post_of("headteacher"))


def test_a_post_is_missing_until_it_is_taken_up(bare):
    claimed()
    by = administrator()
    school = by.school
    assert [standing.words for standing in standings(school)] == ["Nobody holds this post"] * 4
    add_person(name="Hana Head", email="headteacher@birch.example", role="headteacher", by=by)
    head = standings(school)[0]
    assert (head.is_filled, head.words) == (False, "Hana Head has not joined yet")
    join("headteacher")
    assert [standing.role for standing in missing_in(school)] == ["dsl", "deputy_dsl", "chair"]
    with pytest.raises(Refused, match="Designated safeguarding lead: Nobody holds this post"):
        ask_to_open(by=by)


def test_two_people_open_the_school_and_the_first_is_told(bare):
    by = filled()
    head = post_of("headteacher")
    with pytest.raises(NotAllowed):
        confirmed(head)
    ask_to_open(by=by)
    told = Notification.objects.filter(event="opening_asked").values_list("user__name", flat=True)
    assert set(told) == {"Hana Head", "Cleo Chair"}
    for other in (by, post_of("dsl")):
        with pytest.raises(NotAllowed):
            confirmed(other)
    school = confirmed(head)
    assert school.opened_at
    assert Notification.objects.get(event="school_opened").user == by.user
    assert Client().get(school.get_absolute_url()).status_code == 200
    assert school.history.first().history_user_id == head.user_id
    with pytest.raises(Refused, match="open already"):
        confirmed(post_of("chair"))


def test_a_post_given_after_somebody_asked_must_be_asked_about_again(bare):
    by = filled()
    ask_to_open(by=by)
    shown = digest_of(posts_to_confirm(by.school))
    add_person(name="Second Lead", email="second@birch.example", role="dsl", by=by)
    with pytest.raises(Refused, match="has changed since"):
        open_school(by=post_of("headteacher"), digest=shown)
    ask_to_open(by=by)
    with pytest.raises(Refused, match="while you looked"):
        open_school(by=post_of("headteacher"), digest=shown)
    # Joining changes nobody's post.
    join("dsl")
    assert confirmed(post_of("headteacher")).opened_at


def test_the_pages_lead_from_the_first_invitation_to_an_open_school(bare):
    client, _ = claimed()
    page = client.get("/set-up/posts/dsl/")
    assert "Designated safeguarding lead" in page.content.decode()
    assert client.post("/set-up/posts/dsl/", {"name": ""}).context["form"].errors.keys() == {"name", "email"}
    answer = client.post("/set-up/posts/dsl/", {"name": "Dee Lead", "email": "dsl@birch.example"}, follow=True)
    assert "Dee Lead is invited by e-mail" in answer.content.decode()
    twice = client.post("/set-up/posts/dsl/", {"name": "Dee Lead", "email": "dsl@birch.example"})
    assert "holds this post already" in twice.content.decode()
    assert "Dee Lead" in client.get("/set-up/posts/dsl/").content.decode()
    assert client.get("/set-up/posts/teacher/").status_code == 404
    assert client.get("/set-up/open/").status_code == 403
    assert "4 posts are still missing" in client.get("/set-up/school/").content.decode()
    refused = client.post("/set-up/school/", follow=True)
    assert "Chair of governors: Nobody holds this post" in refused.content.decode()


def test_the_second_person_sees_who_holds_which_post_before_they_open(bare):
    by = filled()
    admin, head = Client(), Client()
    admin.force_login(by.user)
    head.force_login(post_of("headteacher").user)
    assert head.get("/set-up/open/").status_code == 403
    assert "are told" in admin.post("/set-up/school/", follow=True).content.decode()
    assert "Confirm who holds which post" in head.get("/").content.decode()
    page = head.get("/set-up/open/")
    assert all(name in page.content.decode() for name in POSTS.values())
    stale = head.post("/set-up/open/", {"digest": "0" * 64}, follow=True)
    assert "while you looked" in stale.content.decode()
    opened = head.post("/set-up/open/", {"digest": page.context["digest"]}, follow=True)
    assert "The portal is open" in opened.content.decode()
    late = Client()
    late.force_login(post_of("chair").user)
    assert late.get("/set-up/open/").url == "/"
    assert admin.get("/set-up/posts/dsl/").url == "/set-up/school/"


def test_an_invitation_of_the_set_up_opens_its_page(bare):
    claimed()
    add_person(name="Hana Head", email="h@birch.example", role="headteacher", by=administrator())
    page = Client().get(f"/invitation/{token_of(Invitation.objects.get())}/", follow=True)
    assert page.status_code == 200


@pytest.mark.parametrize("role", ["headteacher", "technical_administrator"])
def test_a_post_that_falls_vacant_later_warns_whoever_manages_people(cast, role):
    assert waiting_for(cast.post(role)) == []
    dsl = cast.dsl
    dsl.ends_on = today() - timedelta(days=1)
    dsl.save()
    (warning,) = waiting_for(cast.post(role))
    assert warning.title == "Designated safeguarding lead: Nobody holds this post"
    home = cast.client(role).get("/").content.decode()
    assert warning.title in home
    overview = cast.client(role).get("/set-up/school/").content.decode()
    assert "A post that the portal leads reports to is empty" in overview
    assert "/appointments/" in overview


def test_whoever_does_not_manage_people_is_not_warned_and_has_no_such_page(cast):
    dsl = cast.dsl
    dsl.ends_on = today() - timedelta(days=1)
    dsl.save()
    assert waiting_for(cast.teacher) == []
    for path in ("/set-up/school/", "/set-up/posts/dsl/", "/set-up/open/"):
        assert cast.client("teacher").get(path).status_code == 403
        assert cast.client("teacher").post(path).status_code == 403


def test_somebody_switched_off_or_of_another_school_fills_no_post(cast):
    user = cast.user("dsl")
    user.is_active = False
    user.save()
    assert [standing.role for standing in missing_in(cast.school())] == ["dsl"]
    assert missing_in(cast.school("elmwood")) == []


def test_what_is_missing_costs_one_query(cast):
    head = cast.headteacher
    head.roles  # noqa: B018 - what every page has asked before
    with CaptureQueriesContext(connection) as queries:
        waiting_for(head)
    assert len(queries) == 1


def test_asking_again_tells_again(bare):
    by = filled()
    ask_to_open(by=by)
    School.objects.filter(pk=by.school_id).update(opening_asked_at=timezone.now() - timedelta(days=1))
    ask_to_open(by=by)
    assert Notification.objects.filter(event="opening_asked").count() == 4
