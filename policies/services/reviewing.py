"""The verbs of a review: that the version in force stays, and what the health check may leave as it is."""

from datetime import date

from accounts.models import Membership
from policies.models import Confirmation, Policy, PolicyVersion
from policies.rules import can_manage
from policyportal.lib.dates import Precision
from policyportal.lib.workflow import NotAllowed, Refused, save_as


def record_review(
    version: PolicyVersion,
    *,
    by: Membership,
    reviewed_on: date,
    review_due_on: date | None,
    note: str,
    answers: dict[str, str] | None = None,
) -> PolicyVersion:
    """Record that the version in force was reviewed and stays: when, why, and when next [PWP-03, PWP-101, CRO-05].

    Without `review_due_on` the next review follows from the policy's cycle. The former dates remain in the history.
    `answers` says what was found on each of the policy's review questions [HEA-112]. Tells nobody; reminders follow
    the new date by themselves. Refuses whoever may not manage the policy, a version that is not in force, a question
    left blank, and a next review that does not lie after this one.
    """
    if not can_manage(by, version.policy):
        raise NotAllowed("Record review")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("Only the version in force can be reviewed.")
    if review_due_on and review_due_on <= reviewed_on:
        raise Refused("The next review must come after this one.")
    answers = answers or {}
    blank = [question for question in version.policy.review_questions if not answers.get(question, "").strip()]
    if blank:
        raise Refused(*(f"Say what the review found on this: {question}." for question in blank))
    version.review_answers = answers
    version.last_reviewed_on, version.last_reviewed_on_precision = reviewed_on, Precision.DAY
    version.last_reviewed_on_raw = ""
    version.last_reviewed_note = note[:100]
    version.review_due_on = review_due_on
    version.review_due_on_precision = Precision.DAY if review_due_on else Precision.NONE
    version.review_due_on_raw = ""
    save_as(version, by, f"Reviewed: {note}" if note else "Reviewed")
    return version


def confirm_finding(policy: Policy, finding: str, *, by: Membership, reason: str) -> Confirmation:
    """Record that a finding of the health check is right as it is, and why; it is then no longer open [PWP-38].

    Tells nobody. Refuses whoever may not manage the policy, and a confirmation without a reason.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Confirm finding")
    if not reason.strip():
        raise Refused("Say why it stays as it is.")
    confirmation = Confirmation.objects.filter(policy=policy, finding=finding).first()
    if confirmation is None:
        confirmation = Confirmation(policy=policy, finding=finding, reason=reason, by=by.user)
        save_as(confirmation, by, reason)
    return confirmation
