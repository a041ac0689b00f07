"""Policy documents and their versions: reading, reviewing, drafting, approving, publishing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.rules import holds
from policies import services
from policies.forms import (
    ApprovalForm,
    CommentForm,
    ConsultationForm,
    NewVersionForm,
    ReasonForm,
    ReviewForm,
    SearchForm,
)
from policies.models import PolicyVersion
from policies.review_rules import can_suggest
from policies.rules import can_acknowledge, can_ask, can_comment, can_manage
from policies.selectors.policies import (
    clauses_by_heading,
    facts_of,
    policies_with_version,
    policy_page,
    policy_timeline,
    version_facts,
)
from policies.selectors.registers import registers_of
from policies.selectors.reviews import standing_of
from policies.views.found import found_policy, found_version, trail
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take


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
        "may_ask": holds(request.membership, "acknowledge_policies"),
        "may_review": holds(request.membership, "view_policy_drafts"),
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
    actions = []
    if page.version and can_acknowledge(request.membership, page.version):
        actions.append(("Acknowledge", reverse("policies:acknowledge", args=[page.version.pk])))
    if can_ask(request.membership, policy):
        actions.append(("Ask a question", reverse("policies:question_create", args=[policy.pk])))
    if can_suggest(request.membership, policy):
        actions.append(("Suggest a change", reverse("policies:suggestion_create", args=[policy.pk])))
    if page.version and holds(request.membership, "chase_acknowledgements"):
        actions.append(("Acknowledgements", reverse("policies:acknowledgement_list", args=[page.version.pk])))
    if manages:
        if page.version:
            actions.append(("Record a review", reverse("policies:review_record", args=[policy.pk])))
            actions.append(("Open a review", reverse("policies:review_create", args=[policy.pk])))
        actions.append(("Draft a new version", reverse("policies:version_create", args=[policy.pk])))
    context = {
        "policy": policy,
        "page": page,
        "facts": facts_of(page),
        "registers": registers_of(page.references, manages),
        "manages": manages,
        "form": form,
        "search": search,
        "actions": actions,
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
def finding_confirm(request, pk):
    """Confirm that a finding of the health check is right as it is, with the reason."""
    policy = found_policy(request, pk)
    finding = request.GET.get("finding", "")
    if finding not in policy_page(policy, request.membership).findings:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.confirm_finding(policy, finding, by=request.membership, reason=form.cleaned_data["reason"])
        messages.success(request, "The finding is confirmed and no longer open.")
        return redirect(policy)
    context = {
        "title": "Confirm a finding",
        "quote": finding,
        "text": "Confirm it where the policy is right as it is. The reason is kept.",
        "form": form,
        "label": "Confirm finding",
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


@needs("view_policies")
def version_detail(request, pk):
    """One version: its facts, and every clause under its section and heading."""
    version = found_version(request, pk)
    context = {
        "version": version,
        "facts": version_facts(version),
        "steps": steps_open_to(request.membership, version),
        "step_url": reverse("policies:version_step", args=[version.pk]),
        "parts": clauses_by_heading(version),
        "comments": version.comments.select_related("by"),
        "actions": (
            [("Comment", reverse("policies:version_comment", args=[version.pk]))]
            if can_comment(request.membership, version)
            else []
        ),
        "events": timeline_of(version),
        "trail": trail(version.policy),
    }
    return render(request, "policies/version_detail.html", context)


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


@needs("view_policies")
def version_step(request, pk):
    """Take a step on a version, asking first for what the step needs."""
    version = found_version(request, pk)
    name = request.POST.get("step") or request.GET.get("step", "")
    step = next((step for step in steps_open_to(request.membership, version) if step.name == name), None)
    known = name in {step.name for step in steps_of(PolicyVersion)}
    if not known or (step is None and request.method != "POST"):
        raise Http404
    form = step_form(step, request.POST if request.method == "POST" else None, version)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            version = take(name, version, request.membership, *reason_of(form), **facts_from(form))
        except Refused as refusal:
            for message in refusal.messages:
                messages.error(request, message)
        except TooLate as late:
            messages.warning(request, str(late))
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        else:
            messages.success(request, f"{version} is now: {version.get_status_display().lower()}.")
        return redirect(version)
    context = {"step": step, "version": version, "form": form, "trail": trail(version.policy, version)}
    return render(request, "policies/version_step.html", context)


def step_form(step, data, version):
    """Return the form that asks for what a step needs, or None."""
    if step is None:
        return None
    if "approver_kind" in step.sets:
        return ApprovalForm(data, instance=version)
    if "consultation" in step.sets:
        return ConsultationForm(data, instance=version)
    return ReasonForm(data) if step.reason_needed else None


def reason_of(form):
    """Return the reason given, as further arguments of `take`."""
    return [form.cleaned_data["reason"]] if isinstance(form, ReasonForm) else []


def facts_from(form):
    """Return the facts given, as further arguments of `take`."""
    return form.facts() if isinstance(form, ApprovalForm | ConsultationForm) else {}
