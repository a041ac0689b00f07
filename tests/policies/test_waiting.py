"""What waits for each person in policies, at a price that does not grow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies import services
from policies.selectors import waiting, waiting_for
from policyportal.lib.dates import today
from policyportal.lib.workflow import take


def titles(membership) -> list[str]:
    return [waiting.title for waiting in waiting_for(membership)]


def test_an_acknowledgement_waits_until_its_day_and_until_it_is_given(cast, desk):
    version = desk.published()
    [waiting] = waiting_for(cast.teacher)
    assert waiting.due == today() + timedelta(days=cast.school().acknowledgement_days)
    services.acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    assert waiting_for(cast.teacher) == []


def test_a_draft_waits_for_governors_and_an_approved_version_for_the_head(cast, desk):
    draft = desk.draft(desk.policy())
    assert titles(cast.governor) == [], "nobody is asked for a signature to a text that is still written"
    desk.submitted(draft)
    assert titles(cast.governor) == [f"Approve: {draft}"]
    assert titles(cast.headteacher) == titles(cast.teacher) == []
    take("approve", draft, cast.governor)
    assert titles(cast.headteacher) == [f"Publish: {draft}"]
    assert titles(cast.governor) == []


def test_a_review_waits_for_the_head_alone_once_it_is_near(cast, desk):
    far, near = today() + timedelta(days=91), today() + timedelta(days=90)
    facts = {"policy": {"for_staff": False}, "review_due_on_precision": "day"}
    desk.published(**facts, review_due_on=far, last_reviewed_on=today())
    assert waiting_for(cast.headteacher) == []
    facts["policy"] = {"for_staff": False, "title": "Near"}
    desk.published(**facts, review_due_on=near, last_reviewed_on=today())
    [waiting] = waiting_for(cast.headteacher)
    assert (waiting.title, waiting.due) == ("Review: Near", near)
    assert waiting_for(cast.governor) == waiting_for(cast.deputy_head) == []


def test_a_law_marked_superseded_waits_until_the_policy_is_reviewed(cast, desk):
    lately, far = today() - timedelta(days=60), today() + timedelta(days=300)
    version = desk.published(review_due_on=far, last_reviewed_on=lately)
    reference = services.add_reference(version.policy, by=cast.headteacher, kind="legislation", title="Some Act")
    services.check_reference(reference, by=cast.headteacher, standing="superseded")
    assert [waiting.detail for waiting in waiting_for(cast.headteacher) if waiting.detail] == [
        "Legislative change: Some Act has been superseded"
    ]
    services.record_review(
        version, by=cast.headteacher, reviewed_on=today(), review_due_on=today() + timedelta(days=365), note="Looked"
    )
    assert not [waiting for waiting in waiting_for(cast.headteacher) if waiting.detail]


@pytest.mark.parametrize("role", ["headteacher", "governor", "teacher", "technical_administrator"])
def test_it_costs_the_same_with_one_policy_and_with_fifty_and_shows_twenty_at_most(cast, desk, role):
    def queries() -> int:
        member = cast.post(role)
        with CaptureQueriesContext(connection) as found:
            assert len(waiting_for(member)) <= 20
        return len(found)

    def plant(number: int):
        version = desk.published(clauses=1, policy={"title": f"Policy {number}"})
        reference = services.add_reference(version.policy, by=cast.headteacher, kind="legislation", title="Some Act")
        services.check_reference(reference, by=cast.headteacher, standing="superseded")
        desk.submitted(desk.draft(version.policy, clauses=1))
        services.ask(version.policy, by=cast.teacher, text="Why?")

    plant(0)
    few = queries()
    for number in range(1, 50):
        plant(number)
    assert queries() == few


def test_nothing_of_another_school_waits(cast, desk):
    desk.published()
    for role in ("headteacher", "teacher", "chair"):
        assert waiting_for(cast.post(role, "riverside")) == []


@pytest.mark.parametrize("given", [0, 1])
def test_what_is_acknowledged_hides_nothing_of_a_school_with_many_policies(cast, desk, monkeypatch, given):
    monkeypatch.setattr(waiting, "MOST", 1)
    versions = [desk.published(policy={"title": f"Policy {number}"}) for number in range(2)]
    services.acknowledge(versions[given], cast.teacher, has_read=True, has_understood=True, will_follow=True)
    assert titles(cast.teacher) == [f"Read and acknowledge: Policy {1 - given}"]
