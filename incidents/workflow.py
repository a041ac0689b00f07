"""The state diagram of an incident: new, being dealt with, closed with an outcome, opened again with a reason."""

from incidents.models import Incident
from incidents.rules import can_handle
from policyportal.lib.workflow import Step, register

Status = Incident.Status
FACTS = ("about", "category", "category_name", "safeguarding", "procedure")


def outcome_given(incident: Incident) -> str:
    """An incident ends with an outcome [PWP-70, PWP-82, CRO-68, CRO-80, GRA-65]."""
    return "" if incident.outcome else "Give an outcome."


def outcome_explained(incident: Incident) -> str:
    """And with what was decided and why."""
    return "" if incident.outcome_words.strip() else "Write what was decided and why."


STEPS = [
    Step(
        name="triage",
        label="Take on the report",
        sources=(Status.REPORTED,),
        target=Status.TRIAGED,
        rule=can_handle,
        sets=FACTS,
    ),
    Step(
        name="close",
        label="Close the incident",
        sources=(Status.TRIAGED,),
        target=Status.CLOSED,
        rule=can_handle,
        sets=("outcome", "outcome_words", "closed_at"),
        needs=(outcome_given, outcome_explained),
    ),
    Step(
        name="update",
        label="Change the facts",
        sources=(Status.TRIAGED,),
        target=Status.TRIAGED,
        rule=can_handle,
        sets=FACTS,
    ),
    Step(
        name="reopen",
        label="Open it again",
        sources=(Status.CLOSED,),
        target=Status.TRIAGED,
        rule=can_handle,
        reason_needed=True,
        sets=("outcome", "outcome_words", "closed_at"),
    ),
]
register(Incident, STEPS)
