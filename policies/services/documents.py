"""The verbs of policies and their versions: recording, drafting, changing the clauses of a draft."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Membership, School
from policies.models import Clause, Policy, PolicyVersion, Scenario
from policies.rules import can_manage
from policies.services.clauses import add_clause
from policies.wording import COPIED as COPIED_REASON
from policyportal.lib.workflow import NotAllowed, Refused, save_as

# What a question, and a clause, of a new version takes from the one before it.
COPIED_QUESTION = ("position", "text", "options", "right", "explanation")
COPIED = [
    field.name
    for field in Clause._meta.concrete_fields
    if field.name not in ("id", "created_at", "version", "position")
]
# What a new version takes over from the one in force; approval and dates are its own.
KEPT_FACTS = ("approver_kind", "approver_name", "approver_role")


def record_policy(*, title: str, schools: list[School], by: Membership | None, **facts: Any) -> Policy:
    """Store a policy and the schools that it serves, and return it. Tells nobody.

    `facts` are fields of Policy. Refuses a policy without a school.
    """
    if not schools:
        raise Refused("Say which school the policy serves.")
    policy = Policy(title=title, **facts)
    with transaction.atomic():
        save_as(policy, by, "Recorded")
        policy.schools.set(schools)
    return policy


def change_policy(policy: Policy, *, by: Membership, reason: str, **facts: Any) -> Policy:
    """Change what holds for every version of a policy, and return it; `facts` are fields of Policy. Tells nobody.

    Refuses whoever may not manage the policy.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Change the policy")
    for name, value in facts.items():
        setattr(policy, name, value)
    save_as(policy, by, reason)
    return policy


def draft_version(policy: Policy, *, by: Membership | None, reason: str = "", **facts: Any) -> PolicyVersion:
    """Store an empty draft with the next number and return it; `facts` are fields of PolicyVersion. Tells nobody."""
    last = policy.versions.aggregate(last=Max("number"))["last"] or 0
    version = PolicyVersion(policy=policy, number=last + 1, drafted_by=by and by.user, **facts)
    save_as(version, by, reason or "Drafted")
    return version


def draft_next_version(policy: Policy, *, by: Membership, reason: str, trigger: str = "") -> PolicyVersion:
    """Draft a new version with the clauses of the one in force, and return it [PWP-100, CRO-96].

    `trigger` is what led to it, of PolicyVersion.Trigger [MLC-80, MLC-81, MLC-82]. Tells nobody. Refuses whoever may
    not manage the policy, a missing reason, and a second draft beside the first.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Draft a new version")
    if not reason.strip():
        raise Refused("Say why the policy is being reviewed.")
    with transaction.atomic():
        # Locked, so that of two people who draft at once the second is told.
        Policy.objects.select_for_update().get(pk=policy.pk)
        if policy.versions.filter(status__in=PolicyVersion.PENDING).exists():
            raise Refused("There is a draft of this policy already. Finish that one first.")
        current = policy.versions.published().first()
        kept = {name: getattr(current, name) for name in KEPT_FACTS} if current else {}
        version = draft_version(policy, by=by, reason=reason, trigger=trigger, **kept)
        for clause in current.clauses.all() if current else []:
            copied = {name: getattr(clause, name) for name in COPIED}
            add_clause(version, by=by, reason=COPIED_REASON, position=clause.position, **copied)
        for scenario in current.scenarios.all() if current else []:
            asked = {name: getattr(scenario, name) for name in COPIED_QUESTION}
            save_as(Scenario(version=version, **asked), by, COPIED_REASON)
    return version
