"""One version: how far it is on its way, what it changes, the steps on it, and any two versions compared."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.rules import holds
from policies import services
from policies.forms import (
    ApprovalForm,
    CompareForm,
    ConsultationForm,
    HandOverForm,
    MinuteForm,
    ReasonForm,
    RouteForm,
)
from policies.models import PolicyVersion, Route
from policies.rules import can_comment, can_manage, can_record_consultation, can_write
from policies.selectors.approving import approval_of, has_signed
from policies.selectors.changes import comparison_of
from policies.selectors.policies import HIDDEN, clauses_by_heading, version_facts
from policies.selectors.versions import version_before
from policies.views.found import found_policy, found_version, trail
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take

# More than this is read on the page that compares.
MOST_CHANGES = 5
SIGNING_STEPS = {"sign", "approve"}


@needs("view_policies")
def version_detail(request, pk):
    """One version: how far it is, what it changes, its facts, and every clause under its section and heading."""
    version = found_version(request, pk)
    member = request.membership
    works_on_it = holds(member, "view_policy_drafts")
    former = version_before(version)
    comparison = comparison_of(former, version, member.school_id) if former else None
    actions = []
    if can_comment(member, version):
        actions.append(("Comment", reverse("policies:version_comment", args=[version.pk])))
    if can_write(member, version):
        actions.append(("Add clause", reverse("policies:clause_create", args=[version.pk])))
    if can_manage(member, version.policy):
        actions.append(("Questions before acknowledging", reverse("policies:scenario_list", args=[version.pk])))
    steps = steps_open_to(member, version)
    context = {
        "version": version,
        "facts": version_facts(version),
        "steps": steps,
        # Taking it back is nobody's expected next step.
        "quiet": bool(steps) and steps[0].name == "withdraw",
        "step_url": reverse("policies:version_step", args=[version.pk]),
        "approval": approval_of(version) if works_on_it else None,
        "is_pending": version.status in PolicyVersion.PENDING,
        "may_consult": can_record_consultation(member, version),
        "comparison": comparison,
        "changes": comparison.changes[:MOST_CHANGES] if comparison else [],
        "compare_url": compare_url(former, version) if former else "",
        "parts": clauses_by_heading(version, member.school_id),
        "comments": version.comments.select_related("by") if works_on_it else [],
        "actions": actions,
        "events": timeline_of(version, hidden=HIDDEN),
        "trail": trail(version.policy),
    }
    return render(request, "policies/version_detail.html", context)


def compare_url(older, newer):
    """Return the page that compares two versions of a policy."""
    return reverse(
        "policies:version_compare", args=[newer.policy_id], query={"from": older.number, "to": newer.number}
    )


@needs("view_policies")
def version_compare(request, pk):
    """Any two versions of a policy, clause by clause; without a choice, the last two that the reader may see."""
    policy = found_policy(request, pk)
    versions = list(
        PolicyVersion.objects.visible_to(request.membership)
        .filter(policy=policy)
        .select_related("policy")
        .order_by("number")
    )
    form = CompareForm(request.GET or None, versions=versions)
    if form.is_bound and not form.is_valid():
        raise Http404
    older, newer = form.chosen() if form.is_bound else versions[-2:] if len(versions) > 1 else (None, None)
    comparison = comparison_of(older, newer, request.membership.school_id) if older else None
    everything = form.is_bound and form.cleaned_data["everything"]
    context = {
        "policy": policy,
        "comparison": comparison,
        "form": form,
        "parts": comparison.by_heading(everything=everything) if comparison else [],
        "trail": trail(policy),
    }
    return render(request, "policies/version_compare.html", context)


@needs("view_policies")
def version_step(request, pk):
    """Take a step on a version, asking first for what the step needs."""
    version = found_version(request, pk)
    name = request.POST.get("step") or request.GET.get("step", "")
    step = next((step for step in steps_open_to(request.membership, version) if step.name == name), None)
    known = name in {step.name for step in steps_of(PolicyVersion)}
    if not known or (step is None and request.method != "POST"):
        raise Http404
    form = step_form(step, request.POST if request.method == "POST" else None, version, request.membership)
    if request.method == "POST" and (form is None or form.is_valid()):
        refused = take_step(request, name, version, form)
        if not (form and refused):
            for message in refused:
                messages.error(request, message)
            return redirect(version)
        # What was typed stays on the page.
        form.add_error(None, refused)
    context = {
        "step": step,
        "version": version,
        "form": form,
        "text": f"{version}. You sign the text as it stands on its page." if name in SIGNING_STEPS else str(version),
        "trail": trail(version.policy, version),
    }
    return render(request, "policies/version_step.html", context)


def take_step(request, name, version, form):
    """Take the step and say what became of it; return why it was refused, nothing else; 403 for whoever may not."""
    if name == "publish" and services.lapse_if_changed(version):
        messages.error(
            request,
            "The text has changed since it was approved, so the approval is void. The version is a draft again: "
            "look it through and have it approved once more.",
        )
        return []
    try:
        version = take(name, version, request.membership, *reason_of(form), **facts_from(form))
    except Refused as refusal:
        return refusal.messages
    except TooLate as late:
        messages.warning(request, str(late))
    except NotAllowed as refusal:
        if name in SIGNING_STEPS and has_signed(request.user, version):
            messages.warning(request, "You have signed this version already. It is counted once.")
        elif {step.name for step in steps_open_to(request.membership, version)} & SIGNING_STEPS:
            messages.warning(request, "Somebody else signed in between. Look again, then sign.")
        else:
            raise PermissionDenied from refusal
    else:
        words = "You have signed." if name == "sign" else f"{version} is now: {version.get_status_display().lower()}."
        messages.success(request, words)
    return []


def step_form(step, data, version, signer):
    """Return the form that asks for what a step needs, or None."""
    if step is None:
        return None
    if step.name == "submit":
        return HandOverForm(data, instance=version)
    if step.name == "approve":
        if version.policy.route == Route.HEAD_OR_GOVERNORS:
            return ApprovalForm(data, instance=version, signer=signer)
        in_a_meeting = version.policy.route in (Route.COMMITTEE, Route.FULL_BOARD)
        return MinuteForm(data, instance=version) if in_a_meeting else None
    return ReasonForm(data) if step.reason_needed else None


def reason_of(form):
    """Return the reason given, as further arguments of `take`."""
    return [form.cleaned_data["reason"]] if isinstance(form, ReasonForm) else []


def facts_from(form):
    """Return the facts given, as further arguments of `take`."""
    return form.facts() if isinstance(form, HandOverForm | ApprovalForm | MinuteForm) else {}


@needs("edit_policy_drafts")
def consultation_record(request, pk):
    """Record that a group was asked about a change, and what it said."""
    version = found_version(request, pk)
    if not can_record_consultation(request.membership, version):
        raise Http404
    # No group has a NUL in its name, and PostgreSQL would not be asked for one.
    group = request.GET.get("group", "").replace("\0", "")
    row = version.consultations.filter(group=group).first()
    form = ConsultationForm(request.POST or None, instance=row, initial={} if row else {"group": group})
    if form.is_valid():
        try:
            services.record_consultation(version, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The consultation is recorded.")
            return redirect(version)
    context = {
        "title": "Record a consultation",
        "text": "Record when they were asked, and come back with what they said. Governors and leaders read it.",
        "form": form,
        "label": "Record consultation",
        "back": version,
        "trail": trail(version.policy, version),
    }
    return render(request, "policies/form.html", context)


@needs("manage_policies")
def route_edit(request, pk):
    """Change by which way a policy's versions are approved, and who is consulted before a change."""
    policy = found_policy(request, pk)
    form = RouteForm(request.POST or None, instance=policy)
    if form.is_valid():
        try:
            services.change_route(found_policy(request, pk), by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Saved. The governors have been told.")
            return redirect(policy)
    context = {
        "title": "Who approves this policy",
        "text": "It holds for the versions to come. The governors are told of the change.",
        "form": form,
        "label": "Save who approves",
        "back": found_policy(request, pk),
        "trail": trail(found_policy(request, pk)),
    }
    return render(request, "policies/form.html", context)
