"""Who approved the policy, in what role, when, and where that is minuted."""

from collections.abc import Iterator

from policies.check.context import Context
from policies.check.table import Found, Severity, found, rule
from policies.models import PolicyVersion

Approver = PolicyVersion.Approver
FRONT = "Front page"


@rule("approver-missing", Severity.GAP, approval=True)
def approver_missing(context: Context) -> Iterator[Found]:
    """Nobody is said to have approved it [GRA-02]."""
    if context.approver_kind == Approver.NOT_STATED:
        yield found(
            "approver",
            FRONT,
            "The approver is not stated.",
            "Find out who approved it, and say so when the next version is approved.",
        )


@rule("approver-role-missing", Severity.GAP, approval=True)
def approver_role_missing(context: Context) -> Iterator[Found]:
    """A person approved it, in what role is not said [PWP-02, CRO-04]."""
    if context.approver_kind == Approver.PERSON and not context.approver_role:
        name = context.approver_name
        yield found(
            "approver",
            FRONT,
            f"The role of the approver, {name}, is not stated.",
            "Add the role in which this person approved it.",
        )


@rule("signatory-missing", Severity.GAP, approval=True)
def signatory_missing(context: Context) -> Iterator[Found]:
    """A governing body approved it and nobody signed for it [MLC-97]."""
    if context.approver_kind == Approver.GOVERNING_BODY and not (context.approver_role or context.signed):
        yield found("signatory", FRONT, "The signatory is missing.", "Add who signed for the governing body.")


@rule("minute-missing", Severity.HINT, approval=True)
def minute_missing(context: Context) -> Iterator[Found]:
    """A body approved it, and no minute says so [MLC-97]."""
    if context.approver_kind in (Approver.GOVERNING_BODY, Approver.COMMITTEE) and not context.minute:
        yield found(
            "minute",
            FRONT,
            "The minute of the approval is not named.",
            "Add the date and number of the meeting's minute.",
        )


@rule("approval-date-missing", Severity.GAP, approval=True)
def approval_date_missing(context: Context) -> Iterator[Found]:
    """When it was approved is not said [MLC-97, GRA-02]."""
    if not context.approved_on:
        yield found(
            "approved_on",
            FRONT,
            "The approval date is missing.",
            "Look the day up in the minutes and add it to the next version.",
        )
