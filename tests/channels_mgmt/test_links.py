"""Declared links: who declares, who decides, who sees, what is told and what is kept from others."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog, Membership, Notification, Role, School
from channels_mgmt import links
from channels_mgmt.declarations import remind_undeclared
from channels_mgmt.models import ContactNote, FamilyLink, LinksDeclaration, LinksReminder
from channels_mgmt.rules import can_decide_link, links_decided_by, links_seen_by
from channels_mgmt.selectors import linked_staff, person_named
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_open_to, take
from policyportal.selectors import everything_waiting

PUPIL = "Robin Fieldfare"
TYPED = {"pupil_name": PUPIL, "pupil_class": "Class 4", "relation": "My niece", "platforms": "WhatsApp", "reason": ""}
FAMILY = {
    "pupil_name": PUPIL,
    "pupil_class": "Class 4",
    "adult_name": "Tara Oakfield",
    "relation": "She is my sister",
    "platforms": "",
    "reason": "",
    "declarer_name": "Pat Fieldfare",
    "declarer_contact": "01632 960111",
}


@pytest.fixture(autouse=True)
def asking(cast):
    """The first school asks for declarations; nobody has declared anything."""
    cache.clear()
    ask(cast.school())


def ask(school, *, asks=True):
    school.declares_links = asks
    school.save()


def declared(cast, role="teacher", **facts):
    return links.declare_link(by=cast.post(role), **{**TYPED, **facts})


def by_family(cast, **facts):
    return links.declare_link_by_family(school=cast.school(), **{**FAMILY, **facts})


def page(name, *args):
    return reverse(f"channels:{name}", args=args)


def told(user):
    return set(Notification.objects.filter(user=user).values_list("event", flat=True))


def test_a_member_of_staff_declares_a_link_and_the_head_hears_of_it_without_a_name(cast):
    answer = cast.client("teacher").post(page("link_create"), {**TYPED, "form_token": uuid4()})
    link = FamilyLink.objects.get()
    assert answer.url == link.get_absolute_url()
    assert (link.adult, link.status, link.declared_by) == (cast.teacher.user, "declared", cast.teacher)
    waiting = [one for one in everything_waiting(cast.headteacher) if one.url == link.get_absolute_url()]
    assert [one.title for one in waiting] == ["Decide on a link with a family"]
    assert "link_declared" in told(cast.headteacher.user)
    mail = OutboxMail.objects.get(to=cast.headteacher.user)
    written = f"{mail.subject} {mail.path} {waiting} {list(Notification.objects.values('subject'))}"
    assert "Robin" not in written and "Fieldfare" not in written


def test_a_form_sent_twice_is_one_declaration(cast):
    staff, family = uuid4(), uuid4()
    for _ in range(2):
        cast.client("teacher").post(page("link_create"), {**TYPED, "form_token": staff})
        Client().post(page("public_link", "oakfield"), {**FAMILY, "form_token": family})
    assert FamilyLink.objects.filter(form_token=staff).count() == 1
    assert FamilyLink.objects.filter(form_token=family).count() == 1


def test_a_name_must_be_a_full_one_and_what_was_typed_is_kept(cast):
    answer = cast.client("teacher").post(page("link_create"), {**TYPED, "pupil_name": "Robin"})
    assert answer.context["form"].errors == {"pupil_name": ["Enter the first name and the surname"]}
    assert b"My niece" in answer.content and not FamilyLink.objects.exists()


def test_declaring_answers_the_declaration_with_yes(cast):
    declared(cast)
    assert LinksDeclaration.objects.get(user=cast.teacher.user).has_links


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [("approve", None, "approved"), ("refuse", None, "refused"), ("end", "approve", "ended")],
)
def test_the_head_decides_and_whoever_declared_it_is_told_with_the_reason(cast, step, before, after):
    link = declared(cast)
    if before:
        take(before, link, cast.headteacher)
    why = {"step": step, "reason": "We talked about it."}
    cast.client("headteacher").post(page("link_step", link.pk), why)
    link.refresh_from_db()
    assert (link.status, link.decided_by) == (after, cast.headteacher)
    assert "link_decided" in told(cast.teacher.user)
    theirs = cast.client("teacher").get(link.get_absolute_url()).content.decode()
    assert link.get_status_display() in theirs
    assert ("We talked about it." in theirs) == (step != "approve")


@pytest.mark.parametrize("step", ["refuse", "end"])
def test_refusing_and_ending_need_a_reason(cast, step):
    link = declared(cast)
    if step == "end":
        take("approve", link, cast.headteacher)
    answer = cast.client("headteacher").post(page("link_step", link.pk), {"step": step, "reason": " "})
    assert answer.status_code == 200 and answer.context["form"].errors
    with pytest.raises(Refused):
        take(step, link, cast.headteacher)


def test_every_step_is_open_to_the_head_alone_and_the_server_agrees(cast):
    link = declared(cast)
    for role in Role.values:
        post = cast.post(role)
        names = {step.name for step in steps_open_to(post, link)}
        assert names == ({"approve", "refuse"} if role == Role.HEADTEACHER else set()), role
        if not names:
            for step in ("approve", "refuse", "end"):
                with pytest.raises(NotAllowed):
                    take(step, link, post, "Because")
    assert not can_decide_link(cast.post("headteacher", "elmwood"), link)


def test_nobody_decides_on_their_own_link_the_chair_decides_on_the_head_s(cast):
    link = declared(cast, "headteacher")
    assert steps_open_to(cast.headteacher, link) == []
    assert cast.client("headteacher").post(page("link_step", link.pk), {"step": "approve"}).status_code == 404
    assert "link_declared" in told(cast.chair.user) and "link_declared" not in told(cast.headteacher.user)
    assert any(one.url == link.get_absolute_url() for one in everything_waiting(cast.chair))
    assert cast.client("chair").post(page("link_step", link.pk), {"step": "approve"}).status_code == 302
    link.refresh_from_db()
    assert (link.status, link.decided_by) == ("approved", cast.chair)
    assert "link_decided" in told(cast.headteacher.user)


def test_the_chair_sees_no_link_but_the_head_s(cast):
    mine, heads = declared(cast), declared(cast, "headteacher")
    assert list(links_seen_by(cast.chair)) == [heads]
    assert cast.client("chair").get(mine.get_absolute_url()).status_code == 404
    assert cast.client("chair").get(heads.get_absolute_url()).status_code == 200
    assert cast.client("chair").get(page("link_list")).status_code == 403


def test_a_late_click_is_told_what_was_decided(cast):
    link = declared(cast)
    take("approve", link, cast.headteacher)
    late = cast.client("headteacher").post(page("link_step", link.pk), {"step": "refuse", "reason": "No"})
    assert late.status_code == 409 and "Approved exception" in late.content.decode()
    with pytest.raises(TooLate):
        take("approve", link, cast.headteacher)


def test_everybody_sees_their_own_links_and_nobody_else_s(cast):
    link = declared(cast)
    for role in set(Role.values) - {Role.HEADTEACHER, Role.TEACHER}:
        client = cast.client(role)
        assert client.get(link.get_absolute_url()).status_code in (403, 404), role
        assert PUPIL not in client.get(page("own_link_list")).content.decode(), role
        assert PUPIL not in client.get("/history/", follow=True).content.decode(), role
    own = cast.client("teacher").get(page("own_link_list")).content.decode()
    assert PUPIL in own and "Waiting for a decision" in own
    assert PUPIL in cast.client("headteacher").get(page("link_list")).content.decode()


def test_the_history_of_a_link_is_for_the_head_alone(cast):
    link = declared(cast)
    entry = reverse("portal:audit_entry", args=["familylink", link.pk, 1])
    assert PUPIL in cast.client("headteacher").get(entry).content.decode()
    for role in ("deputy_head", "dsl", "chair", "trust_officer"):
        assert cast.client(role).get(entry).status_code == 404


def test_no_page_title_names_a_pupil(cast):
    link = declared(cast)
    for role in ("teacher", "headteacher"):
        for path in (link.get_absolute_url(), page("own_link_list"), "/"):
            title = cast.client(role).get(path).content.decode().split("<title>")[1].split("</title>")[0]
            assert "Robin" not in title


def test_whoever_decides_leaves_a_mark_for_having_looked(cast):
    link = declared(cast)
    cast.client("teacher").get(link.get_absolute_url())
    assert not AccessLog.objects.filter(object_id=link.pk).exists()
    cast.client("headteacher").get(link.get_absolute_url())
    assert AccessLog.objects.get(object_id=link.pk).user == cast.headteacher.user


@pytest.mark.parametrize("name", ["link_detail", "link_step", "link_name", "link_told"])
def test_an_unknown_link_one_of_another_school_and_one_of_another_person_are_not_there(cast, name):
    ask(cast.school("elmwood"))
    theirs = links.declare_link(by=cast.post("teacher", "elmwood"), **TYPED)
    of_another = declared(cast)
    head, assistant = cast.client("headteacher"), cast.client("support_staff")
    for client, pk in ((head, uuid4()), (head, theirs.pk), (assistant, of_another.pk)):
        assert client.post(page(name, pk), {"step": "refuse", "reason": "No"}).status_code == 404
    assert set(FamilyLink.objects.values_list("status", flat=True)) == {"declared"}


def test_a_step_that_does_not_exist_is_not_there(cast):
    assert cast.client("headteacher").get(page("link_step", declared(cast).pk) + "?step=burn").status_code == 404


def test_looking_at_what_is_only_posted_to_is_refused(cast):
    assert cast.client("headteacher").get(page("link_told", by_family(cast).pk)).status_code == 405


def test_a_family_declares_without_an_account_and_reads_first_who_reads_it(cast):
    client = Client()
    form = client.get(page("public_link", "oakfield")).content.decode()
    assert form.index("Who reads this") < form.index("Full name of your child")
    answer = client.post(page("public_link", "oakfield"), {**FAMILY, "form_token": uuid4()})
    assert answer.url == page("public_link_thanks", "oakfield")
    thanks = client.get(answer.url).content.decode()
    assert PUPIL not in thanks and "Thank you" in thanks
    link = FamilyLink.objects.get()
    assert (link.adult, link.declared_by, link.declarer_contact) == (cast.teacher.user, None, "01632 960111")


def test_where_no_school_asks_there_is_no_such_page(cast):
    ask(cast.school(), asks=False)
    for name in ("public_link", "public_link_thanks"):
        assert Client().get(page(name, "oakfield")).status_code == 404
    for name in ("link_create", "links_answer"):
        assert cast.client("teacher").get(page(name)).status_code == 404
    assert cast.client("office").get(page("link_notice")).status_code == 404
    assert "Links with families" not in cast.client("teacher").get("/").content.decode()
    with pytest.raises(Refused):
        declared(cast)
    with pytest.raises(Refused):
        by_family(cast)
    with pytest.raises(Refused):
        links.answer_declaration(by=cast.teacher, has_links=False)


def test_the_head_says_in_the_settings_whether_the_school_asks(cast):
    ask(cast.school(), asks=False)
    head = cast.client("headteacher")
    form = head.get("/school/settings/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert head.post("/school/settings/", typed | {"declares_links": "on"}).status_code == 302
    assert cast.school().declares_links and "Links with families" in cast.client("teacher").get("/").content.decode()


def test_who_may_not_declare_is_refused(cast):
    for role in ("dpo", "technical_administrator", "trust_officer"):
        assert cast.client(role).get(page("link_create")).status_code == 403
        with pytest.raises(NotAllowed):
            declared(cast, role)
        with pytest.raises(NotAllowed):
            links.answer_declaration(by=cast.post(role), has_links=True)


def test_many_declarations_from_one_place_ask_a_further_tick_and_refuse_nobody(cast):
    for _ in range(5):
        assert Client().post(page("public_link", "oakfield"), {**FAMILY, "form_token": uuid4()}).status_code == 302
    held = Client().post(page("public_link", "oakfield"), {**FAMILY, "form_token": uuid4()})
    assert held.status_code == 200 and "once" in held.context["form"].errors
    assert FamilyLink.objects.count() == 5
    sent = {**FAMILY, "form_token": uuid4(), "once": "on"}
    assert Client().post(page("public_link", "oakfield"), sent).status_code == 302
    assert FamilyLink.objects.count() == 6
    ask(cast.school("elmwood"))
    assert "once" not in Client().get(page("public_link", "elmwood")).context["form"].fields


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("Tara Oakfield", "teacher"),
        ("tara  OAKFIELD, class 3", "teacher"),
        ("The headteacher", "headteacher"),
        ("Mrs Oakfield", None),
        ("Somebody", None),
        ("", None),
    ],
)
def test_a_typed_name_means_a_person_only_where_it_is_beyond_doubt(cast, typed, role):
    assert person_named(cast.school(), typed) == (cast.post(role).user if role else None)


def test_a_title_and_surname_mean_the_one_person_who_has_it(cast):
    user = cast.teacher.user
    user.name = "Tara O’Malley"
    user.save()
    assert person_named(cast.school(), "Mrs O'Malley") == user
    assert person_named(cast.school(), "O'Malley Coaches") is None


def test_an_adult_whom_nobody_knows_is_named_by_the_head_before_it_is_approved(cast):
    link = by_family(cast, adult_name="The lady in Year 4")
    head = cast.client("headteacher")
    asked = head.post(page("link_step", link.pk), {"step": "approve"})
    assert asked.url == page("link_name", link.pk)
    assert "Say first which member of staff" in head.get(asked.url).content.decode()
    foreign = head.post(page("link_name", link.pk), {"person": cast.post("teacher", "elmwood").pk})
    assert "person" in foreign.context["form"].errors
    head.post(page("link_name", link.pk), {"person": cast.teacher.pk})
    assert head.post(page("link_step", link.pk), {"step": "approve"}).url == link.get_absolute_url()
    link.refresh_from_db()
    assert (link.status, link.adult) == ("approved", cast.teacher.user)
    with pytest.raises(Refused):
        links.name_adult(link, by=cast.headteacher, person=cast.office)


def test_a_head_who_is_meant_hands_the_link_to_the_chair_by_saying_so(cast):
    link = by_family(cast, adult_name="H.")
    head = cast.client("headteacher")
    assert head.post(page("link_name", link.pk), {"person": cast.headteacher.pk}).url == page("link_list")
    assert steps_open_to(cast.headteacher, FamilyLink.objects.get()) == []
    assert list(links_decided_by(cast.chair)) == [link] and "link_declared" in told(cast.chair.user)


def test_what_a_family_declared_is_unknown_to_the_adult_until_it_is_approved_and_then_without_the_family_s_words(cast):
    link = by_family(cast, reason="They met at the allotment.")
    client = cast.client("teacher")
    assert client.get(link.get_absolute_url()).status_code == 404
    assert PUPIL not in client.get(page("own_link_list")).content.decode()
    take("approve", link, cast.headteacher)
    theirs = client.get(link.get_absolute_url()).content.decode()
    assert PUPIL in theirs and "link_decided" in told(cast.teacher.user)
    for word in ("Pat Fieldfare", "01632 960111", "allotment"):
        assert word not in theirs


def test_a_refusal_of_what_a_family_declared_is_not_told_to_the_adult(cast):
    link = by_family(cast)
    take("refuse", link, cast.headteacher, "Not a link that we can agree to.")
    assert "link_decided" not in told(cast.teacher.user)
    assert cast.client("teacher").get(link.get_absolute_url()).status_code == 404


def test_the_head_is_reminded_that_the_office_tells_the_family_until_that_is_noted(cast):
    link = by_family(cast)
    take("approve", link, cast.headteacher)
    assert link.get_absolute_url() in {one.url for one in everything_waiting(cast.headteacher)}
    client = cast.client("headteacher")
    assert "01632 960111" in client.get(link.get_absolute_url()).content.decode()
    for _ in range(2):
        assert client.post(page("link_told", link.pk)).status_code == 302
    link.refresh_from_db()
    assert link.declarer_told_at and link.history.count() == 3
    assert link.get_absolute_url() not in {one.url for one in everything_waiting(cast.headteacher)}
    take("end", link, cast.headteacher, "The child has left.")
    assert link.get_absolute_url() in {one.url for one in everything_waiting(cast.headteacher)}


def test_there_is_nothing_to_tell_of_a_link_that_staff_declared_or_that_is_undecided(cast):
    for link in (declared(cast), by_family(cast)):
        with pytest.raises(Refused):
            links.record_told(link, by=cast.headteacher)
        with pytest.raises(NotAllowed):
            links.record_told(link, by=cast.office)
    assert cast.client("headteacher").post(page("link_told", declared(cast).pk)).status_code == 302


def test_contact_is_noted_once_under_ones_own_approved_link_alone(cast):
    link, token = declared(cast), uuid4()
    with pytest.raises(Refused):
        links.note_contact(link, by=cast.teacher, form_token=token)
    take("approve", link, cast.headteacher)
    with pytest.raises(NotAllowed):
        links.note_contact(link, by=cast.office, form_token=token)
    first = links.note_contact(link, by=cast.teacher, form_token=token, words="A birthday card")
    assert links.note_contact(link, by=cast.teacher, form_token=token) == first
    assert ContactNote.objects.count() == 1
    for role in ("teacher", "headteacher"):
        assert "A birthday card" in cast.client(role).get(link.get_absolute_url()).content.decode()


def test_links_that_count_are_found_by_the_pupil_s_full_name_alone(cast):
    link = declared(cast, pupil_name="Robin O’Fieldfare")
    school, teacher = cast.school(), frozenset({cast.teacher.user_id})
    for text in ("robin o'fieldfare", "It was ROBIN OFIELDFARE, class 4", "Robin O’Fieldfare."):
        assert linked_staff(school, text) == teacher
    for text in ("Robin", "Fieldfare", "Robina O'Fieldfare", ""):
        assert linked_staff(school, text) == frozenset()
    assert linked_staff(cast.school("elmwood"), "Robin O'Fieldfare") == frozenset()
    take("refuse", link, cast.headteacher, "No")
    assert linked_staff(school, "Robin O'Fieldfare") == frozenset()


def test_an_answer_is_asked_until_it_is_given_yes_or_no(cast):
    owed = [one for one in everything_waiting(cast.teacher) if one.url == page("links_answer")]
    assert owed[0].due == today() + timedelta(days=cast.school().acknowledgement_days)
    client = cast.client("teacher")
    assert client.post(page("links_answer"), {"has_links": ""}).context["form"].errors
    assert client.post(page("links_answer"), {"has_links": "no"}).url == "/"
    assert not [one for one in everything_waiting(cast.teacher) if one.url == page("links_answer")]
    assert "You said that you have no links" in client.get(page("own_link_list")).content.decode()
    assert client.post(page("links_answer"), {"has_links": "yes"}).url == page("link_create")


def test_the_office_hands_out_the_form_and_nobody_else_has_it(cast):
    notice = cast.client("office").get(page("link_notice")).content.decode()
    assert f"http://testserver{page('public_link', 'oakfield')}" in notice
    assert cast.client("teacher").get(page("link_notice")).status_code == 403


@pytest.mark.parametrize("path", ["link_list", "own_link_list"])
def test_a_list_costs_the_same_with_one_link_and_with_fifty(cast, path):
    role = "headteacher" if path == "link_list" else "teacher"
    client = cast.client(role)
    declared(cast)
    client.get(page(path))
    with CaptureQueriesContext(connection) as few:
        client.get(page(path))
    for number in range(49):
        declared(cast, pupil_name=f"Robin Fieldfare{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(page(path))
    assert len(many) == len(few)


def test_the_head_s_list_goes_by_how_a_link_stands_and_nonsense_shows_what_waits(cast):
    waiting, approved = declared(cast), declared(cast, pupil_name="Jay Wren")
    take("approve", approved, cast.headteacher)
    client = cast.client("headteacher")
    assert [link.pk for link in client.get(page("link_list")).context["page"]] == [waiting.pk]
    for show, shown in (("approved", [approved.pk]), ("ended", []), ("nonsense", [waiting.pk])):
        assert [link.pk for link in client.get(page("link_list"), {"show": show}).context["page"]] == shown


# Reminders of the declaration


def reminded(role="teacher"):
    return list(
        LinksReminder.objects.filter(user__email=f"{'tara' if role == 'teacher' else role}@oakfield.example")
        .order_by("owed_on")
        .values_list("stage", "superseded")
    )


def only_teacher(cast):
    """Everybody but the teacher has answered."""
    for post in Membership.objects.filter(school=cast.school()).exclude(pk=cast.teacher.pk).select_related("user"):
        LinksDeclaration.objects.create(
            school=cast.school(), user=post.user, has_links=False, answered_at=post.accepted_at
        )


def test_an_unanswered_declaration_is_reminded_at_once_at_half_time_when_due_and_weekly(cast):
    only_teacher(cast)
    start = today()
    days = cast.school().acknowledgement_days
    told_on = [number for number in range(days + 15) if remind_undeclared(start + timedelta(days=number))]
    assert told_on == [0, days // 2, days, days + 7, days + 14]
    assert reminded() == [(days, False), (days - days // 2, False), (0, False), (-7, False), (-14, False)]


def test_running_it_again_tells_nobody_twice(cast):
    only_teacher(cast)
    assert remind_undeclared() == 1
    assert remind_undeclared() == 0
    assert Notification.objects.filter(event="links_answer_owed").count() == 1


def test_after_an_outage_the_latest_is_told_and_the_others_are_marked(cast):
    only_teacher(cast)
    days = cast.school().acknowledgement_days
    assert remind_undeclared(today() + timedelta(days=days + 8)) == 4
    assert [superseded for _, superseded in reminded()] == [True, True, True, False]
    assert Notification.objects.filter(event="links_answer_owed").count() == 1
    assert OutboxMail.objects.waiting().filter(to=cast.teacher.user).count() == 1


def test_a_mail_still_unsent_gives_way_to_the_next_reminder(cast):
    only_teacher(cast)
    remind_undeclared()
    remind_undeclared(today() + timedelta(days=cast.school().acknowledgement_days))
    mails = OutboxMail.objects.filter(to=cast.teacher.user)
    assert mails.waiting().count() == 1 and mails.exclude(superseded_at=None).count() == 1


def test_an_answer_stops_the_reminders(cast):
    only_teacher(cast)
    remind_undeclared()
    links.answer_declaration(by=cast.teacher, has_links=False)
    assert remind_undeclared(today() + timedelta(days=60)) == 0


def test_whoever_joins_later_is_reminded_from_their_first_day(cast):
    only_teacher(cast)
    post = cast.teacher
    post.starts_on = today() + timedelta(days=30)
    post.save()
    assert remind_undeclared(today() + timedelta(days=29)) == 0
    assert remind_undeclared(today() + timedelta(days=30)) == 1
    assert LinksReminder.objects.get().owed_on == today() + timedelta(days=30)


def test_a_person_with_two_posts_is_reminded_once(cast):
    only_teacher(cast)
    Membership.objects.create(school=cast.school(), user=cast.teacher.user, role=Role.GOVERNOR)
    assert remind_undeclared() == 1


def test_a_post_that_was_not_taken_up_and_a_school_that_does_not_ask_remind_nobody(cast):
    only_teacher(cast)
    post = cast.teacher
    post.accepted_at = None
    post.save()
    assert remind_undeclared() == 0
    post.accepted_at = post.created_at
    post.save()
    ask(cast.school(), asks=False)
    assert remind_undeclared() == 0


def test_a_school_that_begins_to_ask_again_gives_everybody_the_days_anew(cast):
    only_teacher(cast)
    ask(cast.school(), asks=False)
    ask(cast.school())
    rows = School.history.filter(id=cast.school().pk, declares_links=True)
    assert rows.count() == 2 and remind_undeclared() == 1
    assert LinksReminder.objects.get().stage == cast.school().acknowledgement_days
