"""The life of a finding: open, to be mended, mended, or right as it is."""

from accounts.models import Membership
from policies.models import Finding
from policies.rules import can_manage
from policyportal.lib.workflow import Step, register

Status = Finding.Status


def can_decide(membership: Membership, finding: Finding) -> bool:
    """Saying what becomes of a finding: whoever keeps the policy."""
    return can_manage(membership, finding.policy)


def by_the_check(actor: Membership | None, finding: Finding) -> bool:
    """The check itself, which is nobody."""
    return actor is None


def note_decision(finding: Finding, actor: Membership | None, reason: str) -> None:
    """Keep who decided and why on the finding itself: the page shows it."""
    finding.reason = reason.strip()[:300]
    finding.decided_by = actor and actor.user


DECIDED = {"rule": can_decide, "precedes": (note_decision,)}
CHECKED = {"rule": by_the_check, "precedes": (note_decision,), "automatic": True}

register(
    Finding,
    [
        Step("accept", "Put on the list to be mended", (Status.FOUND,), Status.ACCEPTED, **DECIDED),
        Step("mend", "Mark as mended", (Status.FOUND, Status.ACCEPTED), Status.MENDED, **DECIDED),
        Step(
            "dismiss",
            "Leave as it is",
            (Status.FOUND, Status.ACCEPTED),
            Status.DISMISSED,
            reason_needed=True,
            **DECIDED,
        ),
        Step("reopen", "Open again", (Status.ACCEPTED, Status.MENDED, Status.DISMISSED), Status.FOUND, **DECIDED),
        # What the next check no longer finds, and what it finds again.
        Step("vanish", "No longer found", (Status.FOUND, Status.ACCEPTED), Status.MENDED, **CHECKED),
        Step("return", "Found again", (Status.MENDED,), Status.FOUND, **CHECKED),
        # What the head had confirmed before findings were kept stays as it is.
        Step("carry", "Confirmed before", (Status.FOUND,), Status.DISMISSED, rule=by_the_check, automatic=True),
    ],
)
