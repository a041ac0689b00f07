"""The life of a version: every status, step and role, and what publishing does to everybody."""

import threading

import pytest
from django.db import connection

from accounts.models import Notification, Role
from policies import owed, services
from policies.models import PolicyVersion
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take
from tests.cast import FIRST_NAMES

Status = PolicyVersion.Status
APPROVERS = {Role.HEADTEACHER, Role.GOVERNOR, Role.CHAIR}
LEADERS = {Role.HEADTEACHER, Role.DEPUTY_HEAD, Role.SENIOR_LEADER}
OPEN = {
    Status.DRAFTED: {"submit": LEADERS, "adopt": {Role.HEADTEACHER}},
    Status.IN_REVIEW: {"approve": APPROVERS, "request_changes": APPROVERS, "withdraw": LEADERS},
    Status.CHANGES_REQUESTED: {"submit": LEADERS},
    Status.APPROVED: {"publish": {Role.HEADTEACHER}, "withdraw": LEADERS},
    Status.PUBLISHED: {},
    Status.SUPERSEDED: {},
}


def in_status(desk, status):
    """A version of a policy of its own in this status, drafted by the portal itself."""
    version = drafted_by_the_portal(desk.policy(title=f"Policy to be {status}"))
    if status == Status.DRAFTED:
        return version
    desk.submitted(version)
    if status == Status.CHANGES_REQUESTED:
        take("request_changes", version, desk.cast.governor, "Say who answers comments")
    elif status != Status.IN_REVIEW:
        take("approve", version, desk.cast.chair)
    if status in (Status.PUBLISHED, Status.SUPERSEDED):
        take("publish", version, desk.cast.headteacher)
    if status == Status.SUPERSEDED:
        desk.publish(drafted_by_the_portal(version.policy))
    version.refresh_from_db()
    return version


def drafted_by_the_portal(policy):
    """A draft with a clause that nobody wrote, so that everybody may sign it."""
    version = services.draft_version(policy, by=None, **FACTS)
    services.add_clause(version, by=None, code="1", kind="rule", text="Be kind online.")
    return version


FACTS = {"approver_kind": "person", "approver_name": "Ann Approver"}


@pytest.mark.parametrize("status", Status.values)
def test_every_step_is_open_to_exactly_its_roles_and_the_server_agrees(cast, desk, status):
    version = in_status(desk, status)
    assert version.status == status
    for role in FIRST_NAMES:
        actor = cast.post(role)
        wanted = {name for name, roles in OPEN[status].items() if role in roles}
        assert {step.name for step in steps_open_to(actor, version)} == wanted, role
        for step in steps_of(PolicyVersion):
            if step.name not in wanted:
                with pytest.raises((NotAllowed, TooLate)):
                    take(step.name, version, actor, "Why")


@pytest.mark.parametrize("status", Status.values)
def test_no_step_is_open_to_anybody_of_another_school(cast, desk, status):
    version = in_status(desk, status)
    for role in FIRST_NAMES:
        stranger = cast.post(role, "riverside")
        assert steps_open_to(stranger, version) == []
        for step in steps_of(PolicyVersion):
            with pytest.raises(NotAllowed):
                take(step.name, version, stranger, "Why")


@pytest.mark.parametrize(
    "facts",
    [
        {"approver_kind": "not_stated", "approver_name": "Ann Approver"},
        {"approver_kind": "person", "approver_name": " "},
        {"approver_kind": "committee", "approver_name": ""},
    ],
)
def test_a_version_without_an_approver_is_neither_approved_nor_published(cast, desk, facts):
    version = desk.submitted(desk.draft(desk.policy()))
    with pytest.raises(Refused):
        take("approve", version, cast.chair, **facts)
    take("approve", version, cast.chair)
    PolicyVersion.objects.filter(pk=version.pk).update(**facts)
    with pytest.raises(Refused):
        take("publish", version, cast.headteacher)
    version.refresh_from_db()
    assert version.status == Status.APPROVED


def test_the_full_governing_body_needs_no_name(cast, desk):
    approved = desk.approved(desk.draft(desk.policy()), approver_kind="governing_body", approver_name="")
    assert approved.approver == "The full governing body"


def test_nobody_approves_what_they_drafted_themselves(cast, desk):
    by_the_head = desk.submitted(desk.draft(desk.policy()))
    with pytest.raises(NotAllowed):
        take("approve", by_the_head, cast.headteacher)
    by_the_chair = desk.submitted(desk.draft(desk.policy(title="Another"), by=cast.chair))
    with pytest.raises(NotAllowed):
        take("approve", by_the_chair, cast.chair)
    assert take("approve", by_the_chair, cast.governor).status == Status.APPROVED


def test_whoever_may_publish_is_told_of_an_approval_and_the_history_names_the_approver(cast, desk):
    version = desk.approved(desk.draft(desk.policy()), by=cast.governor)
    told = Notification.objects.filter(event="version_approved")
    assert [notification.user_id for notification in told] == [cast.headteacher.user_id]
    assert version.history.latest().history_user_id == cast.governor.user_id


def test_publishing_takes_the_former_wording_out_of_force(cast, desk):
    former = desk.published()
    later = desk.publish(desk.draft(former.policy))
    former.refresh_from_db()
    assert (former.status, later.status) == (Status.SUPERSEDED, Status.PUBLISHED)
    assert former.history.latest().history_change_reason == "Replaced by version 2"
    assert former.history.latest().history_user_id == cast.headteacher.user_id


def test_where_publishing_fails_the_former_wording_stays_in_force(cast, desk, monkeypatch):
    former = desk.published()
    later = desk.approved(desk.draft(former.policy))

    def fails(*args):
        raise RuntimeError

    monkeypatch.setattr(owed, "record", fails)
    with pytest.raises(RuntimeError):
        take("publish", later, cast.headteacher)
    former.refresh_from_db()
    later.refresh_from_db()
    assert (former.status, later.status) == (Status.PUBLISHED, Status.APPROVED)


def test_an_older_wording_is_not_published_over_a_later_one(cast, desk):
    policy = desk.policy()
    older, later = desk.draft(policy), desk.draft(policy)
    desk.approved(older)
    desk.publish(later)
    with pytest.raises(Refused, match="Version 2 is in force already"):
        take("publish", older, cast.headteacher)


def test_a_policy_in_force_before_the_portal_is_taken_over_with_what_it_leaves_unsaid(cast, desk):
    version = services.draft_version(desk.policy(), by=cast.headteacher)
    with pytest.raises(Refused, match="Give a reason"):
        take("adopt", version, cast.headteacher)
    taken = take("adopt", version, cast.headteacher, "In force since 2023")
    assert (taken.status, taken.approver) == (Status.PUBLISHED, "Not stated")
    with pytest.raises(Refused):
        take("adopt", services.draft_version(version.policy, by=None), cast.headteacher, "Once more")


@pytest.mark.django_db(transaction=True)
def test_of_two_wordings_published_at_once_one_is_in_force(cast, desk):
    policy = desk.policy()
    versions = [desk.approved(desk.draft(policy)) for _ in range(2)]
    head = cast.headteacher
    barrier, unexpected = threading.Barrier(2), []

    def publish(version):
        barrier.wait()
        try:
            take("publish", version, head)
        except (Refused, TooLate):
            pass
        except BaseException as fault:  # noqa: BLE001 - whatever a thread dies of fails the test
            unexpected.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[version]) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert unexpected == []
    assert [version.number for version in policy.versions.published()] == [2]


def test_only_a_draft_takes_clauses(cast, desk):
    version = desk.published()
    with pytest.raises(Refused, match="Only a draft"):
        desk.clause(version, 99)
    assert version.clauses.count() == 3


def test_a_new_version_starts_as_a_copy_and_leaves_the_old_one_alone(cast, desk):
    former = desk.published(clauses=5)
    copy = services.draft_next_version(former.policy, by=cast.headteacher, reason="New platform")
    assert list(copy.clauses.values_list("code", "text", "position")) == list(
        former.clauses.values_list("code", "text", "position")
    )
    assert (copy.status, copy.approved_on, copy.drafted_by) == (Status.DRAFTED, None, cast.headteacher.user)
    assert copy.history.latest().history_change_reason == "New platform"
    services.edit_clause(
        copy.clauses.first(), by=cast.headteacher, heading="Purpose", text="A new rule.", reason="Clearer"
    )
    assert former.clauses.first().text == "Rule number 1."
    with pytest.raises(Refused, match="a draft of this policy already"):
        services.draft_next_version(former.policy, by=cast.headteacher, reason="Again")


def test_a_new_version_needs_a_reason_and_somebody_who_keeps_the_policy(cast, desk):
    policy = desk.published().policy
    with pytest.raises(Refused):
        services.draft_next_version(policy, by=cast.headteacher, reason=" ")
    for actor in (cast.teacher, cast.chair, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.draft_next_version(policy, by=actor, reason="Why")
    assert policy.versions.count() == 1
