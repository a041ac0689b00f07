"""Reviewing a policy: what it weighs up, whom it consults, what led to it, and what is confirmed as it is."""

from datetime import date

import pytest
from django.urls import reverse

from policies import services
from policyportal.lib.workflow import Refused

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
