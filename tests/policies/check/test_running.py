"""Running the check: what is kept of it, what becomes of a finding, and when it runs by itself."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from channels_mgmt import services as channels
from policies import services
from policies.check.running import check_daily, check_policy, run_check
from policies.models import Clause, Confirmation, Finding
from policyportal.due import run_due
from policyportal.lib.dates import LONDON
from policyportal.lib.models import Heartbeat
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, save_as, steps_of, steps_open_to, take, take_along
from tests.cast import FIRST_NAMES
from tests.policies.conftest import Desk

Status = Finding.Status
OPEN = {
    Status.FOUND: {"accept", "mend", "dismiss"},
    Status.ACCEPTED: {"mend", "dismiss", "reopen"},
    Status.MENDED: {"reopen"},
    Status.DISMISSED: {"reopen"},
}
X = "Like our Facebook page; you may also follow us on X for news of the social media of the school."


def of_rule(policy, slug: str) -> Finding:
    return policy.findings.get(rule=slug)


def first_wording(desk: Desk, **clause):
    """A policy in force whose first clause says what is given."""
    version = desk.draft(desk.policy(), clauses=0)
    desk.clause(version, 1, **{"text": X, **clause})
    return desk.publish(version)


@pytest.fixture
def finding(desk) -> Finding:
    return of_rule(desk.published().policy, "review-date-missing")


def test_publishing_checks_and_every_finding_says_where_and_what_to_do(desk):
    version = desk.published()
    found = list(version.policy.findings.all())
    assert found and all(one.status == Status.FOUND and one.version == version for one in found)
    assert all(one.message and one.advice and one.rule and one.key for one in found)
    assert found[0].history.get().history_user_id is None


def test_the_same_thing_found_again_is_the_same_finding_with_what_was_said_of_it(cast, finding):
    services.decide_finding(finding, "dismiss", by=cast.headteacher, reason="Agreed so")
    rows = Finding.history.count()
    outcome = run_check(finding.version)
    finding.refresh_from_db()
    assert (finding.status, finding.reason, finding.decided_by) == (
        Status.DISMISSED,
        "Agreed so",
        cast.headteacher.user,
    )
    assert (outcome.new, outcome.gone) == (0, 0)
    assert Finding.history.count() == rows, "nothing has changed, so nothing is written"


def test_what_is_no_longer_found_is_mended_and_found_again_it_is_open(cast, desk):
    policy = desk.policy(cycle_months=None)
    version = desk.publish(desk.draft(policy))
    assert of_rule(policy, "cycle-missing").status == Status.FOUND
    policy.cycle_months = 12
    save_as(policy, cast.headteacher, "Yearly")
    version.refresh_from_db()
    assert check_policy(policy).gone == 1
    assert of_rule(policy, "cycle-missing").status == Status.MENDED
    policy.cycle_months = None
    save_as(policy, cast.headteacher, "Not yearly")
    assert check_policy(policy).new == 1
    assert of_rule(policy, "cycle-missing").status == Status.FOUND


def test_a_draft_is_not_asked_for_its_approval_and_what_it_mends_is_mended(cast, desk):
    version = first_wording(desk, text="Comments are answered as soon as possible.")
    assert of_rule(version.policy, "deadline-unmeasured").status == Status.FOUND
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="Better")
    before = of_rule(version.policy, "review-date-missing")
    services.edit_clause(
        draft.clauses.get(), by=cast.headteacher, reason="Measured", text="Answered within 3 days of it."
    )
    assert of_rule(version.policy, "deadline-unmeasured").status == Status.MENDED
    assert of_rule(version.policy, "review-date-missing") == before
    check_policy(version.policy)
    assert of_rule(version.policy, "deadline-unmeasured").status == Status.MENDED, (
        "the old wording brings nothing back"
    )


def test_taking_a_clause_out_of_a_draft_mends_what_it_said_at_once(cast, desk):
    version = first_wording(desk, text="Comments are answered as soon as possible.")
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="Better")
    services.remove_clause(draft.clauses.get(), by=cast.headteacher, reason="Said elsewhere")
    assert of_rule(version.policy, "deadline-unmeasured").status == Status.MENDED


def test_registering_the_channel_closes_the_finding_and_dismissing_does_too(cast, desk):
    school = cast.school()
    facebook = channels.list_platform(school=school, by=None, name="Facebook")
    version = first_wording(desk)
    assert not version.policy.findings.filter(rule="platform-not-registered")
    channels.open_channel(school=school, by=cast.headteacher, platform=facebook, name="Page", audience="public")
    finding = of_rule(version.policy, "platform-not-registered")
    assert (finding.key, finding.status) == ("x", Status.FOUND)
    twitter = channels.list_platform(school=school, by=None, name="X", aliases=["Twitter"])
    channels.open_channel(school=school, by=cast.headteacher, platform=twitter, name="Us", audience="public")
    finding.refresh_from_db()
    assert finding.status == Status.MENDED


def test_what_a_school_added_for_itself_is_not_told_to_the_others(cast, desk):
    draft = desk.draft(desk.policy("oakfield", "elmwood"), clauses=1)
    clause = Clause(
        version=draft, code="own", position=9, kind="rule", text="Answer promptly.", only_for=cast.school()
    )
    save_as(clause, cast.headteacher, "Own")
    run_check(draft)
    assert not draft.policy.findings.filter(rule="deadline-unmeasured")


def test_what_was_confirmed_before_findings_were_kept_stays_as_it_is(cast, desk):
    policy = desk.policy(cycle_months=None)
    confirmed = Confirmation(policy=policy, finding="The review cycle is not stated.", reason="So agreed")
    confirmed.by = cast.headteacher.user
    save_as(confirmed, cast.headteacher, "So agreed")
    desk.publish(desk.draft(policy))
    finding = of_rule(policy, "cycle-missing")
    assert (finding.status, finding.reason, finding.decided_by) == (
        Status.DISMISSED,
        "So agreed",
        cast.headteacher.user,
    )


def test_the_check_runs_once_a_day_and_finds_what_has_become_late(desk):
    version = desk.published(policy={"cycle_months": 1})
    with time_machine.travel(datetime(2029, 1, 2, 9, tzinfo=LONDON), tick=False):
        assert run_due()["policies checked"] == 1
        assert of_rule(version.policy, "review-overdue").status == Status.FOUND
        assert check_daily() == 0
    with time_machine.travel(datetime(2029, 1, 3, 0, 5, tzinfo=LONDON), tick=False):
        assert check_daily() == 1
    beat = Heartbeat.objects.get(name="policy_check")
    assert beat.beat_at > datetime(2029, 1, 2, tzinfo=LONDON) + timedelta(hours=12)


@pytest.mark.parametrize("status", Status.values)
def test_every_step_is_open_to_the_head_alone_and_the_server_agrees(cast, finding, status):
    path = {"found": [], "accepted": ["accept"], "mended": ["mend"], "dismissed": ["dismiss"]}[status]
    for step in path:
        finding = take(step, finding, cast.headteacher, "Why")
    for role in FIRST_NAMES:
        actor = cast.post(role)
        wanted = OPEN[status] if role == Role.HEADTEACHER else set()
        assert {step.name for step in steps_open_to(actor, finding)} == wanted, role
        for step in steps_of(Finding):
            if step.name not in wanted:
                with pytest.raises((NotAllowed, TooLate)):
                    take(step.name, finding, actor, "Why")
    assert steps_open_to(cast.post(Role.HEADTEACHER, "riverside"), finding) == []


def test_nothing_is_left_as_it_is_without_a_reason_and_no_person_takes_the_steps_of_the_check(cast, finding):
    with pytest.raises(Refused, match="Give a reason"):
        services.decide_finding(finding, "dismiss", by=cast.headteacher, reason=" ")
    for step in ("vanish", "carry"):
        with pytest.raises(NotAllowed):
            take_along(step, finding, cast.headteacher, "")


# The pages.


def test_the_head_dismisses_a_finding_with_a_reason_and_opens_it_again(cast, finding):
    head, address = cast.client("headteacher"), reverse("policies:finding_step", args=[finding.pk])
    page = head.get(finding.get_absolute_url()).content.decode()
    assert finding.message in page and finding.advice in page and "Leave as it is" in page
    assert "There is a problem" in head.post(address, {"step": "dismiss", "reason": ""}).content.decode()
    shown = head.post(address, {"step": "dismiss", "reason": "We know"}, follow=True).content.decode()
    assert "The finding is now: right as it is." in shown
    listed = head.get(reverse("policies:finding_list", args=[finding.policy_id]), {"state": "dismissed"})
    assert finding.message in listed.content.decode()
    policy_page = head.get(finding.policy.get_absolute_url())
    assert finding not in policy_page.context["page"].findings.found
    assert "We know" in policy_page.content.decode()
    late = head.post(address, {"step": "accept"}, follow=True).content.decode()
    assert "already been changed" in late
    head.post(address, {"step": "reopen"})
    finding.refresh_from_db()
    assert finding.status == Status.FOUND


def test_a_step_that_there_is_not_and_a_finding_of_another_school_are_not_found(cast, finding):
    address = reverse("policies:finding_step", args=[finding.pk])
    assert cast.client("headteacher").get(address, {"step": "burn"}).status_code == 404
    assert cast.client("headteacher").get(address, {"step": "vanish"}).status_code == 404
    stranger = cast.client("headteacher", "riverside")
    for page in ("finding_detail", "finding_step"):
        assert stranger.get(reverse(f"policies:{page}", args=[finding.pk])).status_code == 404
    assert stranger.post(address, {"step": "mend"}).status_code == 404
    assert cast.client("governor").post(address, {"step": "mend"}).status_code == 403
    finding.refresh_from_db()
    assert finding.status == Status.FOUND


def test_the_head_checks_on_demand_and_nobody_else(cast, desk):
    policy = desk.published().policy
    Finding.objects.filter(policy=policy).update(message="Old words")
    address = reverse("policies:check_run", args=[policy.pk])
    assert cast.client("chair").post(address).status_code == 403
    assert cast.client("headteacher", "riverside").post(address).status_code == 404
    with pytest.raises(NotAllowed):
        services.check_now(policy, by=cast.chair)
    page = cast.client("headteacher").post(address, follow=True).content.decode()
    assert "Checked. 0 findings new or open again, 0 no longer found." in page
    assert not policy.findings.filter(message="Old words").exists()


def test_the_list_tells_the_heaviest_first_and_costs_no_more_for_fifty(cast, desk, django_assert_num_queries):
    policy = desk.published().policy
    client, address = cast.client("chair"), reverse("policies:finding_list", args=[policy.pk])
    assert "To be mended" in client.get(address, {"state": "nonsense"}).content.decode()
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(50):
        problem = Finding(policy=policy, version=policy.versions.get(), rule="x", key=str(number), severity="problem")
        problem.message = problem.advice = "Words"
        save_as(problem, None, "Found")
    with django_assert_num_queries(len(few)):
        page = client.get(address)
    assert {row[2]["text"] for row in page.context["rows"]} == {"Problem"}
    shown = client.get(policy.get_absolute_url()).context["page"].findings
    assert len(shown.weights[0].rows) < shown.weights[0].count, "a page of a policy shows the first few alone"
