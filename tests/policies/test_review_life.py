"""Reviews from opening to closing, and suggestions: every status, step and role, and what each tells whom."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification, Role
from policies import services
from policies.models import PolicyVersion, Review, Suggestion
from policies.selectors import waiting_for
from policyportal.due import run_due
from policyportal.lib.dates import LONDON, today
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take
from tests.cast import FIRST_NAMES

FOUND = {"reviewed_on": date(2026, 3, 10), "review_due_on": None, "note": "No change"}
DUE = date(2026, 4, 30)


def at(day: date):
    """Stop the clock in London on a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=LONDON), tick=False)


@pytest.fixture
def version(desk):
    """A version in force since January whose review is due at the end of April."""
    with at(date(2026, 1, 12)):
        return desk.published(review_due_on=DUE, review_due_on_precision="day", policy={"for_staff": False})


def opened(cast, version, **facts) -> Review:
    return services.open_review(
        version.policy, by=cast.headteacher, **{"trigger": "guidance", "reason": "New advice", **facts}
    )


def suggested(cast, version) -> Suggestion:
    return services.suggest(version.policy, by=cast.teacher, text="Say what a group chat is.")


def test_the_schedule_opens_one_review_when_its_first_milestone_falls_and_never_a_second(cast, version):
    assert services.open_due_reviews(DUE - timedelta(days=91)) == 0
    assert services.open_due_reviews(DUE - timedelta(days=90)) == 1
    assert services.open_due_reviews(DUE - timedelta(days=90)) == 0
    assert services.open_due_reviews(DUE + timedelta(days=400)) == 0
    review = Review.objects.get()
    assert (review.trigger, review.due_on, review.opened_by) == ("yearly", DUE, None)
    assert review.version == version


def test_a_schedule_that_was_away_for_a_month_opens_it_then(version):
    assert services.open_due_reviews(DUE - timedelta(days=60)) == 1


def test_the_sweep_opens_reviews(version):
    with at(DUE):
        assert run_due()["reviews opened"] == 1


def test_a_schools_own_milestones_say_when_and_a_policys_own_go_before_them(cast, version):
    school = cast.school()
    school.review_milestones = [20, 0]
    school.save()
    assert services.open_due_reviews(DUE - timedelta(days=21)) == 0
    version.policy.review_milestones = [40]
    version.policy.save()
    assert services.open_due_reviews(DUE - timedelta(days=41)) == 0
    assert services.open_due_reviews(DUE - timedelta(days=40)) == 1


def test_closed_with_a_new_version_on_its_way_the_schedule_opens_none_beside_it(cast, version):
    services.open_due_reviews(DUE)
    services.close_with_version(Review.objects.get(), by=cast.headteacher, **FOUND)
    assert services.open_due_reviews(DUE) == 0


@pytest.mark.parametrize("status", Review.Status.values)
def test_a_review_is_closed_by_whoever_keeps_the_policy_and_by_nobody_else(cast, version, status):
    review = opened(cast, version)
    if status == Review.Status.CLOSED:
        review = services.close_as_kept(review, by=cast.headteacher, **FOUND)
    assert review.status == status
    wanted = {"keep", "renew"} if status == Review.Status.OPENED else set()
    for role in FIRST_NAMES:
        actor = cast.post(role)
        may = wanted if role == Role.HEADTEACHER else set()
        assert {step.name for step in steps_open_to(actor, review)} == may, role
        for step in steps_of(Review):
            if step.name not in may:
                with pytest.raises((NotAllowed, TooLate)):
                    take(step.name, review, actor, "Why")
            with pytest.raises(NotAllowed):
                take(step.name, review, cast.post(role, "riverside"), "Why")


@pytest.mark.parametrize("status", Suggestion.Status.values)
def test_a_suggestion_is_answered_by_whoever_keeps_the_policy_and_by_nobody_else(cast, version, status):
    suggestion = suggested(cast, version)
    step = {"taken_up": "take_up", "declined": "decline"}.get(status)
    if step:
        suggestion = services.answer_suggestion(suggestion, step, by=cast.headteacher, answer="Thank you.")
    assert suggestion.status == status
    for role in FIRST_NAMES:
        may = {"take_up", "decline"} if role == Role.HEADTEACHER and status == Suggestion.Status.MADE else set()
        assert {one.name for one in steps_open_to(cast.post(role), suggestion)} == may, role
        for one in steps_of(Suggestion):
            if one.name not in may:
                with pytest.raises((NotAllowed, TooLate)):
                    take(one.name, suggestion, cast.post(role), answer="No")
            with pytest.raises(NotAllowed):
                take(one.name, suggestion, cast.post(role, "riverside"), answer="No")


def test_opening_one_out_of_turn_needs_a_keeper_a_reason_a_day_to_come_and_a_version_in_force(cast, desk, version):
    for actor in (cast.teacher, cast.chair, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.open_review(version.policy, by=actor, trigger="needs", reason="Why")
    for facts, words in (
        ({"reason": " "}, "Say why"),
        ({"due_on": today() - timedelta(days=1)}, "must not have passed"),
    ):
        with pytest.raises(Refused, match=words):
            opened(cast, version, **facts)
    with pytest.raises(Refused, match="nothing to review yet"):
        services.open_review(desk.policy(title="New"), by=cast.headteacher, trigger="needs", reason="Why")
    assert not Review.objects.exists()


def test_recording_a_review_closes_the_one_that_is_open_for_its_date(cast, version):
    services.open_due_reviews(DUE)
    dated = services.record_review(version, by=cast.headteacher, **FOUND)
    review = Review.objects.get()
    assert (review.status, review.result, review.reviewed_on) == ("closed", "kept", date(2026, 3, 10))
    assert dated.last_reviewed_on == date(2026, 3, 10)
    assert str(dated.review_due) == "10 March 2027"


def test_a_review_recorded_twice_by_two_presses_is_recorded_once(cast, version):
    services.record_review(version, by=cast.headteacher, **FOUND)
    with pytest.raises(Refused, match="recorded already"):
        services.record_review(version, by=cast.headteacher, **FOUND)
    assert Review.objects.count() == 1


def test_a_new_version_is_drafted_by_closing_and_dates_the_next_review_as_it_is_published(cast, desk, version):
    review = opened(cast, version, trigger="legislation", reason="A new Act")
    with at(date(2026, 3, 10)):
        closed = services.close_with_version(
            review, by=cast.headteacher, **{**FOUND, "review_due_on": date(2027, 1, 31), "note": "Section 3 is old"}
        )
        draft = closed.led_to
        assert (draft.number, draft.status, draft.trigger) == (2, "drafted", "legislation")
        version.refresh_from_db()
        assert version.review_due_on == DUE
        published = desk.publish(draft)
    assert (published.last_reviewed_on, published.review_due_on) == (date(2026, 3, 10), date(2027, 1, 31))
    assert published.last_reviewed_note == "Section 3 is old"


def test_a_review_that_names_no_date_leaves_the_next_one_to_the_cycle(cast, desk, version):
    closed = services.close_with_version(opened(cast, version), by=cast.headteacher, **FOUND)
    published = desk.publish(closed.led_to)
    assert (published.review_due_on, str(published.review_due)) == (None, "10 March 2027")


def test_a_draft_that_is_on_its_way_is_the_version_that_a_review_leads_to(cast, version):
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="Begun already")
    assert services.close_with_version(opened(cast, version), by=cast.headteacher, **FOUND).led_to == draft


def test_publishing_a_new_version_closes_the_yearly_review_and_its_own_cause_and_no_other(cast, desk, version):
    services.open_due_reviews(DUE)
    for trigger in ("guidance", "incident"):
        opened(cast, version, trigger=trigger)
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="New advice", trigger="guidance")
    published = desk.publish(draft)
    closed = {review.trigger: review for review in Review.objects.filter(status="closed")}
    assert set(closed) == {"yearly", "guidance"}
    assert {(one.result, one.led_to, one.reviewed_on) for one in closed.values()} == {
        ("new_version", published, today())
    }
    assert "Version 2 was published" in closed["yearly"].history.first().history_change_reason
    assert not any("Review" in one.title for one in waiting_for(cast.headteacher) if one.due == DUE)


def test_a_review_with_questions_stays_open_and_then_leads_to_the_version_in_force(cast, desk, version):
    version.policy.review_questions = ["Does it meet pupils' needs?"]
    version.policy.save()
    services.open_due_reviews(DUE)
    published = desk.publish(services.draft_next_version(version.policy, by=cast.headteacher, reason="Old"))
    [review] = Review.objects.open()
    answered = {**FOUND, "answers": {"Does it meet pupils' needs?": "It does"}, "note": "Looked through"}
    assert services.close_with_version(review, by=cast.headteacher, **answered).led_to == published
    published.refresh_from_db()
    assert (published.last_reviewed_on, published.last_reviewed_note) == (date(2026, 3, 10), "Looked through")
    assert published.review_answers == answered["answers"]
    assert not version.policy.versions.filter(status="drafted").exists()


@pytest.mark.parametrize("close", [services.close_as_kept, services.close_with_version])
def test_either_way_of_closing_needs_every_question_and_a_next_review_that_lies_ahead(cast, version, close):
    version.policy.review_questions = ["Latest advice"]
    version.policy.save()
    review = opened(cast, version)
    with pytest.raises(Refused, match="Say what the review found on this: Latest advice."):
        close(review, by=cast.headteacher, **FOUND)
    with pytest.raises(Refused, match="must come after this one"):
        close(review, by=cast.headteacher, **{**FOUND, "review_due_on": date(2026, 3, 10)})
    review.refresh_from_db()
    assert review.status == "opened" and version.policy.versions.count() == 1
    close(review, by=cast.headteacher, answers={"Latest advice": "None"}, **FOUND)
    with pytest.raises(TooLate):
        close(review, by=cast.headteacher, answers={"Latest advice": "None"}, **FOUND)


def test_the_page_closes_a_review_and_tells_what_came_of_it(cast, version):
    review = opened(cast, version)
    head, address = cast.client("headteacher"), reverse("policies:review_step", args=[review.pk])
    assert head.get(address, {"step": "dance"}).status_code == 404
    assert "Policy stays as it is" in head.get(address, {"step": "keep"}).content.decode()
    day = {"reviewed_on_day": "10", "reviewed_on_month": "3", "reviewed_on_year": "2026"}
    assert "Enter what the review found" in head.post(address, {"step": "keep", **day}).content.decode()
    page = head.post(address, {"step": "keep", "note": "All is well", **day}, follow=True).content.decode()
    assert "All is well" in page and "Stays as it is" in page
    late = head.post(address, {"step": "keep", "note": "Again", **day}, follow=True).content.decode()
    assert "already been changed" in late and "Again" not in late


def test_the_page_opens_one_out_of_turn_and_governors_read_why_but_others_do_not(cast, version):
    address = reverse("policies:review_create", args=[version.policy_id])
    head = cast.client("headteacher")
    assert "There is a problem" in head.post(address, {"trigger": "guidance"}).content.decode()
    head.post(address, {"trigger": "guidance", "reason": "Advice of May"})
    review = Review.objects.get()
    for role in ("governor", "chair", "deputy_head"):
        page = cast.client(role).get(review.get_absolute_url()).content.decode()
        assert "Good practice guidance" in page and "Advice of May" in page
        assert "Policy stays as it is" not in page
    assert cast.client("teacher").get(review.get_absolute_url()).status_code == 403
    assert cast.client("governor", "riverside").get(review.get_absolute_url()).status_code == 404
    listed = cast.client("governor").get(reverse("policies:review_list")).content.decode()
    assert "Good practice guidance" in listed


def test_the_page_shows_both_dates_where_the_cycle_differs_from_what_is_stated(cast, version):
    review = opened(cast, version)
    page = cast.client("headteacher").get(review.get_absolute_url()).content.decode()
    assert "30 April 2026" in page and "March 2027" in page


def test_an_open_review_waits_for_the_head_and_for_nobody_else(cast, version):
    review = opened(cast, version, due_on=today() + timedelta(days=300))
    found = [one for one in waiting_for(cast.headteacher) if one.url == review.get_absolute_url()]
    assert [(one.title, one.detail) for one in found] == [("Review: Social media policy", "Good practice guidance")]
    for role in ("deputy_head", "chair", "teacher"):
        assert review.get_absolute_url() not in [one.url for one in waiting_for(cast.post(role))]


def test_a_suggestion_for_a_clause_reaches_the_head_and_its_answer_whoever_made_it(cast, version):
    clause = version.clauses.first()
    teacher, head = cast.client("teacher"), cast.client("headteacher")
    page = teacher.get(clause.get_absolute_url()).content.decode()
    address = reverse("policies:suggestion_create", args=[version.policy_id], query={"clause": clause.pk})
    assert address.replace("&", "&amp;") in page
    assert clause.text in teacher.get(address).content.decode()
    assert "There is a problem" in teacher.post(address, {"text": ""}).content.decode()
    teacher.post(address, {"text": "Say what a group chat is."})
    suggestion = Suggestion.objects.get()
    assert (suggestion.clause, suggestion.suggested_by) == (clause, cast.user("teacher"))
    told = Notification.objects.filter(event="suggestion_made")
    assert [one.user_id for one in told] == [cast.headteacher.user_id]
    step = reverse("policies:suggestion_step", args=[suggestion.pk])
    assert "There is a problem" in head.post(step, {"step": "take_up", "answer": ""}).content.decode()
    head.post(step, {"step": "take_up", "answer": "It is in the draft."})
    assert "It is in the draft." in teacher.get(suggestion.get_absolute_url()).content.decode()
    assert Notification.objects.filter(event="suggestion_answered").get().user == cast.user("teacher")
    late = head.post(step, {"step": "decline", "answer": "No"}, follow=True).content.decode()
    assert "already been changed" in late


def test_a_suggestion_is_read_by_its_author_and_by_leaders_alone(cast, version):
    suggestion = suggested(cast, version)
    for role, status in (("teacher", 200), ("deputy_head", 200), ("support_staff", 404), ("governor", 404)):
        assert cast.client(role).get(suggestion.get_absolute_url()).status_code == status, role
    assert suggestion.text in cast.client("teacher").get(reverse("policies:suggestion_list")).content.decode()
    assert suggestion.text not in cast.client("office").get(reverse("policies:suggestion_list")).content.decode()


def test_only_whom_a_policy_concerns_suggests_and_only_about_its_own_clauses(cast, desk, version):
    for actor in (cast.post("trust_officer"), cast.post("teacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.suggest(version.policy, by=actor, text="Why")
    with pytest.raises(Refused):
        services.suggest(version.policy, by=cast.teacher, text=" ")
    other = desk.published(policy={"title": "Another policy"}).clauses.first()
    with pytest.raises(Refused, match="another policy"):
        services.suggest(version.policy, by=cast.teacher, text="Why", clause=other)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("page", ["policies:review_list", "policies:suggestion_list"])
def test_a_list_costs_the_same_with_one_row_and_with_fifty(cast, version, page):
    client = cast.client("headteacher")
    opened(cast, version)
    suggested(cast, version)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(page)).status_code == 200
        return len(found)

    queries()
    before = queries()
    for number in range(49):
        opened(cast, version, reason=f"Reason {number}")
        suggested(cast, version)
    assert queries() <= before


def test_a_review_of_a_policy_of_two_schools_is_one_review_for_both(cast, desk):
    version = desk.published("oakfield", "elmwood", review_due_on=DUE, review_due_on_precision="day")
    services.open_due_reviews(DUE)
    review = Review.objects.get(version=version)
    for school in ("oakfield", "elmwood"):
        assert cast.client("headteacher", school).get(review.get_absolute_url()).status_code == 200
    assert cast.client("headteacher", "riverside").get(review.get_absolute_url()).status_code == 404
    services.close_as_kept(review, by=cast.post("headteacher", "elmwood"), **FOUND)
    assert PolicyVersion.objects.get(pk=version.pk).last_reviewed_on == date(2026, 3, 10)


@pytest.mark.parametrize("way", ["submitted", "approved"])
def test_a_review_does_not_date_a_version_whose_dates_are_being_signed(cast, desk, version, way):
    review = opened(cast, version)
    draft = getattr(desk, way)(desk.draft(version.policy))
    with pytest.raises(Refused, match="Version 2 is being approved with its dates"):
        services.close_with_version(review, by=cast.headteacher, **{**FOUND, "review_due_on": date(2028, 1, 1)})
    review.refresh_from_db()
    assert review.status == Review.Status.OPENED and not services.lapse_if_changed(draft)
    closed = services.close_with_version(review, by=cast.headteacher, **FOUND)
    assert closed.led_to == draft and not services.lapse_if_changed(draft)


def test_days_of_a_review_that_cannot_be_are_said_beside_their_boxes(cast, version):
    client = cast.client("headteacher")
    past = {"due_on_day": 1, "due_on_month": 1, "due_on_year": 2020}
    address = reverse("policies:review_create", args=[version.policy_id])
    page = client.post(address, {"trigger": "needs", "reason": "New phones"} | past)
    assert page.context["form"].errors == {"due_on": ["To be done by must be today or in the future"]}
    days = {"reviewed_on_day": 2, "reviewed_on_month": 3, "reviewed_on_year": 2026, "note": "Fine"}
    days |= {"review_due_on_day": 1, "review_due_on_month": 3, "review_due_on_year": 2026}
    page = client.post(reverse("policies:review_record", args=[version.policy_id]), days)
    assert page.context["form"].errors == {"review_due_on": ["The next review must come after this one"]}


def test_a_suggestion_names_the_clause_that_the_address_names_and_strange_addresses_name_none(cast, version):
    client, clause = cast.client("teacher"), version.clauses.first()
    address = reverse("policies:suggestion_create", args=[version.policy_id])
    assert client.get(address, {"clause": clause.pk}).context["quote"] == clause.text
    for strange in ("x", "\0", version.pk):
        assert client.get(address, {"clause": strange}).context["quote"] == ""
    client.post(f"{address}?clause={clause.pk}", {"text": "Make it shorter"})
    assert Suggestion.objects.get().clause == clause
