"""What the check found in a policy: the list, one finding, what becomes of it, and checking again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from policies import services
from policies.forms import ReasonForm
from policies.models import Finding
from policies.rules import can_manage
from policies.selectors.findings import VIEWS, counts_of, facts_of_finding, row_of, weight_of
from policies.views.found import found_policy, trail
from policyportal.lib.paging import page_of
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to


def found_finding(request, pk):
    """Find a finding in a policy of the school worked in, or answer 404."""
    findings = Finding.objects.visible_to(request.membership)
    return get_object_or_404(findings.select_related("policy", "version__policy", "decided_by"), pk=pk)


@needs("view_policy_drafts")
def finding_list(request, pk):
    """All that the check found in a policy, heaviest first, by what became of it."""
    policy = found_policy(request, pk)
    known = dict(VIEWS)
    state = request.GET.get("state", "open")
    state = state if state in known else "open"
    status = Finding.Status.FOUND if state == "open" else state
    page = page_of(policy.findings.filter(status=status).by_weight(), request.GET, order="weight")
    counts = counts_of(policy)
    context = {
        "policy": policy,
        "page": page,
        "rows": [[*row_of(finding)[:2], weight_of(finding)] for finding in page],
        "headers": ["What was found", "Where", "Severity"],
        "tabs": [
            {"label": f"{label} ({counts.get(value, 0)})", "url": f"?state={value}", "current": value == state}
            for value, label in VIEWS
        ],
        "state_words": known[state],
        "manages": can_manage(request.membership, policy),
        "trail": trail(policy),
    }
    return render(request, "policies/finding_list.html", context)


@needs("view_policy_drafts")
def finding_detail(request, pk):
    """One finding: what it is, where, what to do, and what became of it."""
    finding = found_finding(request, pk)
    context = {
        "finding": finding,
        "facts": facts_of_finding(finding),
        "steps": steps_open_to(request.membership, finding),
        "step_url": reverse("policies:finding_step", args=[finding.pk]),
        "events": timeline_of(finding),
        "trail": findings_trail(finding.policy),
    }
    return render(request, "policies/finding_detail.html", context)


@needs("manage_policies")
def finding_step(request, pk):
    """Say what becomes of a finding, with the reason where it is left as it is."""
    finding = found_finding(request, pk)
    name = request.POST.get("step") or request.GET.get("step", "")
    step = next((step for step in steps_open_to(request.membership, finding) if step.name == name), None)
    known = name in {step.name for step in steps_of(Finding)}
    if not known or (step is None and request.method != "POST"):
        raise Http404
    form = ReasonForm(request.POST or None) if step and step.reason_needed else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        try:
            finding = services.decide_finding(finding, name, by=request.membership, reason=reason)
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
        except TooLate as late:
            messages.warning(request, str(late))
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        else:
            messages.success(request, f"The finding is now: {finding.get_status_display().lower()}.")
            return redirect("policies:finding_list", pk=finding.policy_id)
        return redirect(finding)
    context = {"finding": finding, "step": step, "form": form, "trail": [*findings_trail(finding.policy)]}
    return render(request, "policies/finding_step.html", context)


@needs("manage_policies")
@require_POST
def check_run(request, pk):
    """Check a policy now."""
    policy = found_policy(request, pk)
    outcome = services.check_now(policy, by=request.membership)
    words = f"Checked. {counted(outcome.new, 'finding')} new or open again, {outcome.gone} no longer found."
    messages.success(request, words)
    return redirect("policies:finding_list", pk=policy.pk)


def findings_trail(policy):
    """Return the way back up to the list of findings."""
    return [*trail(policy), ("What the check found", reverse("policies:finding_list", args=[policy.pk]))]
