"""Posts that take two people: who may propose, who may confirm, that it is never one person, and what follows."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment, Invitation, Membership, Notification, Role
from accounts.rules import TWO_PERSON_ROLES
from accounts.selectors import waiting_for
from accounts.services import give_post, name_cover, propose_ending, propose_giving, register_person
from policyportal.lib.dates import today
from policyportal.lib.outbox import drain
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, take

STATUS = Appointment.Status
# The table as it was agreed, written out a second time: who may propose and who may confirm.
AGREED = {
    Role.HEADTEACHER: (
        {Role.CHAIR, Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR},
        {Role.CHAIR, Role.TRUST_OFFICER},
    ),
    Role.DSL: (
        {Role.HEADTEACHER, Role.CHAIR, Role.TECHNICAL_ADMINISTRATOR},
        {Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER},
    ),
    Role.CHAIR: (
        {Role.TRUST_OFFICER, Role.CHAIR, Role.GOVERNOR, Role.TECHNICAL_ADMINISTRATOR},
        {Role.TRUST_OFFICER, Role.CHAIR, Role.GOVERNOR},
    ),
    Role.TRUST_OFFICER: (
        {Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR},
        {Role.CHAIR, Role.TRUST_OFFICER},
    ),
}
WHY = {"reason": "Minute 7 of 3 November"}


def second(cast, role):
    """Return the post of another person with this role, so that one of a kind can confirm what another proposed."""
    user = register_person(email=f"second.{role}@oakfield.example", name=f"Second {role}", password="x" * 14)
    return give_post(user=user, school=cast.school(), role=role)


def propose(cast, role=Role.DSL, by=Role.HEADTEACHER, person=None, **facts):
    return propose_giving(role, by=cast.post(by), person=person or cast.volunteer, reason="Agreed", **facts)


def test_the_roles_that_take_two_people_are_those_that_were_agreed():
    assert set(AGREED) == TWO_PERSON_ROLES


@pytest.mark.parametrize("role", sorted(AGREED))
def test_every_pair_of_kinds_of_proposer_and_confirmer_is_let_through_or_refused_as_agreed(cast, role):
    """Eighteen kinds of proposer by eighteen kinds of confirmer, two different people even where the kind is one."""
    proposers, confirmers = AGREED[role]
    others = {kind: second(cast, kind) for kind in Role}
    wrong = []
    for proposing, confirming in product(Role, Role):
        try:
            appointment = propose(cast, role, by=proposing)
        except NotAllowed:
            if proposing in proposers:
                wrong.append((proposing, "may not propose"))
            continue
        if proposing not in proposers:
            wrong.append((proposing, "may propose"))
        try:
            take("confirm", appointment, others[confirming], "Agreed")
        except NotAllowed:
            if confirming in confirmers:
                wrong.append((proposing, confirming, "may not confirm"))
            take("withdraw", appointment, cast.post(proposing), "Next pair")
        else:
            if confirming not in confirmers:
                wrong.append((proposing, confirming, "may confirm"))
            given = Appointment.objects.get(pk=appointment.pk).post
            given.starts_on = given.ends_on = today() - timedelta(days=1)
            given.save()
    assert wrong == []


@pytest.mark.parametrize("role", sorted(AGREED))
def test_nobody_confirms_what_they_proposed_whatever_other_post_they_hold(cast, role):
    for proposing in sorted(AGREED[role][0]):
        for confirming in sorted(AGREED[role][1]):
            user = register_person(email=f"{proposing}.{confirming}@oakfield.example", name="Both", password="y" * 14)
            first = give_post(user=user, school=cast.school(), role=proposing)
            other = first if proposing == confirming else give_post(user=user, school=cast.school(), role=confirming)
            appointment = propose_giving(role, by=first, person=cast.volunteer, reason="Agreed")
            for post in (first, other):
                with pytest.raises(NotAllowed):
                    take("confirm", appointment, post, "Agreed with myself")
            take("withdraw", appointment, first, "Next pair")
    assert not Membership.objects.filter(user=cast.volunteer.user, role=role).exists()


@pytest.mark.parametrize("role", sorted(AGREED))
def test_whoever_is_to_hold_the_post_neither_proposes_nor_confirms_it(cast, role):
    for kind in sorted(AGREED[role][0]):
        with pytest.raises(Refused, match="cannot propose yourself"):
            propose(cast, role, by=kind, person=cast.post(kind))
    proposer = second(cast, min(AGREED[role][0]))
    for kind in sorted(AGREED[role][1]):
        appointee = cast.post(kind)
        appointment = propose_giving(role, by=proposer, person=appointee, reason="Agreed")
        with pytest.raises(NotAllowed):
            take("confirm", appointment, appointee, "Of course")
        take("withdraw", appointment, proposer, "Next")


def test_people_of_another_school_neither_propose_nor_confirm_here(cast):
    appointment = propose(cast)
    for kind in (Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER):
        with pytest.raises(NotAllowed):
            take("confirm", appointment, cast.post(kind, "elmwood"), "Agreed")
        client = cast.client(kind, "elmwood")
        assert client.get(appointment.get_absolute_url()).status_code == 404
        answer = client.post(f"{appointment.get_absolute_url()}step/", WHY | {"step": "confirm"})
        assert answer.status_code == 404
    with pytest.raises(NotAllowed):
        propose_giving(Role.DSL, by=cast.headteacher, person=cast.post(Role.TEACHER, "elmwood"), reason="No")
    with pytest.raises(NotAllowed):
        propose_ending(cast.post(Role.DSL, "elmwood"), by=cast.headteacher, reason="No")
    appointment.refresh_from_db()
    assert appointment.status == STATUS.PROPOSED


def test_a_confirmed_post_is_held_at_once_by_somebody_who_works_here(cast):
    appointment = take("confirm", propose(cast), cast.chair, "Minute 7")
    assert appointment.status == STATUS.CONFIRMED
    assert appointment.decided_by == cast.chair
    assert Membership.objects.open().filter(user=cast.volunteer.user, role=Role.DSL).get() == appointment.post
    assert [row.history_user_id for row in appointment.history.order_by("history_date")] == [
        cast.headteacher.user_id,
        cast.chair.user_id,
    ]
    assert Notification.objects.filter(user=cast.volunteer.user, event="post_given").exists()
    assert Notification.objects.filter(user=cast.user(Role.HEADTEACHER), event="appointment_decided").exists()


def test_a_confirmed_post_of_somebody_new_is_theirs_when_they_have_accepted_the_invitation(cast):
    appointment = propose_giving(
        Role.HEADTEACHER, by=cast.technical_administrator, name="New Head", email="new@example.org", reason="Appointed"
    )
    drain()
    assert "new@example.org" not in [address for message in mail.outbox for address in message.to]
    post = take("confirm", appointment, cast.chair, "Minute 7").post
    assert post.accepted_at is None
    assert Invitation.objects.waiting().get(post=post).invited_by == cast.chair
    assert cast.client("chair").get(appointment.get_absolute_url()).context["facts"][3]["value"]


def test_nothing_changes_until_a_second_person_confirms(cast):
    before = Membership.objects.count()
    propose(cast)
    propose_ending(cast.chair, by=cast.governor, reason="End of term of office")
    assert Membership.objects.count() == before
    assert cast.chair.ends_on is None


def test_a_refused_proposal_gives_nothing_and_its_proposer_is_told(cast):
    appointment = take("refuse", propose(cast), cast.chair, "Not yet trained")
    assert appointment.status == STATUS.REFUSED
    assert not Membership.objects.filter(user=cast.volunteer.user, role=Role.DSL).exists()
    assert Notification.objects.filter(user=cast.user(Role.HEADTEACHER), event="appointment_decided").exists()
    with pytest.raises(TooLate):
        take("confirm", appointment, cast.chair, "After all")


@pytest.mark.parametrize("step", ["confirm", "refuse", "withdraw"])
def test_every_step_needs_a_reason(cast, step):
    with pytest.raises(Refused, match="reason"):
        take(step, propose(cast), cast.headteacher if step == "withdraw" else cast.chair)


def test_only_whoever_proposed_takes_it_back(cast):
    appointment = propose(cast)
    for kind in (Role.CHAIR, Role.TECHNICAL_ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            take("withdraw", appointment, cast.post(kind), "Mine")
    assert take("withdraw", appointment, cast.headteacher, "A mistake").status == STATUS.WITHDRAWN


def test_a_post_ends_on_the_next_request_where_two_people_end_it_at_once(cast):
    """The DSL's browser is open while it happens."""
    browser = cast.client("dsl")
    assert browser.get("/").status_code == 200
    appointment = propose_ending(cast.dsl, by=cast.headteacher, reason="Left")
    assert browser.get("/").status_code == 200
    take("confirm", appointment, cast.chair, "Agreed")
    assert browser.get("/").url == "/school/choose/"


def test_a_post_that_two_people_end_on_a_day_lasts_until_that_day(cast):
    day = today() + timedelta(days=5)
    take("confirm", propose_ending(cast.dsl, by=cast.headteacher, reason="Retires", ends_on=day), cast.chair, "Agreed")
    assert cast.dsl.ends_on == day
    assert cast.client("dsl").get("/").status_code == 200


def test_what_has_changed_meanwhile_stands_in_the_way(cast):
    appointment = propose(cast)
    give_post(user=cast.volunteer.user, school=cast.school(), role=Role.DSL)
    with pytest.raises(Refused, match="holds this post already"):
        take("confirm", appointment, cast.chair, "Agreed")
    ending = propose_ending(cast.dsl, by=cast.headteacher, reason="Left")
    dsl = cast.dsl
    dsl.ends_on = today() - timedelta(days=1)
    dsl.save()
    with pytest.raises(Refused, match="ended already"):
        take("confirm", ending, cast.chair, "Agreed")


@pytest.mark.parametrize("again", ["give", "end"])
def test_the_same_is_not_proposed_twice(cast, again):
    propose(cast)
    propose_ending(cast.dsl, by=cast.headteacher, reason="Left")
    with pytest.raises(Refused, match="proposed already"):
        if again == "give":
            propose(cast, by=Role.CHAIR)
        else:
            propose_ending(cast.dsl, by=cast.chair, reason="Left")


def test_days_that_have_passed_are_refused(cast):
    yesterday = today() - timedelta(days=1)
    with pytest.raises(Refused, match="today or later"):
        propose(cast, ends_on=yesterday)
    with pytest.raises(Refused, match="today or later"):
        propose_ending(cast.dsl, by=cast.headteacher, reason="Left", ends_on=yesterday)


def test_several_people_chair_one_board(cast):
    appointment = propose(cast, Role.CHAIR, by=Role.GOVERNOR, person=cast.volunteer, job_title="Co-chair")
    take("confirm", appointment, cast.chair, "Minute 9")
    chairs = Membership.objects.open().filter(school=cast.school(), role=Role.CHAIR)
    assert {post.title for post in chairs} == {"Chair of governors", "Co-chair"}


def test_those_who_may_confirm_are_told_and_find_it_on_their_home_page_and_nobody_else_does(cast):
    appointment = propose(cast, by=Role.TECHNICAL_ADMINISTRATOR)
    told = set(Notification.objects.filter(event="appointment_proposed").values_list("user__name", flat=True))
    assert told == {"Harriet Oakfield", "Chidi Oakfield", "Trevor Oakfield"}
    for role in Role:
        waits = [one.url for one in waiting_for(cast.post(role))]
        expected = [appointment.get_absolute_url()] if role in AGREED[Role.DSL][1] else []
        assert waits == expected, role
    assert appointment.get_absolute_url() in cast.client("trust_officer").get("/").content.decode()


def test_nobody_reads_a_proposal_about_themselves(cast):
    """The head may propose and confirm much, and still learns nothing of a proposal to end the head's own post."""
    ending = propose_ending(cast.headteacher, by=cast.chair, reason="Suspended")
    chair = propose_ending(cast.chair, by=cast.governor, reason="No confidence")
    for role, appointment in ((Role.HEADTEACHER, ending), (Role.CHAIR, chair)):
        client = cast.client(role)
        assert client.get(appointment.get_absolute_url()).status_code == 404
        assert client.post(f"{appointment.get_absolute_url()}step/", WHY | {"step": "confirm"}).status_code == 404
        for page in ("/appointments/", "/", "/history/", "/notifications/"):
            body = client.get(page).content.decode()
            assert appointment.get_absolute_url() not in body
            assert appointment.reason not in body


def test_a_proposal_is_made_decided_and_found_again_on_its_pages(cast):
    head, chair = cast.client("headteacher"), cast.client("chair")
    typed = {"role": "dsl", "who": "here", "person": str(cast.volunteer.pk), "reason": "Trained in October"}
    path = head.post("/appointments/new/", typed).url
    assert "waits for another person" in head.get(path).content.decode()
    assert head.get(f"{path}step/?step=confirm").status_code == 403
    page = chair.get(f"{path}step/?step=confirm")
    assert page.status_code == 200
    assert "reason" in chair.post(f"{path}step/", {"step": "confirm", "reason": ""}).context["form"].errors
    assert chair.post(f"{path}step/", WHY | {"step": "confirm"}).url == path
    assert chair.post(f"{path}step/", WHY | {"step": "confirm"}).status_code == 409
    assert chair.get(f"{path}step/?step=nonsense").status_code == 404
    page = head.get(path).content.decode()
    for words in ("Confirmed", "Trained in October", WHY["reason"], "Chidi Oakfield"):
        assert words in page
    assert "Vera Oakfield" in head.get("/appointments/").content.decode()


def test_the_end_of_a_post_is_proposed_on_its_page(cast):
    head = cast.client("headteacher")
    path = f"/appointments/end/{cast.dsl.pk}/"
    assert "when" in head.post(path, {"reason": "Left"}).context["form"].errors
    made = head.post(path, {"when": "at_once", "reason": "Left"}).url
    assert Appointment.objects.get().get_absolute_url() == made
    assert "proposed already" in head.post(path, {"when": "at_once", "reason": "Left"}).content.decode()
    for post in (cast.chair, cast.teacher, cast.headteacher, cast.post(Role.DSL, "elmwood")):
        assert head.get(f"/appointments/end/{post.pk}/").status_code == 404


def test_a_role_that_somebody_may_not_propose_cannot_be_chosen(cast):
    typed = {"role": "headteacher", "who": "here", "person": str(cast.volunteer.pk), "reason": "Me"}
    response = cast.client("headteacher").post("/appointments/new/", typed)
    assert "role" in response.context["form"].errors
    stranger = cast.post(Role.TEACHER, "elmwood")
    response = cast.client("headteacher").post("/appointments/new/", typed | {"role": "dsl", "person": stranger.pk})
    assert "person" in response.context["form"].errors
    assert not Appointment.objects.exists()


def test_no_dates_end_a_post_that_two_people_end(cast):
    """Changing the days of a post would end it as surely as ending it does."""
    dsl = cast.dsl
    path = f"{dsl.get_absolute_url()}change/"
    page = cast.client("headteacher").get(path).content.decode()
    assert "ends_on_day" not in page
    typed = {
        "employment": "full_time",
        "seniority": 4,
        "ends_on_day": "1",
        "ends_on_month": "9",
        "ends_on_year": "2025",
    }
    cast.client("headteacher").post(path, typed)
    assert cast.dsl.ends_on is None


def test_fifty_appointments_take_as_many_queries_as_one(cast):
    client = cast.client("headteacher")
    propose(cast)
    client.get("/appointments/")
    with CaptureQueriesContext(connection) as few:
        assert len(client.get("/appointments/").context["rows"]) == 1
    for number in range(49):
        user = register_person(email=f"n{number}@oakfield.example", name=f"N {number}", password="z" * 14)
        propose(cast, person=give_post(user=user, school=cast.school(), role=Role.TEACHER))
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/appointments/").context["rows"]) == 25
    assert len(many) == len(few)


# Acting posts and cover.


def away(post):
    post.away_from, post.away_until = today(), today() + timedelta(days=10)
    post.save()
    return post


def test_the_head_names_who_covers_an_absence_and_the_acting_post_ends_by_itself(cast):
    office = away(cast.office)
    path, head = f"{office.get_absolute_url()}cover/", cast.client("headteacher")
    page = head.get(path)
    assert page.context["form"]["ends_on"].value() == office.away_until
    day, last = office.away_from, office.away_until
    typed = {f"starts_on_{part}": getattr(day, part) for part in ("day", "month", "year")}
    typed |= {f"ends_on_{part}": getattr(last, part) for part in ("day", "month", "year")}
    assert head.post(path, typed | {"person": cast.teacher.pk}).url == office.get_absolute_url()
    acting = Membership.objects.get(acting_for=office)
    assert (acting.user, acting.role, acting.title) == (cast.teacher.user, Role.OFFICE, "Acting Office staff")
    assert acting in Membership.objects.present()
    assert acting not in Membership.objects.current(last + timedelta(days=1))
    assert "Who acts in this post" in head.get(office.get_absolute_url()).content.decode()
    assert "Acts for" in head.get(acting.get_absolute_url()).content.decode()
    assert Notification.objects.filter(user=cast.teacher.user, event="post_given").exists()


def test_cover_is_refused_in_words_where_it_makes_no_sense(cast):
    office, days = away(cast.office), {"starts_on": today(), "ends_on": today() + timedelta(days=3)}
    for person, given, words in (
        (cast.headteacher, days, "cannot give yourself"),
        (office, days, "their own absence"),
        (cast.teacher, days | {"ends_on": today() - timedelta(days=1)}, "has a last day"),
    ):
        with pytest.raises(Refused, match=words):
            name_cover(office, person=person, by=cast.headteacher, **given)
    name_cover(office, person=cast.teacher, by=cast.headteacher, **days)
    with pytest.raises(Refused, match="holds this post already"):
        name_cover(office, person=cast.teacher, by=cast.headteacher, **days)


@pytest.mark.parametrize("role", sorted(TWO_PERSON_ROLES))
def test_no_one_person_names_who_acts_in_a_post_that_takes_two(cast, role):
    post = away(cast.post(role))
    for manager in (Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR):
        with pytest.raises(NotAllowed):
            name_cover(post, person=cast.volunteer, by=cast.post(manager), starts_on=today(), ends_on=today())
        assert cast.client(manager).get(f"{post.get_absolute_url()}cover/").status_code == 404


def test_people_of_another_school_neither_cover_nor_are_covered(cast):
    days = {"starts_on": today(), "ends_on": today()}
    with pytest.raises(NotAllowed):
        name_cover(cast.office, person=cast.post(Role.TEACHER, "elmwood"), by=cast.headteacher, **days)
    with pytest.raises(NotAllowed):
        name_cover(cast.post(Role.OFFICE, "elmwood"), person=cast.teacher, by=cast.headteacher, **days)


def test_two_people_make_somebody_acting_headteacher_for_the_absence(cast):
    head = away(cast.headteacher)
    chair, officer = cast.client("chair"), cast.client("trust_officer")
    path = f"/appointments/new/?for={head.pk}"
    assert chair.get(path).context["form"]["starts_on"].value() == head.away_from
    day, last = head.away_from, head.away_until
    typed = {f"starts_on_{part}": getattr(day, part) for part in ("day", "month", "year")}
    typed |= {f"ends_on_{part}": getattr(last, part) for part in ("day", "month", "year")}
    made = chair.post(path, typed | WHY | {"who": "here", "person": cast.deputy_head.pk})
    assert officer.post(f"{made.url}step/", WHY | {"step": "confirm"}).url == made.url
    acting = Membership.objects.get(acting_for=head)
    assert (acting.user, acting.title, acting.ends_on) == (cast.deputy_head.user, "Acting Headteacher", last)
    assert cast.client("deputy_head").get("/people/new/").status_code == 200
    for wrong in (cast.teacher.pk, cast.post(Role.HEADTEACHER, "elmwood").pk, "nonsense"):
        assert chair.get(f"/appointments/new/?for={wrong}").status_code == 404
