"""Reviews: the list, one review, opening one out of turn, closing one with what came of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.forms import NewReviewForm, ReviewForm
from policies.models import Review
from policies.rules import can_manage
from policies.selectors.reviewing import review_facts, review_rows, reviews_of
from policies.views.found import found_policy, trail
from policyportal.lib.dates import today
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to

HEADERS = ["Policy", "What led to it", "Opened", "To be done by", "How it stands"]
# Where a review was led to by something that not every reader may see, its past tells nothing of it either.
OF_A_CAUSE = frozenset({"cause", "cause_path"})
CLOSING = {"keep": services.close_as_kept, "renew": services.close_with_version}
TEXTS = {
    "keep": "The version in force stays, with a new date of review.",
    "renew": "A draft is started as a copy of the version in force, unless one is on its way already. "
    "The next review is dated when the new version is published.",
}


@needs("view_policy_drafts")
def review_list(request):
    """The reviews of the school's policies, those that are open first."""
    reviews = reviews_of(request.membership)
    page = page_of(reviews.exclude(status=Review.Status.OPENED), request.GET, order="-opened_on")
    context = {
        "headers": HEADERS,
        "open_rows": review_rows(reviews.open().order_by("due_on", "opened_on")),
        "rows": review_rows(page),
        "page": page,
        "trail": trail(),
    }
    return render(request, "policies/review_list.html", context)


@needs("manage_policies")
def review_create(request, pk):
    """Open a review out of turn, with what leads to it."""
    policy = found_policy(request, pk)
    form = NewReviewForm(request.POST or None)
    if form.is_valid():
        try:
            review = services.open_review(policy, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The review is open.")
            return redirect(review)
    context = {
        "title": "Open a review",
        "text": "For what cannot wait until the yearly one: a new law, new guidance, a judgment, an incident.",
        "form": form,
        "label": "Open review",
        "back": policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


def found_review(request, pk):
    """Find a review that this reader may see, or answer 404."""
    return get_object_or_404(reviews_of(request.membership), pk=pk)


@needs("view_policy_drafts")
def review_detail(request, pk):
    """One review: what led to it, when it is due, what it weighs up, and what came of it."""
    review = found_review(request, pk)
    context = {
        "review": review,
        "facts": review_facts(review, request.membership),
        "questions": review.policy.review_questions if review.status == Review.Status.OPENED else [],
        "steps": steps_open_to(request.membership, review),
        "step_url": reverse("policies:review_step", args=[review.pk]),
        "actions": [("Review pack", reverse("portal:review_pack", args=[review.pk]))],
        "events": timeline_of(review, hidden=OF_A_CAUSE),
        "trail": [*trail(review.policy), ("Reviews", reverse("policies:review_list"))],
    }
    return render(request, "policies/review_detail.html", context)


@needs("manage_policies")
def review_step(request, pk):
    """Close a review: the policy stays as it is, or a new version is drafted."""
    review = found_review(request, pk)
    name = request.POST.get("step") or request.GET.get("step", "")
    step = {step.name: step for step in steps_of(Review)}.get(name)
    if step is None or not can_manage(request.membership, review.policy):
        raise Http404
    form = ReviewForm(request.POST or None, questions=review.policy.review_questions, initial={"reviewed_on": today()})
    if form.is_valid():
        try:
            closed = CLOSING[name](review, by=request.membership, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        except TooLate as late:
            messages.warning(request, str(late))
            return redirect(review)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        else:
            messages.success(request, "The review is done.")
            return redirect(closed.led_to or closed)
    context = {
        "title": step.label,
        "text": TEXTS[name],
        "form": form,
        "label": "Close review",
        "back": review,
        "trail": trail(review.policy, review),
    }
    return render(request, "policies/form.html", context)
