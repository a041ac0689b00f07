"""The life of a version (drafted, approved, published, superseded) and of a question (open, answered)."""

from django.utils import timezone

from accounts.models import Membership
from policies.asking import ask_all
from policies.models import Policy, PolicyVersion, Proposal, Question, Reading
from policies.notifications import question_answered, version_approved
from policies.rules import can_answer, can_approve, can_publish, can_take_over
from policyportal.lib.workflow import Refused, Step, register, take_along

Status = PolicyVersion.Status
Approver = PolicyVersion.Approver

APPROVAL_FACTS = (
    "approver_kind",
    "approver_name",
    "approver_role",
    "approved_on",
    "approved_on_precision",
    "approved_on_raw",
)


def approver_missing(version: PolicyVersion) -> str:
    """Say who must be named before the version is approved or published [PWP-02]."""
    if version.approver_kind == Approver.NOT_STATED:
        return "Say who approved it: a named person, a committee or the full governing body."
    if version.approver_kind != Approver.GOVERNING_BODY and not version.approver_name.strip():
        return "Give the name of the person or committee that approved it."
    return ""


def consultation_missing(version: PolicyVersion) -> str:
    """Say who must be consulted before a change, where the policy demands it [MLC-85]."""
    consults, is_change = version.policy.consults, version.number > 1
    if is_change and consults and not version.consultation.strip():
        return f"Record what {consults} said first: this policy is changed only after consulting them."
    return ""


def later_in_force(version: PolicyVersion) -> str:
    """Refuse to bring back a wording that a later one has replaced."""
    later = version.policy.versions.published().filter(number__gt=version.number).first()
    return f"Version {later.number} is in force already. Draft a new version instead." if later else ""


def already_in_force(version: PolicyVersion) -> str:
    """Only the first wording of a policy can have been in force before the portal knew it."""
    others = version.policy.versions.exclude(status=Status.DRAFTED)
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
    """Ask everybody whom the policy is written for to acknowledge this wording [PWP-58, CRO-56, MLC-13]."""
    ask_all(version, actor)


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
            name="approve",
            label="Approve version",
            sources=(Status.DRAFTED,),
            target=Status.APPROVED,
            rule=can_approve,
            sets=APPROVAL_FACTS,
            needs=(approver_missing,),
            follows=(tell_keepers,),
        ),
        Step(
            name="publish",
            label="Publish version",
            sources=(Status.APPROVED,),
            target=Status.PUBLISHED,
            rule=can_publish,
            sets=("consultation",),
            needs=(approver_missing, consultation_missing, later_in_force),
            precedes=(supersede_former,),
            follows=(ask_everybody,),
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
            follows=(ask_everybody,),
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
