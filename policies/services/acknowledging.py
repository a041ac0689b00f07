"""The verbs of acknowledging a version."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership
from policies.asking import ask_all
from policies.models import Acknowledgement, Policy, PolicyVersion, ScenarioAnswer
from policies.rules import can_acknowledge, can_manage
from policies.selectors.acknowledgements import acknowledgement_text
from policies.selectors.standing import counting, year_of
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

WHO = ("for_staff", "for_pupils", "for_parents", "confirmed_yearly")


def choose_who_acknowledges(policy: Policy, *, by: Membership, reason: str = "", **facts: bool) -> Policy:
    """Say whom a policy asks to acknowledge it, and whether anew each school year.

    Asks those who come to be asked, in campaigns of the version in force; others are asked no more. Refuses whoever
    may not manage the policy.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Choose who acknowledges")
    fill(policy, facts, WHO)
    with transaction.atomic():
        save_as(policy, by, reason or "Who acknowledges it")
        version = policy.versions.published().select_related("policy").first()
        if version:
            ask_all(version, by)
    return policy


def acknowledge(
    version: PolicyVersion,
    membership: Membership,
    *,
    has_read: bool,
    has_understood: bool,
    will_follow: bool,
    answers: Mapping[UUID, int] | None = None,
) -> Acknowledgement:
    """Store that the person read, understood and will follow this version, with the very words they were shown.

    `answers` says by scenario which option they chose; it is kept, right or wrong. The first acknowledgement counts,
    of the school year where the policy is confirmed yearly: a second time returns it unchanged. Tells nobody.
    Refuses whoever is not asked to, a version that is not in force, anything less than all three statements, and a
    question of the version left out.
    """
    if not can_acknowledge(membership, version):
        raise NotAllowed("Acknowledge the policy")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("This version is not in force. Acknowledge the one that is.")
    if not (has_read and has_understood and will_follow):
        raise Refused("All three statements belong to the acknowledgement.")
    year = year_of(version.policy, membership.school)
    former = counting(version, membership.school).filter(user=membership.user)
    if given := former.order_by("-acknowledged_at").first():
        return given
    answers = answers or {}
    scenarios = list(version.scenarios.all())
    if any(answers.get(scenario.pk) not in range(len(scenario.options)) for scenario in scenarios):
        raise Refused("Answer every question first.")
    text = acknowledgement_text(version, membership)
    given = Acknowledgement(
        school=membership.school,
        version=version,
        user=membership.user,
        school_year=year,
        acknowledged_at=timezone.now(),
        has_read=True,
        has_understood=True,
        will_follow=True,
        text_shown=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    try:
        with transaction.atomic():
            save_as(given, membership, "Acknowledged")
            for scenario in scenarios:
                answer = ScenarioAnswer(acknowledgement=given, scenario=scenario, chosen=answers[scenario.pk])
                save_as(answer, membership, "Answered")
    except IntegrityError:
        # Pressed twice at once: the other press was first.
        return Acknowledgement.objects.get(version=version, user=membership.user, school_year=year)
    return given
