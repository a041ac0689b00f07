"""Asking beyond the host for material to be taken down, and noting what came of it."""

from datetime import date

from accounts.models import Membership
from incidents.models import Escalation, Incident
from incidents.rules import can_handle
from policyportal.lib.workflow import NotAllowed, Refused, save_as


def escalate(incident: Incident, by: Membership, *, to: str, contact: str, asked_on: date) -> Escalation:
    """Store that somebody beyond the host was asked. Tells nobody. Refuses whoever may not handle the incident."""
    if not can_handle(by, incident):
        raise NotAllowed("Ask the provider")
    escalation = Escalation(
        school_id=incident.school_id, incident=incident, to=to, contact=contact, asked_on=asked_on, asked_by=by.user
    )
    save_as(escalation, by, "Asked")
    return escalation


def record_result(escalation: Escalation, by: Membership, *, result: str, answered_on: date) -> Escalation:
    """Store what was answered; the former answer remains in the history [MLC-61].

    Tells nobody. Refuses whoever may not handle the incident, and an answer from before the question.
    """
    if not can_handle(by, escalation.incident):
        raise NotAllowed("Record the answer")
    if answered_on < escalation.asked_on:
        raise Refused("They cannot have answered before they were asked.")
    escalation.result, escalation.answered_on = result, answered_on
    save_as(escalation, by, "Answered")
    return escalation
