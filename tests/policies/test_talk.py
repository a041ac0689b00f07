"""What people say about a policy: governors on a version under review, and anybody who has a question."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from policies import services
from policies.models import Comment, Question
from policies.selectors import waiting_for
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, take


def test_a_governors_comment_and_support_are_kept_with_name_and_date(cast, desk):
    draft = desk.draft(desk.policy())
    governor = cast.client("governor")
    address = reverse("policies:version_comment", args=[draft.pk])
    assert address in governor.get(draft.get_absolute_url()).content.decode()
    governor.post(address, {"text": "Clear and fair.", "supports": "on"})
    comment = Comment.objects.get()
    assert (comment.by, comment.supports, comment.version) == (cast.governor.user, True, draft)
    page = cast.client("headteacher").get(draft.get_absolute_url()).content.decode()
    for words in ("Clear and fair.", "Supports this version", "Grace Oakfield"):
        assert words in page


def test_an_empty_comment_and_one_on_a_version_in_force_are_refused(cast, desk):
    draft = desk.draft(desk.policy())
    with pytest.raises(Refused):
        services.comment_on(draft, by=cast.governor, text=" ", supports=False)
    version = desk.publish(draft)
    with pytest.raises(NotAllowed):
        services.comment_on(version, by=cast.governor, text="Late", supports=False)
    assert cast.client("governor").get(reverse("policies:version_comment", args=[version.pk])).status_code == 404


@pytest.mark.parametrize(("role", "school"), [("teacher", "oakfield"), ("dsl", "oakfield"), ("governor", "riverside")])
def test_others_do_not_comment(cast, desk, role, school):
    draft = desk.draft(desk.policy())
    with pytest.raises(NotAllowed):
        services.comment_on(draft, by=cast.post(role, school), text="x", supports=True)
    answer = cast.client(role, school).post(reverse("policies:version_comment", args=[draft.pk]), {"text": "x"})
    assert answer.status_code in (403, 404)
    assert not Comment.objects.exists()


def ask(cast, policy, role: str = "teacher") -> Question:
    cast.client(role).post(reverse("policies:question_create", args=[policy.pk]), {"text": "May I follow a parent?"})
    return Question.objects.latest("created_at")


def test_a_question_goes_to_the_line_manager_and_is_open_until_answered(cast, desk):
    policy, teacher = desk.published().policy, cast.teacher
    teacher.line_manager = cast.deputy_head
    teacher.save()
    question = ask(cast, policy)
    assert (question.to, question.status) == (cast.deputy_head.user, Question.Status.OPENED)
    assert [row.user_id for row in notified(question)] == [cast.deputy_head.user_id]
    [waits] = [waiting for waiting in waiting_for(cast.deputy_head) if waiting.title.startswith("Answer")]
    assert waits.url == question.get_absolute_url()
    deputy = cast.client("deputy_head")
    assert deputy.post(question.get_absolute_url(), {"answer": " "}).status_code == 200
    deputy.post(question.get_absolute_url(), {"answer": "No, not from your own account."})
    question.refresh_from_db()
    assert (question.status, question.answer) == (Question.Status.ANSWERED, "No, not from your own account.")
    assert teacher.user.notifications.filter(event="question_answered").count() == 1
    assert "No, not from your own account." in cast.client("teacher").get(question.get_absolute_url()).content.decode()
    assert not [waiting for waiting in waiting_for(cast.deputy_head) if waiting.title.startswith("Answer")]


def notified(question: Question):
    """Everybody who was told that it was asked."""
    return question.to.notifications.model.objects.filter(event="question_asked")


def test_a_question_goes_to_the_role_that_the_policy_names(cast, desk):
    policy = desk.published(policy={"questions_to": Role.BUSINESS_MANAGER}).policy
    assert ask(cast, policy).to == cast.business_manager.user


def test_a_question_never_goes_to_whoever_asks_nor_to_somebody_away(cast, desk):
    policy = desk.published(policy={"questions_to": Role.BUSINESS_MANAGER}).policy
    assert ask(cast, policy, "business_manager").to == cast.headteacher.user
    manager = cast.business_manager
    manager.away_from = date(2020, 1, 1)
    manager.save()
    assert ask(cast, policy).to == cast.headteacher.user


def test_nobody_else_reads_or_answers_a_question(cast, desk):
    policy = desk.published(policy={"questions_to": Role.BUSINESS_MANAGER}).policy
    question = ask(cast, policy)
    for role, school in (("office", "oakfield"), ("headteacher", "oakfield"), ("business_manager", "riverside")):
        client = cast.client(role, school)
        assert client.get(question.get_absolute_url()).status_code == 404
        assert client.post(question.get_absolute_url(), {"answer": "x"}).status_code == 404
        assert "May I follow" not in client.get(reverse("policies:question_list")).content.decode()
    assert cast.client("teacher").post(question.get_absolute_url(), {"answer": "x"}).status_code == 403
    question.refresh_from_db()
    assert question.status == Question.Status.OPENED


def test_an_answer_is_given_once(cast, desk):
    question = ask(cast, desk.published(policy={"questions_to": Role.BUSINESS_MANAGER}).policy)
    take("answer", question, cast.business_manager, answer="Yes.")
    with pytest.raises(TooLate):
        take("answer", question, cast.business_manager, answer="No.")
    late = cast.client("business_manager").post(question.get_absolute_url(), {"answer": "No."}, follow=True)
    assert "already been changed" in late.content.decode()
    question.refresh_from_db()
    assert question.answer == "Yes."


def test_the_list_of_questions_is_paged_and_costs_the_same_with_fifty(cast, desk):
    policy, client = desk.published().policy, cast.client("teacher")
    address = reverse("policies:question_list")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    services.ask(policy, by=cast.teacher, text="Why?")
    # The first page of a session notes what it opens.
    queries()
    few = queries()
    for _ in range(50):
        services.ask(policy, by=cast.teacher, text="Why?")
    assert queries() == few
    assert len(client.get(address).context["page"]) == 25


def test_a_question_to_somebody_who_has_left_falls_to_whoever_keeps_the_policies(cast, desk):
    question = ask(cast, desk.published(policy={"questions_to": Role.BUSINESS_MANAGER}).policy)
    title = f"Answer: {question}"
    assert title not in [waiting.title for waiting in waiting_for(cast.headteacher)]
    post = cast.business_manager
    post.ends_on = today() - timedelta(days=1)
    post.save()
    assert title in [waiting.title for waiting in waiting_for(cast.headteacher)]
    for role, school in (("office", "oakfield"), ("headteacher", "riverside")):
        assert cast.client(role, school).get(question.get_absolute_url()).status_code == 404
    cast.client("headteacher").post(question.get_absolute_url(), {"answer": "Yes."})
    question.refresh_from_db()
    assert (question.status, question.answer) == (Question.Status.ANSWERED, "Yes.")
