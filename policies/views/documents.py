"""Policy documents and their versions: reading, reviewing, drafting, approving, publishing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts.decorators import needs
from policies import services
from policies.forms import (
    CommentForm,
    NewVersionForm,
    ReviewForm,
    SearchForm,
)
from policies.rules import can_comment, can_manage, can_read_in
from policies.selectors.policies import (
    facts_of,
    policies_with_version,
    policy_page,
    policy_timeline,
)
from policies.selectors.registers import registers_of
from policies.selectors.reviews import standing_of
from policies.views.found import found_policy, found_version, trail
from policies.views.ways import actions_on, ways_from, ways_from_the_list
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused


@needs("view_policies")
def policy_list(request):
    """The policies that serve the school, and how each stands with its review."""
    page = page_of(policies_with_version(request.membership), request.GET, order="title")
    rows = []
    for policy in page:
        version = policy.in_force[0] if policy.in_force else None
        standing = standing_of(version) if version else None
        rows.append(
            [
                {"text": policy.title, "url": policy.get_absolute_url()},
                f"Version {version.number}" if version else "None in force",
                version.approver if version else "",
                {"text": standing.label, "tone": standing.tone} if standing else "",
            ]
        )
    headers = ["Policy", "In force", "Approved by", "Review"]
    context = {
        "page": page,
        "rows": rows,
        "headers": headers,
        "may_read_in": can_read_in(request.membership),
        "ways": ways_from_the_list(request.membership),
    }
    return render(request, "policies/policy_list.html", context)


@needs("view_policies")
def policy_detail(request, pk):
    """One policy: what is in force, how it stands, what it rests on, its versions and what happened."""
    policy = found_policy(request, pk)
    form = SearchForm(request.GET or None)
    search = form.cleaned_data["q"] if form.is_valid() else ""
    page = policy_page(policy, request.membership, search)
    manages = can_manage(request.membership, policy)
    context = {
        "policy": policy,
        "page": page,
        "facts": facts_of(page),
        "registers": registers_of(page.references, manages),
        "manages": manages,
        "form": form,
        "search": search,
        "actions": actions_on(page, request.membership),
        "ways": ways_from(page, request.membership, manages=manages),
        "finding_headers": ["What was found", "Where", "Status"],
        "version_headers": ["Version", "Status", "What led to it", "In force from"],
        "version_rows": [
            [
                {"text": f"Version {one.number}", "url": one.get_absolute_url()},
                one.get_status_display(),
                one.get_trigger_display() or "Not stated",
                one.published_on or "Not yet",
            ]
            for one in page.versions
        ],
        "events": policy_timeline(page),
        "trail": trail(),
    }
    return render(request, "policies/policy_detail.html", context)


@needs("manage_policies")
def review_record(request, pk):
    """Record that the version in force was reviewed and stays."""
    policy = found_policy(request, pk)
    version = get_object_or_404(policy.versions.published().select_related("policy"))
    form = ReviewForm(request.POST or None, questions=policy.review_questions)
    if form.is_valid():
        try:
            services.record_review(version, by=request.membership, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The review is recorded.")
            return redirect(policy)
    context = {
        "title": "Record a review",
        "text": "Use this when the policy was reviewed and stays as it is. To change it, draft a new version.",
        "form": form,
        "label": "Record review",
        "back": policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


@needs("manage_policies")
def version_create(request, pk):
    """Start a new version as a copy of the one in force, with the reason for it."""
    policy = found_policy(request, pk)
    form = NewVersionForm(request.POST or None)
    if form.is_valid():
        try:
            version = services.draft_next_version(policy, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(
                request, f"Version {version.number} is drafted. Change its clauses, then have it approved."
            )
            return redirect(version)
    context = {
        "title": "Draft a new version",
        "text": "The draft starts as a copy of the version in force. That one stays until the new one is published.",
        "form": form,
        "label": "Draft version",
        "back": policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


@needs("approve_policies")
def version_comment(request, pk):
    """Comment on a version under review, and support it."""
    version = found_version(request, pk)
    if not can_comment(request.membership, version):
        raise Http404
    form = CommentForm(request.POST or None)
    if form.is_valid():
        try:
            services.comment_on(version, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Your comment is stored with the version.")
            return redirect(version)
    context = {
        "title": "Comment on this version",
        "text": "Governors and the headteacher read it, with your name and the date.",
        "form": form,
        "label": "Store comment",
        "back": version,
        "trail": trail(version.policy, version),
    }
    return render(request, "policies/form.html", context)
