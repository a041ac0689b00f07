"""The life of a briefing: planned, held or cancelled."""

from accounts.models import Membership
from policies.models import Briefing
from policies.rules import can_lead
from policyportal.lib.dates import today
from policyportal.lib.workflow import Step, register

Status = Briefing.Status


def still_to_come(briefing: Briefing) -> str:
    """Nobody was at a briefing that has not been held."""
    return "This briefing is still to come." if briefing.held_on > today() else ""


def keep_wording(briefing: Briefing, actor: Membership, reason: str) -> None:
    """Note which wording was in force: what people heard is held against that one [PWP-94]."""
    briefing.version = briefing.policy.versions.published().first()


register(
    Briefing,
    [
        # A part of recording who was there.
        Step(
            name="hold",
            label="Held",
            sources=(Status.PLANNED,),
            target=Status.HELD,
            rule=can_lead,
            needs=(still_to_come,),
            precedes=(keep_wording,),
            automatic=True,
        ),
        Step(
            name="cancel",
            label="Cancel briefing",
            sources=(Status.PLANNED,),
            target=Status.CANCELLED,
            rule=can_lead,
            reason_needed=True,
        ),
    ],
)
