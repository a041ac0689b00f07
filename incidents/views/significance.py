"""Marking an incident significant."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect

from incidents.forms.significance import SignificantForm
from incidents.rules import can_mark_significant
from incidents.services import mark_significant
from incidents.views.handling import ask, handled, opens_incidents
from policies.selectors.policies import policies_with_version
from policyportal.lib.workflow import NotAllowed, Refused


@opens_incidents
@transaction.atomic
def incident_significant(request, pk):
    """Mark a closed incident significant: a policy is then reviewed because of it."""
    incident = handled(request, pk, can_mark_significant)
    policies = [policy for policy in policies_with_version(request.membership) if policy.in_force]
    named = incident.category.version.policy_id if incident.category else None
    form = SignificantForm(request.POST or None, policies=policies, initial={"policy": named})
    if request.method == "POST" and form.is_valid():
        try:
            review = mark_significant(incident, request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        except NotAllowed:
            messages.warning(request, "It has been marked or opened again meanwhile.")
            return redirect(incident)
        else:
            messages.success(request, "It is marked significant, and the review is open.")
            return redirect(review)
    return ask(request, incident, form, "Mark as significant")
