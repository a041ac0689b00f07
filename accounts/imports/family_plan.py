"""What a file of class lists would change: who is new, who is changed from what to what, who stays, what is wrong."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.imports.columns import plain
from accounts.imports.families import ChildRow, read_children, remembered_of
from accounts.imports.plan import Kind
from accounts.models import Carer, FamilyImport, Pupil, School, SchoolClass
from policyportal.lib.templatetags.portal import day


@dataclass
class PlannedChild:
    """A child of the file and what becomes of them; `shown` tells it as (what, before, after)."""

    row: ChildRow
    kind: str = Kind.WRONG
    pupil: Pupil | None = None
    # Of each carer in the file: who they are here, None for somebody new; their name and address in the file.
    carers: list[tuple[Carer | None, str, str]] = field(default_factory=list)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


@dataclass
class FamilyPlan:
    """What the whole file would change."""

    children: list[PlannedChild]
    new_classes: list[str]
    # Pupils here whom the file does not name.
    missing: list[Pupil]

    def of(self, kind: str) -> list[PlannedChild]:
        """Return the children of one kind, in the order of the file."""
        return [one for one in self.children if one.kind == kind]

    def counts(self) -> dict[str, int]:
        """Return how many children there are of each kind."""
        return {kind: len(self.of(kind)) for kind in (Kind.WRONG, Kind.NEW, Kind.CHANGED, Kind.SAME)}

    @property
    def digest(self) -> str:
        """Name what was shown, so that nothing else is carried out."""
        shown = [
            (
                one.row.number,
                one.kind,
                one.shown,
                one.why,
                str(one.pupil and one.pupil.pk),
                [(str(carer and carer.pk), name, email) for carer, name, email in one.carers],
            )
            for one in self.children
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


class Known:
    """The classes, pupils and carers of a school as they stand; three queries."""

    def __init__(self, school: School):
        self.classes = {plain(one.name): one for one in SchoolClass.objects.filter(school=school).present()}
        pupils = Pupil.objects.filter(school=school).select_related("school_class").prefetch_related("carers")
        self.pupils = list(pupils)
        self.by_number = {pupil.school_number: pupil for pupil in self.pupils if pupil.school_number}
        self.by_name: dict[str, list[Pupil]] = {}
        for pupil in self.pupils:
            if pupil.left_on is None:
                self.by_name.setdefault(pupil.name.casefold(), []).append(pupil)
        carers = Carer.objects.filter(school=school, left_on=None).exclude(email="")
        self.carers = {(carer.name.casefold(), carer.email.lower()): carer for carer in carers}


def plan_for(family_import: FamilyImport) -> FamilyPlan:
    """Return what the file would do now."""
    rows = read_children(family_import.header, family_import.rows, remembered_of(family_import.school))
    return plan_of(rows, Known(family_import.school))


def plan_of(rows: Sequence[ChildRow], known: Known) -> FamilyPlan:
    """Return what these children of a file would change."""
    names = Counter(row.name.casefold() for row in rows if not row.wrong)
    numbers = {row.school_number for row in rows}
    taken: set[UUID] = set()
    children = []
    for row in rows:
        one = PlannedChild(row, why=list(row.wrong))
        children.append(one)
        if one.why:
            continue
        pupil, why = _pupil_meant(row, known, numbers, alone=names[row.name.casefold()] == 1)
        if pupil is not None and pupil.pk in taken:
            why = f"Another row is about {pupil.name} already. Give each child their number in the file."
        if why:
            one.why = [why]
            continue
        one.pupil = pupil
        _compare(one, known)
        if pupil is not None:
            taken.add(pupil.pk)
    good = [one for one in children if one.kind in (Kind.NEW, Kind.CHANGED)]
    new_classes = {plain(one.row.class_name): one.row.class_name for one in good}
    spoiled = {pupil.pk for one in children if one.why for pupil in known.by_name.get(one.row.name.casefold(), ())}
    return FamilyPlan(
        children,
        sorted(name for key, name in new_classes.items() if key not in known.classes),
        [pupil for pupil in known.pupils if pupil.left_on is None and pupil.pk not in taken | spoiled],
    )


def _pupil_meant(row: ChildRow, known: Known, numbers: set[str], *, alone: bool) -> tuple[Pupil | None, str]:
    """Return the pupil here whom a row is about, None for a new one; or why nobody can tell.

    `numbers` are all of the file's: a school that changes its system gives every child a new one.
    """
    if row.school_number and (pupil := known.by_number.get(row.school_number)):
        if not _words_in(row.name) & _words_in(pupil.name):
            return None, (
                f"The number {row.school_number} is {pupil.name}’s here, and the file gives it to {row.name}. "
                "A system may use a number again: change it on the child’s page first."
            )
        return pupil, ""
    by_name = known.by_name.get(row.name.casefold(), [])
    same = [pupil for pupil in by_name if not (row.school_number and pupil.school_number)]
    here = [pupil for pupil in same if pupil.school_class and plain(pupil.school_class.name) == plain(row.class_name)]
    if len(here) == 1:
        return here[0], ""
    if not same and row.school_number:
        return _renumbered(row, [pupil for pupil in by_name if pupil.school_number not in numbers], alone=alone)
    if same and (len(same) > 1 or not alone):
        return None, f"There is more than one {row.name}. Give each child their number in the file and here."
    return (same[0] if same else None), ""


def _renumbered(row: ChildRow, former: list[Pupil], *, alone: bool) -> tuple[Pupil | None, str]:
    """Return the pupil of this name whose own number the file lacks, where it can only be this child."""
    if not former:
        return None, ""
    pupil = former[0]
    if len(former) == 1 and alone and pupil.school_class and plain(pupil.school_class.name) == plain(row.class_name):
        return pupil, ""
    return None, (
        f"{pupil.name} of class {pupil.school_class or 'none'} has the number {pupil.school_number} here, which the "
        f"file lacks; it has {row.school_number}. If they are one child, change the number on the child’s page; "
        "if not, say there first that the one here has left."
    )


def _compare(one: PlannedChild, known: Known) -> None:
    """Note what the row would change of a child; an empty cell changes nothing."""
    row, pupil = one.row, one.pupil
    one.kind = Kind.NEW if pupil is None else Kind.SAME
    theirs = {carer.name.casefold(): carer for carer in (pupil.carers.all() if pupil else ()) if carer.left_on is None}
    for name, email in row.carers:
        carer = known.carers.get((name.casefold(), email)) if email else None
        carer = carer or theirs.get(name.casefold())
        one.carers.append((carer, name, email))
        if pupil is None:
            continue
        if carer is None or carer.pk not in {known_here.pk for known_here in theirs.values()}:
            one.shown.append(("Parent or carer", "not named", name))
        elif email and email != carer.email.lower():
            one.shown.append((f"Address of {name}", carer.email or "none", email))
    if pupil is None:
        return
    if pupil.left_on:
        one.shown.append(("Left", day(pupil.left_on), "here again"))
    if pupil.name != row.name:
        one.shown.append(("Name", pupil.name, row.name))
    if pupil.school_class is None or plain(pupil.school_class.name) != plain(row.class_name):
        one.shown.append(("Class", str(pupil.school_class or "none"), row.class_name))
    if row.school_number and pupil.school_number != row.school_number:
        one.shown.append(("Number", pupil.school_number or "none", row.school_number))
    if one.shown:
        one.kind = Kind.CHANGED


def _words_in(name: str) -> set[str]:
    return {word.casefold() for word in name.replace("-", " ").split() if len(word) > 1}
