"""The verbs of the clauses of a draft: adding, changing, removing and ordering them, a school's own among them."""

from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError

from accounts.models import Membership
from policies.check.running import run_check
from policies.models import Clause, PolicyVersion
from policies.rules import can_add_for_school, can_edit_draft, can_write
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

# What somebody says of a clause when they write it.
WRITTEN_FACTS = (
    "section",
    "heading",
    "kind",
    "text",
    "for_staff",
    "for_pupils",
    "for_parents",
    "for_community",
    "shown_at_acknowledgement",
    "category",
    "about_staff",
    "about_pupil",
    "about_parent",
    "about_community",
)


def add_clause(version: PolicyVersion, *, by: Membership | None, reason: str = "", **facts: Any) -> Clause:
    """Add a clause at the end of a draft and return it; `facts` are fields of Clause. Refuses any but a draft."""
    if version.status not in PolicyVersion.WRITTEN:
        raise Refused("Only a draft can be changed. Draft a new version first.")
    if "position" not in facts:
        facts["position"] = (version.clauses.aggregate(last=Max("position"))["last"] or 0) + 1
    clause = Clause(version=version, **facts)
    save_as(clause, by, reason or "Added")
    return clause


def write_clause(
    version: PolicyVersion, *, by: Membership, after: Clause | None = None, own: bool = False, **facts: Any
) -> Clause:
    """Add a clause to a draft behind `after`, else as the first one, and return it; `facts` are WRITTEN_FACTS.

    `own` makes it an addition of the school worked in alone, to a policy that serves several; nobody of another
    school sees it. Its mark is the next one free. Refuses whoever may not change drafts, and an addition by anybody
    but the head of that school.
    """
    with transaction.atomic():
        version = _locked(version)
        if not (can_add_for_school(by, version) if own else can_write(by, version)):
            raise NotAllowed("Add clause")
        clause = Clause(version=version, only_for=by.school if own else None, position=0)
        fill(clause, facts, WRITTEN_FACTS)
        clause.code = _free_code(version, by if own else None)
        order = list(version.clauses.order_by("position", "code"))
        clause.position = _place_behind(order, after)
        order.insert(clause.position - 1, clause)
        _number(order, by, unsaved=clause)
        save_as(clause, by, "Added")
        run_check(version)
    return clause


def edit_clause(clause: Clause, *, by: Membership, reason: str, **facts: Any) -> Clause:
    """Change a clause of a draft, keeping what it said in its history; `facts` are WRITTEN_FACTS.

    Refuses whoever may not edit drafts, and a clause that is no longer one.
    """
    with transaction.atomic():
        _hold(clause, by, "Change clause")
        fill(clause, facts, WRITTEN_FACTS)
        save_as(clause, by, reason or "Changed in the draft")
        run_check(clause.version)
    return clause


def move_clause(clause: Clause, *, by: Membership, after: Clause | None) -> Clause:
    """Put a clause of a draft behind `after`, or first where that is None, and return it.

    Refuses whoever may not edit drafts, and a clause that is no longer one.
    """
    with transaction.atomic():
        _hold(clause, by, "Move clause")
        order = [other for other in clause.version.clauses.order_by("position", "code") if other.pk != clause.pk]
        order.insert(_place_behind(order, after) - 1, clause)
        _number(order, by)
    return clause


def remove_clause(clause: Clause, *, by: Membership, reason: str) -> None:
    """Take a clause out of a draft; what it said remains in its history.

    Refuses whoever may not edit drafts, a clause that is no longer one, and a clause that something rests on already.
    """
    try:
        with transaction.atomic():
            _hold(clause, by, "Remove clause")
            clause._history_user, clause._change_reason = by.user_id, reason or "Removed from the draft"
            clause.delete()
            run_check(clause.version)
    except ProtectedError as held:
        raise Refused("Something in the portal cites this clause already. Change its words instead.") from held


def _locked(version: PolicyVersion) -> PolicyVersion:
    """Hold the version, so that nobody signs a text that is being changed; refuse where it is no draft any more."""
    version = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status not in PolicyVersion.WRITTEN:
        raise Refused("This is no longer a draft. Withdraw it first to change it.")
    return version


def _hold(clause: Clause, by: Membership, act: str) -> None:
    """Hold a clause and its version as they stand now, and refuse whoever may not change the clause."""
    version = _locked(clause.version)
    try:
        # Somebody may have moved or reworded it in between.
        clause.refresh_from_db()
    except Clause.DoesNotExist as gone:
        raise Refused("Somebody has removed this clause in between.") from gone
    clause.version = version
    if not can_edit_draft(by, clause):
        raise NotAllowed(act)


def _place_behind(order: list[Clause], after: Clause | None) -> int:
    """Return the place behind a clause, counted from 1."""
    if after is None:
        return 1
    places = [clause.pk for clause in order]
    if after.pk not in places:
        raise Refused("The clause that it was to stand after has been removed. Choose its place again.")
    return places.index(after.pk) + 2


def _number(order: list[Clause], by: Membership, unsaved: Clause | None = None) -> None:
    """Store the order, touching no clause that is in its place already."""
    for place, clause in enumerate(order, start=1):
        if clause.position != place:
            clause.position = place
            if clause is not unsaved:
                save_as(clause, by, "Order changed")


def _free_code(version: PolicyVersion, own: Membership | None) -> str:
    """Return a mark that no clause of the version has: a number, or a number marked as the school's own."""
    taken = set(version.clauses.values_list("code", flat=True))
    stem = f"{own.school.short_name[:12]} " if own else "New "
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}{number}") not in taken)
