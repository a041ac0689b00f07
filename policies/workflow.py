"""The life of a version, from a draft to what replaces it, and of a question (open, answered)."""

from django.utils import timezone

from accounts.models import Membership
from policies.approval_notices import changes_requested, version_submitted
from policies.asking import ask_all
from policies.check.running import run_check
from policies.models import Policy, PolicyVersion, Proposal, Question, Reading
from policies.notifications import question_answered, version_approved
from policies.review_dates import close_answered_reviews, take_over_review
from policies.rules import (
    can_answer,
    can_approve,
    can_publish,
    can_sign,
    can_sign_off,
    can_submit,
    can_take_over,
)
from policies.signing import (
    APPROVAL_FACTS,
    approval_void,
    approver_missing,
    approver_unnamed,
    body_missing,
    consultation_missing,
    consultation_unasked,
    first_is_minor,
    minute_missing,
    sign,
    signed_text_changed,
    state_approval,
    text_missing,
    void_signatures,
)
from policyportal.lib.workflow import Refused, Step, register, take_along

Status = PolicyVersion.Status


def hold_policy(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Keep the route from being changed while the version sets out on it."""
    Policy.objects.select_for_update().get(pk=version.policy_id)


def tell_approvers(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Tell whoever may sign it."""
    version_submitted(version)


def tell_writers(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Tell whoever drafted it what is to be changed."""
    changes_requested(version)


def the_portal(actor: Membership | None, version: PolicyVersion) -> bool:
    """What the portal does by itself."""
    return actor is None


def later_in_force(version: PolicyVersion) -> str:
    """Refuse to bring back a wording that a later one has replaced."""
    later = version.policy.versions.published().filter(number__gt=version.number).first()
    return f"Version {later.number} is in force already. Draft a new version instead." if later else ""


def already_in_force(version: PolicyVersion) -> str:
    """Only the first wording of a policy can have been in force before the portal knew it."""
    others = version.policy.versions.exclude(status__in=(*PolicyVersion.WRITTEN, Status.IN_REVIEW))
    return "The portal holds an approved version of this policy already. Have this one approved." if others else ""


def supersede_former(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Take the wording that was in force out of force, and note from when this one is.

    The policy is locked first, and asked again what is in force: of two wordings published at once the later one
    finds the earlier, and the earlier one is refused.
    """
    Policy.objects.select_for_update().get(pk=version.policy_id)
    if later := later_in_force(version):
        raise Refused(later)
    former = version.policy.versions.published().first()
    if former:
        take_along("supersede", former, actor, f"Replaced by version {version.number}")
    version.published_at = version.published_at or timezone.now()


def tell_keepers(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Tell whoever may publish it."""
    version_approved(version)


def ask_everybody(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Ask everybody whom the policy is written for to acknowledge this wording [PWP-58, CRO-56, MLC-13].

    One that was in force before the portal knew it has been owed by staff since then.
    """
    ask_all(version, actor, since=version.published_on)


def check_it(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Check the wording that is now in force against itself, the register and the calendar."""
    run_check(version)


def answer_missing(question: Question) -> str:
    """Ask for the answer itself."""
    return "" if question.answer.strip() else "Write the answer."


def tell_asker(question: Question, actor: Membership, reason: str) -> None:
    """Tell whoever asked."""
    question_answered(question)


def undecided(reading: Reading) -> str:
    """Nothing that was found in a document counts until a person has said so."""
    number = reading.proposals.filter(decision=Proposal.Decision.PROPOSED, block__isnull=False).count()
    return (
        f"{number} of the things that were read still {'waits' if number == 1 else 'wait'} for your word."
        if number
        else ""
    )


register(
    Reading,
    [
        Step(
            name="apply",
            label="Take over",
            sources=(Reading.Status.READ,),
            target=Reading.Status.APPLIED,
            rule=can_take_over,
            sets=("policy", "version"),
            needs=(undecided,),
        ),
        Step(
            name="drop",
            label="Do not use it",
            sources=(Reading.Status.READ,),
            target=Reading.Status.DROPPED,
            rule=can_take_over,
        ),
    ],
)
register(
    Question,
    [
        Step(
            name="answer",
            label="Send answer",
            sources=(Question.Status.OPENED,),
            target=Question.Status.ANSWERED,
            rule=can_answer,
            sets=("answer",),
            needs=(answer_missing,),
            follows=(tell_asker,),
        )
    ],
)
register(
    PolicyVersion,
    [
        Step(
            name="submit",
            label="Hand over for approval",
            sources=PolicyVersion.WRITTEN,
            target=Status.IN_REVIEW,
            rule=can_submit,
            sets=("changes", "is_major"),
            needs=(text_missing, first_is_minor, body_missing, consultation_unasked),
            precedes=(hold_policy,),
            follows=(tell_approvers,),
        ),
        Step(
            name="sign",
            label="Sign version",
            sources=(Status.IN_REVIEW,),
            target=Status.IN_REVIEW,
            rule=can_sign,
            needs=(consultation_missing, signed_text_changed),
            follows=(sign,),
        ),
        # The last signature that is needed.
        Step(
            name="approve",
            label="Approve version",
            sources=(Status.IN_REVIEW,),
            target=Status.APPROVED,
            rule=can_approve,
            sets=APPROVAL_FACTS,
            needs=(approver_unnamed, minute_missing, consultation_missing, signed_text_changed),
            precedes=(sign, state_approval),
            follows=(tell_keepers,),
        ),
        Step(
            name="request_changes",
            label="Request changes",
            sources=(Status.IN_REVIEW,),
            target=Status.CHANGES_REQUESTED,
            rule=can_sign_off,
            reason_needed=True,
            precedes=(void_signatures,),
            follows=(tell_writers,),
        ),
        Step(
            name="publish",
            label="Publish version",
            sources=(Status.APPROVED,),
            target=Status.PUBLISHED,
            rule=can_publish,
            needs=(approver_missing, consultation_missing, approval_void, later_in_force),
            precedes=(supersede_former, take_over_review),
            follows=(close_answered_reviews, ask_everybody, check_it),
        ),
        # The only way back to a text that can be changed.
        Step(
            name="withdraw",
            label="Withdraw to draft",
            sources=(Status.IN_REVIEW, Status.APPROVED),
            target=Status.DRAFTED,
            rule=can_submit,
            reason_needed=True,
            precedes=(void_signatures,),
        ),
        # What was changed behind the portal's back after it was signed.
        Step(
            name="lapse",
            label="Approval lapsed",
            sources=(Status.IN_REVIEW, Status.APPROVED),
            target=Status.DRAFTED,
            rule=the_portal,
            automatic=True,
            precedes=(void_signatures,),
        ),
        # A policy that the school had before the portal came, whatever it says or does not say about its approval.
        Step(
            name="adopt",
            label="Record as in force already",
            sources=(Status.DRAFTED,),
            target=Status.PUBLISHED,
            rule=can_publish,
            reason_needed=True,
            needs=(already_in_force,),
            sets=("published_at",),
            precedes=(supersede_former,),
            follows=(ask_everybody, check_it),
        ),
        Step(
            name="supersede",
            label="Superseded",
            sources=(Status.PUBLISHED,),
            target=Status.SUPERSEDED,
            rule=can_publish,
            automatic=True,
        ),
    ],
)
