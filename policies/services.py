"""The verbs of policies that are not one step: recording, drafting, editing, acknowledging, reviewing, reminding."""

import hashlib
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Membership, School, User
from policies import notifications, owed
from policies.models import (
    Acknowledgement,
    Clause,
    Comment,
    Confirmation,
    GuideIntro,
    Policy,
    PolicyVersion,
    Question,
    Reference,
    Reminder,
)
from policies.rules import (
    can_acknowledge,
    can_ask,
    can_chase,
    can_comment,
    can_edit_draft,
    can_edit_guide,
    can_edit_reference,
    can_manage,
)
from policies.selectors.acknowledgements import acknowledgement_text, post_asked
from policies.selectors.questions import answerer_of
from policyportal.lib.dates import Precision, today
from policyportal.lib.workflow import NotAllowed, Refused, save_as

# What a clause of a new version takes from the one before it.
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
    if policy.versions.filter(status=PolicyVersion.Status.DRAFTED).exists():
        raise Refused("There is a draft of this policy already. Finish that one first.")
    current = policy.versions.published().first()
    with transaction.atomic():
        kept = {name: getattr(current, name) for name in KEPT_FACTS} if current else {}
        version = draft_version(policy, by=by, reason=reason, trigger=trigger, **kept)
        for clause in current.clauses.all() if current else []:
            add_clause(version, by=by, **{name: getattr(clause, name) for name in COPIED})
    return version


def add_clause(version: PolicyVersion, *, by: Membership | None, **facts: Any) -> Clause:
    """Add a clause at the end of a draft and return it; `facts` are fields of Clause. Refuses any but a draft."""
    if version.status != PolicyVersion.Status.DRAFTED:
        raise Refused("Only a draft can be changed. Draft a new version first.")
    if "position" not in facts:
        facts["position"] = (version.clauses.aggregate(last=Max("position"))["last"] or 0) + 1
    clause = Clause(version=version, **facts)
    save_as(clause, by, "Added")
    return clause


def edit_clause(clause: Clause, *, by: Membership, heading: str, text: str, reason: str) -> Clause:
    """Change the heading and text of a clause of a draft, keeping the former ones in its history.

    Refuses whoever may not edit drafts, and a clause that is no longer one.
    """
    if not can_edit_draft(by, clause):
        raise NotAllowed("Change clause")
    clause.heading, clause.text = heading, text
    save_as(clause, by, reason or "Changed in the draft")
    return clause


def edit_guide_text(clause: Clause, *, by: Membership, text: str, reason: str = "") -> Clause:
    """Change the words that the guide page shows for a clause; the former ones remain in its history.

    The clause's own text, which people acknowledged, stays. Tells nobody. Refuses whoever may not edit guides.
    """
    if not can_edit_guide(by, clause.version.policy):
        raise NotAllowed("Change guide")
    clause.guide_text = text.strip()
    save_as(clause, by, reason.strip() or "Guide page reworded")
    return clause


def write_guide_intro(*, school: School, audience: str, text: str, by: Membership | None) -> GuideIntro:
    """Store the opening words of a guide page, the former ones remaining in its history, and return them."""
    intro = GuideIntro.objects.filter(school=school, audience=audience).first()
    intro = intro or GuideIntro(school=school, audience=audience)
    intro.text = text
    save_as(intro, by, "Opening words of the guide")
    return intro


def add_reference(policy: Policy, *, by: Membership | None, **facts: Any) -> Reference:
    """Add a related policy, a law or guidance to the register and return it; `facts` are fields of Reference."""
    reference = Reference(policy=policy, **facts)
    save_as(reference, by, "Registered")
    return reference


def check_reference(reference: Reference, *, by: Membership, reason: str = "", **facts: Any) -> Reference:
    """Store what a check of a reference found, with today as the day of the check [MLC-86, MLC-87].

    Tells whoever keeps the policy when it has been superseded, which calls for a review. Refuses whoever may not
    manage the policy.
    """
    if not can_edit_reference(by, reference):
        raise NotAllowed("Change reference")
    former = Reference.objects.get(pk=reference.pk).standing
    for name, value in facts.items():
        setattr(reference, name, value)
    reference.last_checked_on = today()
    with transaction.atomic():
        save_as(reference, by, reason.strip() or "Checked")
        if reference.standing == Reference.Standing.SUPERSEDED != former:
            notifications.reference_superseded(reference)
    return reference


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


def acknowledge(
    version: PolicyVersion, membership: Membership, *, has_read: bool, has_understood: bool, will_follow: bool
) -> Acknowledgement:
    """Store that the person read, understood and will follow this version, with the very words they were shown.

    The first one counts: a second time returns it unchanged. Tells nobody. Refuses whoever is not asked to, a
    version that is not in force, and anything less than all three.
    """
    if not can_acknowledge(membership, version):
        raise NotAllowed("Acknowledge the policy")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("This version is not in force. Acknowledge the one that is.")
    if not (has_read and has_understood and will_follow):
        raise Refused("Tick all three statements to acknowledge the policy.")
    former = Acknowledgement.objects.filter(version=version, user=membership.user).first()
    if former:
        return former
    text = acknowledgement_text(version)
    given = Acknowledgement(
        school=membership.school,
        version=version,
        user=membership.user,
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
    except IntegrityError:
        # Pressed twice at once: the other press was first.
        return Acknowledgement.objects.get(version=version, user=membership.user)
    return given


def comment_on(version: PolicyVersion, *, by: Membership, text: str, supports: bool) -> Comment:
    """Store what a governor or the head says of a version under review, and whether they support it [CRO-98].

    Tells nobody. Refuses others, versions no longer under review, and an empty comment without support.
    """
    if not can_comment(by, version):
        raise NotAllowed("Comment")
    if not text.strip() and not supports:
        raise Refused("Write a comment, or say that you support this version.")
    comment = Comment(version=version, by=by.user, text=text.strip(), supports=supports)
    save_as(comment, by, "Commented")
    return comment


def ask(policy: Policy, *, by: Membership, text: str) -> Question:
    """Store a question about a policy and tell the one person to whom it goes [MLC-19, GRA-79].

    That is who holds the role that the policy names, else the line manager of whoever asks, else the headteacher.
    Refuses whoever the policy does not concern, and a school in which nobody could answer.
    """
    if not can_ask(by, policy):
        raise NotAllowed("Ask a question")
    to = answerer_of(policy, by)
    if to is None:
        raise Refused("There is nobody who could answer. Ask the school office.")
    question = Question(school=by.school, policy=policy, asked_by=by.user, to=to, text=text)
    with transaction.atomic():
        save_as(question, by, "Asked")
        notifications.question_asked(question)
    return question


def remind(version: PolicyVersion, person: User, *, by: Membership) -> Reminder:
    """Remind one person of an acknowledgement they owe and return the log entry [MLC-20].

    Tells them once a day at most, whoever presses. Refuses whoever may not chase this person, and a person who has
    acknowledged or is not asked to.
    """
    post = post_asked(version, person, by.school)
    if post is None:
        raise Refused(f"{person} is not asked to acknowledge this policy.")
    if not can_chase(by, post):
        raise NotAllowed("Remind")
    if version.acknowledgements.filter(user=person).exists():
        raise Refused(f"{person} has acknowledged the policy already.")
    with transaction.atomic():
        reminder, is_new = Reminder.objects.get_or_create(
            version=version,
            user=person,
            kind=Reminder.Kind.ASKED,
            owed_on=today(),
            defaults={"school": by.school, "stage": 0, "by": by.user},
        )
        if is_new:
            notifications.reminders_recorded([reminder])
    return reminder


def record_due_reminders(day: date | None = None) -> int:
    """Record and tell every reminder that is owed today (or on `day`); return how many were recorded.

    Safe to run twice, in two places at once, and to be killed anywhere [PWP-04, CRO-06, PWP-95].
    """
    return owed.record(day or today())
