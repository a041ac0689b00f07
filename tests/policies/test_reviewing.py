"""Reviewing a policy: what it weighs up, whom it consults, what led to it, and what is confirmed as it is."""

from datetime import date

import pytest
from django.urls import reverse

from policies import services
from policies.models import Confirmation
from policyportal.lib.workflow import NotAllowed, Refused

REVIEW = {"reviewed_on": date(2026, 3, 10), "review_due_on": None, "note": "No change"}


def test_every_question_of_the_policy_is_answered_before_a_review_is_recorded(cast, desk):
    version = desk.published(policy={"review_questions": ["Latest advice", "Technology"]})
    with pytest.raises(Refused, match="Say what the review found on this: Technology."):
        services.record_review(version, by=cast.headteacher, answers={"Latest advice": "Nothing new"}, **REVIEW)
    answers = {"Latest advice": "Nothing new", "Technology": "A new app"}
    assert services.record_review(version, by=cast.headteacher, answers=answers, **REVIEW).review_answers == answers


def test_the_page_asks_every_question_and_keeps_the_answers(cast, desk):
    version = desk.published(policy={"review_questions": ["Latest advice"]})
    head, address = cast.client("headteacher"), reverse("policies:review_record", args=[version.policy_id])
    answer = {"reviewed_on_day": "10", "reviewed_on_month": "3", "reviewed_on_year": "2026", "note": "Fine"}
    assert "Enter latest advice" in head.post(address, answer).content.decode()
    page = head.post(address, {**answer, "question_0": "A new helpline"}, follow=True).content.decode()
    assert "Latest advice" in page and "A new helpline" in page


def test_what_led_to_a_version_is_listed_with_it(cast, desk):
    policy = desk.published().policy
    answer = {"trigger": "case_law", "reason": "A judgment on private groups"}
    cast.client("headteacher").post(reverse("policies:version_create", args=[policy.pk]), answer)
    draft = policy.versions.get(number=2)
    assert (draft.trigger, draft.clauses.count()) == ("case_law", 3)
    page = cast.client("governor").get(policy.get_absolute_url()).content.decode()
    assert "Case law" in page and "A judgment on private groups" in page


FINDING = "The role of the approver, Ann Approver, is not stated."


def test_a_finding_is_open_until_the_head_confirms_it_with_a_reason(cast, desk):
    policy = desk.published().policy
    head = cast.client("headteacher")
    address = reverse("policies:finding_confirm", args=[policy.pk], query={"finding": FINDING})
    assert FINDING in head.get(policy.get_absolute_url()).context["page"].findings
    assert head.post(address, {"reason": ""}).status_code == 200
    head.post(address, {"reason": "She is known to everybody"})
    page = head.get(policy.get_absolute_url())
    assert FINDING not in page.context["page"].findings
    assert "She is known to everybody" in page.content.decode()
    assert head.get(address).status_code == 404


def test_only_a_finding_that_is_open_is_confirmed_and_only_by_the_head(cast, desk):
    policy = desk.published().policy
    invented = reverse("policies:finding_confirm", args=[policy.pk], query={"finding": "Anything"})
    assert cast.client("headteacher").get(invented).status_code == 404
    for actor in (cast.chair, cast.teacher, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.confirm_finding(policy, FINDING, by=actor, reason="Why")
    with pytest.raises(Refused):
        services.confirm_finding(policy, FINDING, by=cast.headteacher, reason=" ")
    assert not Confirmation.objects.exists()
