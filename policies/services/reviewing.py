"""The verbs of a review: opened by the schedule or by what happened, closed with what came of it."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, School
from policies.check.running import run_check
from policies.models import Policy, PolicyVersion, Review
from policies.review_dates import take_over_review
from policies.review_notices import review_opened
from policies.review_workflow import OUTCOME
from policies.rules import can_manage
from policies.services.documents import draft_next_version
from policies.stages import milestones_of
from policyportal.lib.dates import Precision, today
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take

Trigger = PolicyVersion.Trigger
BY_SCHEDULE = "Its date comes near"
RECORDED = "Recorded by hand"


def open_review(
    policy: Policy,
    *,
    by: Membership,
    trigger: str,
    reason: str,
    due_on: date | None = None,
    cause: str = "",
    cause_path: str = "",
) -> Review:
    """Open a review of the version in force out of turn, and return it [PWP-100, MLC-80, MLC-81, MLC-82, MLC-83].

    `trigger` is of PolicyVersion.Trigger; `cause` and `cause_path` name what led to it elsewhere in the portal, never
    in its own words. Tells whoever keeps the policy, but not whoever opens it. Refuses whoever may not manage the
    policy, a missing reason, a day that has passed, and a policy of which nothing is in force.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Open a review")
    if not reason.strip():
        raise Refused("Say why the policy is to be reviewed.")
    if due_on and due_on < today():
        raise Refused("The day by which it is due must not have passed.")
    facts = {"trigger": trigger, "reason": reason.strip(), "due_on": due_on, "cause": cause, "cause_path": cause_path}
    with transaction.atomic():
        review = _store(policy, by, **facts)
        review_opened(review, by)
    return review


def _store(policy: Policy, by: Membership, **facts: Any) -> Review:
    version = policy.versions.published().first()
    if version is None:
        raise Refused("No version of this policy is in force, so there is nothing to review yet.")
    review = Review(school=by.school, policy=policy, version=version, opened_by=by.user, opened_on=today(), **facts)
    save_as(review, by, "Opened")
    return review


def open_due_reviews(day: date | None = None) -> int:
    """Open the review of each version in force whose first milestone has come, and return how many were opened.

    Reckoned from dates: safe to run twice, late, and in two places at once. Tells nobody, since the reminders do.
    The number of queries does not grow with policies on which nothing has come near.
    """
    day = day or today()
    versions = PolicyVersion.objects.published().select_related("policy").prefetch_related("policy__schools")
    near = [version for version in versions if _comes_near(version, day)]
    known = {
        (review.version_id, review.due_on)
        for review in Review.objects.filter(version__in=near, trigger=Trigger.YEARLY).exclude(
            result=Review.Result.KEPT
        )
    }
    return sum(
        _open_by_schedule(version, day) for version in near if (version.pk, version.review_due.day) not in known
    )


def _comes_near(version: PolicyVersion, day: date) -> bool:
    due = version.review_due.day
    schools = list(version.policy.schools.all())
    if due is None or not schools:
        return False
    first = max(max(milestones_of(version.policy, school)) for school in schools)
    return due - timedelta(days=first) <= day


def _open_by_schedule(version: PolicyVersion, day: date) -> bool:
    review = Review(
        school=_first_school(version.policy),
        policy=version.policy,
        version=version,
        trigger=Trigger.YEARLY,
        reason=BY_SCHEDULE,
        opened_on=day,
        due_on=version.review_due.day,
    )
    try:
        with transaction.atomic():
            save_as(review, None, "Opened")
    except IntegrityError:
        # Another run was faster.
        return False
    return True


def _first_school(policy: Policy) -> School:
    return min(policy.schools.all(), key=lambda school: school.name)


def close_as_kept(
    review: Review,
    *,
    by: Membership,
    reviewed_on: date,
    review_due_on: date | None,
    note: str,
    answers: dict[str, str] | None = None,
) -> Review:
    """Close a review whose policy stays as it is: when, what it found, and when next [PWP-03, PWP-101, CRO-05].

    Dates the version in force anew, its former dates remaining in the history; without `review_due_on` the next
    review follows from the policy's cycle. `answers` says what was found on each of the policy's review questions
    [HEA-112]. Tells nobody; reminders follow the new date by themselves. Refuses whoever may not manage the policy,
    a question left blank, a next review that does not lie after this one, and whoever comes too late.
    """
    refuse_backwards(reviewed_on, review_due_on)
    with transaction.atomic():
        closed = take("keep", review, by, note, **_outcome(Review.Result.KEPT, reviewed_on, note, answers))
        version = closed.policy.versions.select_for_update().published().select_related("policy").get()
        version.review_answers = closed.answers
        version.last_reviewed_on, version.last_reviewed_on_precision = reviewed_on, Precision.DAY
        version.last_reviewed_on_raw = ""
        version.last_reviewed_note = note[:100]
        state_next_review(version, review_due_on)
        save_as(version, by, f"Reviewed: {note[:100]}" if note else "Reviewed")
        run_check(version)
    return closed


def close_with_version(
    review: Review,
    *,
    by: Membership,
    reviewed_on: date,
    review_due_on: date | None,
    note: str,
    answers: dict[str, str] | None = None,
) -> Review:
    """Close a review that leads to a new version, and draft it unless one is on its way or in force [PWP-100, CRO-96].

    The version under review keeps its dates: the next review is dated as the new one is published, by `review_due_on`
    or by the cycle. Tells nobody. Refuses as `close_as_kept` does, and to date a version that is being approved, since
    whoever signs it signs its dates.
    """
    refuse_backwards(reviewed_on, review_due_on)
    with transaction.atomic():
        later = review.policy.versions.select_for_update().filter(number__gt=review.version.number)
        pending = later.filter(status__in=PolicyVersion.PENDING).order_by("-number")
        draft = pending.first() or later.published().first()
        if review_due_on and draft and draft.status in (PolicyVersion.Status.IN_REVIEW, PolicyVersion.Status.APPROVED):
            raise Refused(
                f"Version {draft.number} is being approved with its dates as they are. "
                "Leave the date of the next review blank, or withdraw that version to draft first."
            )
        draft = draft or draft_next_version(review.policy, by=by, reason=note or review.reason, trigger=review.trigger)
        closed = take(
            "renew", review, by, note, led_to=draft, **_outcome(Review.Result.NEW_VERSION, reviewed_on, note, answers)
        )
        if draft.status == PolicyVersion.Status.PUBLISHED:
            take_over_review(draft, by, note)
        if review_due_on:
            state_next_review(draft, review_due_on)
        if review_due_on or draft.status == PolicyVersion.Status.PUBLISHED:
            save_as(draft, by, "Dated by its review")
    return closed


def _outcome(result: str, reviewed_on: date, note: str, answers: dict[str, str] | None) -> dict[str, Any]:
    return dict(zip(OUTCOME, (result, answers or {}, note, reviewed_on, timezone.now()), strict=True))


def refuse_backwards(reviewed_on: date, review_due_on: date | None) -> None:
    """Refuse a next review that does not lie after this one."""
    if review_due_on and review_due_on <= reviewed_on:
        raise Refused("The next review must come after this one.")


def state_next_review(version: PolicyVersion, day: date | None) -> None:
    """Set the stated date of the next review on a version, unsaved; None leaves it to the policy's cycle."""
    version.review_due_on = day
    version.review_due_on_precision = Precision.DAY if day else Precision.NONE
    version.review_due_on_raw = ""


def record_review(
    version: PolicyVersion,
    *,
    by: Membership,
    reviewed_on: date,
    review_due_on: date | None,
    note: str,
    answers: dict[str, str] | None = None,
) -> PolicyVersion:
    """Record that the version in force was reviewed and stays, and return it dated anew [PWP-03, PWP-101, CRO-05].

    Closes the review that is open for its date, or one opened for it now, as `close_as_kept` does. Refuses as that
    does, a version that is not in force, and the same review once more: somebody pressed twice.
    """
    if not can_manage(by, version.policy):
        raise NotAllowed("Record review")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("Only the version in force can be reviewed.")
    with transaction.atomic():
        # Held, so that of two presses at once the second finds what the first recorded.
        held = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        same = held.reviews.filter(result=Review.Result.KEPT, reviewed_on=reviewed_on, note=note)
        if held.review_due_on == review_due_on and same.exists():
            raise Refused("This review is recorded already.")
        review = version.reviews.open().filter(trigger=Trigger.YEARLY).order_by("due_on").first()
        review = review or _store(version.policy, by, trigger=Trigger.YEARLY, reason=RECORDED)
        close_as_kept(review, by=by, reviewed_on=reviewed_on, review_due_on=review_due_on, note=note, answers=answers)
    version.refresh_from_db()
    return version
