"""Reviews and suggestions as pages show them: what is open, what led to it, when it is due by what."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership
from policies.causes import cause_of
from policies.models import Policy, PolicyVersion, Review, ReviewState, Suggestion
from policies.selectors.reviews import standing_of
from policies.stages import milestones_of
from policyportal.lib.dates import today
from policyportal.lib.templatetags.portal import day as in_words
from policyportal.lib.waiting import Waiting

MOST = 20
TONES = {Suggestion.Status.MADE: "waiting", Suggestion.Status.TAKEN_UP: "good", Suggestion.Status.DECLINED: ""}


def reviews_of(membership: Membership) -> QuerySet[Review]:
    """Return the reviews that this person may read, with what a list shows of them."""
    return Review.objects.visible_to(membership).select_related("policy", "version__policy", "opened_by", "led_to")


def suggestions_of(membership: Membership) -> QuerySet[Suggestion]:
    """Return the suggestions that this person may read: their own, or all of the school's."""
    found = Suggestion.objects.visible_to(membership)
    return found.select_related("policy", "suggested_by", "clause__version__policy")


def due_words(version: PolicyVersion) -> list[dict[str, str]]:
    """Return when a review is due by what is stated and, where that differs, by the cycle [MLC-96]."""
    stated, by_cycle = version.stated("review_due_on"), version.review_due_by_cycle
    rows = [{"label": "Review due, as stated", "value": str(stated)}]
    if by_cycle and by_cycle.day != stated.day:
        rows.append({"label": "Review due, by its cycle", "value": str(by_cycle)})
    return rows


def review_facts(review: Review, membership: Membership) -> list[dict[str, str]]:
    """Return the facts of a review as a summary list shows them; what led to it only to whoever may see that."""
    cause = cause_of(membership, review)
    opened_by = str(review.opened_by) if review.opened_by else "the portal, as its date came near"
    rows = [
        {"label": "Policy", "value": str(review.policy), "url": review.policy.get_absolute_url()},
        {"label": "Reviewed", "value": f"Version {review.version.number}", "url": review.version.get_absolute_url()},
        {"label": "What led to it", "value": review.get_trigger_display()},
        {"label": "Which", "value": cause.reference, "url": cause.path} if cause else {"label": "", "value": ""},
        {"label": "Why", "value": review.reason if review.opened_by else ""},
        {"label": "Opened", "value": f"{in_words(review.opened_on)}, by {opened_by}"},
        {"label": "To be done by", "value": in_words(review.due_on)},
    ]
    if review.status == Review.Status.OPENED:
        rows += due_words(review.version)
    else:
        rows += [
            {"label": "Done", "value": in_words(review.reviewed_on)},
            {"label": "What came of it", "value": review.get_result_display()},
        ]
        if review.led_to:
            url = review.led_to.get_absolute_url()
            rows.append({"label": "New version", "value": f"Version {review.led_to.number}", "url": url})
        rows.append({"label": "What it found", "value": review.note})
        # PostgreSQL keeps no order of what is stored by name, so the order of asking is asked for again.
        asked = {question: place for place, question in enumerate(review.policy.review_questions)}
        answered = sorted(review.answers.items(), key=lambda pair: asked.get(pair[0], len(asked)))
        rows += [{"label": question, "value": answer} for question, answer in answered]
    return [row for row in rows if row["value"]]


def review_rows(reviews: Iterable[Review]) -> list[list]:
    """Return reviews as rows of a table: the policy, what led to each, when it was opened, is due, how it stands."""
    return [
        [
            {"text": str(review.policy), "url": review.get_absolute_url()},
            review.get_trigger_display(),
            review.opened_on,
            {"text": "", "due": review.due_on, "done": review.status == Review.Status.CLOSED}
            if review.due_on
            else "No day set",
            _how_it_stands(review),
        ]
        for review in reviews
    ]


def _how_it_stands(review: Review) -> dict[str, str]:
    if review.status == Review.Status.OPENED:
        return {"text": review.get_status_display(), "tone": "waiting"}
    return {"text": review.get_status_display(), "tone": "good", "hint": review.get_result_display()}


def suggestion_rows(suggestions: Iterable[Suggestion]) -> list[list]:
    """Return suggestions as rows of a table."""
    return [
        [
            {"text": shortened(suggestion.text), "url": suggestion.get_absolute_url()},
            {"text": str(suggestion.policy), "hint": str(suggestion.clause or "")},
            str(suggestion.suggested_by),
            suggestion.created_at,
            {"text": suggestion.get_status_display(), "tone": TONES[Suggestion.Status(suggestion.status)]},
        ]
        for suggestion in suggestions
    ]


def shortened(text: str, most: int = 80) -> str:
    """Return the beginning of a text, as a link names it."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def reviews_waiting(membership: Membership, policies: list[Policy]) -> list[Waiting]:
    """Return what waits for whoever keeps these policies: reviews open or near, policies undated, suggestions.

    A review that is open stands for the date of its policy; one that is only near leads to the policy.
    """
    opened = list(Review.objects.filter(policy__in=policies).open().select_related("policy").order_by("due_on"))
    by_date = {review.policy_id for review in opened if review.trigger == PolicyVersion.Trigger.YEARLY}
    waiting = []
    standings = {version.policy_id: standing_of(version).label for policy in policies for version in policy.in_force}
    for review in opened:
        yearly = review.trigger == PolicyVersion.Trigger.YEARLY
        detail = standings.get(review.policy_id, "") if yearly else review.get_trigger_display()
        url = review.get_absolute_url()
        waiting.append(Waiting(title=f"Review: {review.policy}", url=url, due=review.due_on, detail=detail))
    for policy in policies:
        for version in policy.in_force:
            if policy.pk not in by_date and _is_near(version, membership):
                url, label = policy.get_absolute_url(), standings[policy.pk]
                waiting.append(Waiting(title=f"Review: {policy}", url=url, due=version.review_due.day, detail=label))
    return [*waiting, *_suggestions_waiting(membership)]


def _is_near(version: PolicyVersion, membership: Membership) -> bool:
    """Tell whether a review is dated soon, due or overdue, or not dated at all."""
    due = version.review_due.day
    if due is None or version.review_state() != ReviewState.UP_TO_DATE:
        return True
    return due <= today() + timedelta(days=max(milestones_of(version.policy, membership.school)))


def _suggestions_waiting(membership: Membership) -> list[Waiting]:
    """Suggestions that nobody has answered, a line for each policy, so that many of them bury nothing else."""
    counted: dict[Policy, int] = {}
    for suggestion in Suggestion.objects.visible_to(membership).waiting().select_related("policy"):
        counted[suggestion.policy] = counted.get(suggestion.policy, 0) + 1
    address = reverse("policies:suggestion_list")
    return [
        Waiting(title=f"Suggestions for {policy}", url=address, detail=f"{number} to answer at the next review")
        for policy, number in list(counted.items())[:MOST]
    ]
