"""The verbs on classes, pupils and carers: added, changed, gone; and read in from a file of class lists."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.imports.columns import plain, used_twice
from accounts.imports.families import CLASS_LISTS, MEANINGS_IN_WORDS, OF_CLASSES, missing_columns
from accounts.imports.family_plan import FamilyPlan, PlannedChild, plan_for
from accounts.imports.files import read_list
from accounts.imports.plan import Kind
from accounts.models import Carer, FamilyImport, Membership, Pupil, School, SchoolClass
from accounts.rules import holds
from policyportal.lib.dates import today
from policyportal.lib.many import join_all, store_all
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

CLASS_FACTS = ("name", "year_group", "teacher")
PUPIL_FACTS = ("name", "school_class", "school_number")
CARER_FACTS = ("name", "email")
KEPT_FOR = timedelta(days=1)
REASON = "Read in from a list of classes"
CHANGED = "Something has changed since you looked. This is what the file would do now."
PUT_AWAY = "This list has been read in or put away already. Choose the file again."


def add_class(*, school: School, by: Membership | None, **facts: Any) -> SchoolClass:
    """Store a class and return it; `facts` are of CLASS_FACTS. Tells nobody.

    Refuses whoever may not manage families, a name that a class has already, and a teacher of another school.
    """
    _ask(by)
    return _save_class(SchoolClass(school=school), facts, by, "Class added")


def change_class(school_class: SchoolClass, *, by: Membership, reason: str = "", **facts: Any) -> SchoolClass:
    """Change a class and return it; refuses as `add_class` does. Tells nobody."""
    _ask(by, school_class.school_id)
    return _save_class(school_class, facts, by, reason or "Class changed")


def end_class(school_class: SchoolClass, *, by: Membership) -> SchoolClass:
    """End a class that is taught no more and return it. Tells nobody. Refuses one that still has pupils."""
    _ask(by, school_class.school_id)
    if school_class.pupils.present().exists():
        raise Refused("There are still pupils in this class. Move them, or say that they left.")
    school_class.ended_on = today()
    save_as(school_class, by, "Class ended")
    return school_class


def add_pupil(*, school_class: SchoolClass, by: Membership | None, **facts: Any) -> Pupil:
    """Store a child in a class and return them; `facts` are of PUPIL_FACTS. Tells nobody.

    Refuses whoever may not manage families, and a number that another child has.
    """
    _ask(by, school_class.school_id)
    pupil = Pupil(school_id=school_class.school_id, school_class=school_class)
    return _save_pupil(pupil, facts, by, "Pupil added")


def change_pupil(pupil: Pupil, *, by: Membership, reason: str = "", **facts: Any) -> Pupil:
    """Change a child's name, class or number and return them; refuses as `add_pupil` does. Tells nobody."""
    _ask(by, pupil.school_id)
    return _save_pupil(pupil, facts, by, reason or "Pupil changed")


@transaction.atomic
def pupil_leaves(pupil: Pupil, *, by: Membership, left_on: date | None = None) -> Pupil:
    """Say that a child left: they and the carers who have no other child here are asked nothing more.

    Tells nobody. Names stay with what was acknowledged. Refuses whoever may not manage families.
    """
    _ask(by, pupil.school_id)
    pupil.left_on, pupil.school_class = left_on or today(), None
    save_as(pupil, by, "Left the school")
    for carer in pupil.carers.present():
        if not carer.pupils.present().exists():
            carer_leaves(carer, by=by, left_on=pupil.left_on)
    return pupil


@transaction.atomic
def add_carer(pupil: Pupil, *, by: Membership | None, **facts: Any) -> Carer:
    """Store a parent or carer of a child and return them; `facts` are of CARER_FACTS. Tells nobody.

    Somebody of the same name and address is the same person, so that brothers and sisters share them; without an
    address only among the carers of one child. Refuses whoever may not manage families.
    """
    _ask(by, pupil.school_id)
    name, email = facts["name"], facts.get("email", "").lower()
    same = Carer.objects.filter(school=pupil.school_id, left_on=None, name__iexact=name, email__iexact=email)
    # Without an address a name says too little, except among the carers of one child.
    carer = (same if email else same.filter(pupils=pupil)).first()
    if carer is None:
        carer = Carer(school_id=pupil.school_id)
        _save_carer(carer, facts, by, "Parent or carer added")
    _join(carer, pupil, by)
    return carer


def change_carer(carer: Carer, *, by: Membership, reason: str = "", **facts: Any) -> Carer:
    """Change what a carer is called and where they are written to, and return them. Tells nobody."""
    _ask(by, carer.school_id)
    return _save_carer(carer, facts, by, reason or "Parent or carer changed")


def carer_leaves(carer: Carer, *, by: Membership, left_on: date | None = None) -> Carer:
    """Say that a carer is no longer asked, and clear their address; links that they were sent open nothing now.

    The history keeps what the address was, and the name stays with what they acknowledged. Tells nobody. Refuses
    whoever may not manage families.
    """
    _ask(by, carer.school_id)
    carer.left_on, carer.email = left_on or today(), ""
    save_as(carer, by, "No longer asked")
    return carer


def open_family_import(*, file_name: str, content: bytes, by: Membership) -> FamilyImport:
    """Read a file of class lists and store its rows; return it. The file itself is not kept.

    Tells nobody, and changes nobody. Raises FileUnread for a file that cannot be read.
    """
    _ask(by)
    read = read_list(content, CLASS_LISTS)
    return FamilyImport.objects.create(
        school=by.school, by=by, file_name=file_name[-150:], header=read.header, rows=read.rows
    )


@transaction.atomic
def settle_columns(family_import: FamilyImport, *, by: Membership, columns: Mapping[str, str]) -> None:
    """Remember what the columns of a class list mean, by their titles, for this file and the school's next.

    Tells nobody. Refuses a meaning that two columns have, and a file without names or classes.
    """
    held = _open(family_import, by)
    if wrong := used_twice(columns.values(), MEANINGS_IN_WORDS) + missing_columns(columns.values()):
        raise Refused(*wrong)
    school = held.school
    remembered = school.import_columns | {f"{OF_CLASSES}{title}": meaning for title, meaning in columns.items()}
    if remembered != school.import_columns:
        school.import_columns = remembered
        save_as(school, by, "What an export of classes calls things")


@transaction.atomic
def import_families(family_import: FamilyImport, *, by: Membership, digest: str) -> FamilyImport:
    """Store every good child with class and carers: all of them or none; nobody is said to have left.

    Keeps only the rows that were left out, each with the reason, until the next day. Tells nobody. Refuses a list
    that is done, and one that would no longer do what `digest` names.
    """
    held = _open(family_import, by)
    plan = plan_for(held)
    if plan.digest != digest:
        raise Refused(CHANGED)
    try:
        with transaction.atomic():
            _store(plan, held.school, by)
    except IntegrityError:
        # Somebody gave a child or a class the same number or name by hand at this very moment.
        raise Refused(CHANGED) from None
    held.outcome = plan.counts()
    held.rows = [[number, cells, " ".join(one.why)] for one in plan.of(Kind.WRONG) for number, cells in rows_of(one)]
    held.done_at = timezone.now()
    held.save(update_fields=["outcome", "rows", "done_at"])
    return held


@transaction.atomic
def put_families_away(family_import: FamilyImport, *, by: Membership) -> None:
    """Forget a file that is not to be read in. Tells nobody."""
    held = _open(family_import, by)
    held.rows, held.done_at = [], timezone.now()
    held.save(update_fields=["rows", "done_at"])


def empty_old_family_imports() -> int:
    """Forget the rows of files that were opened a day ago, done or not; return how many files. Safe to run twice."""
    old = FamilyImport.objects.filter(created_at__lte=timezone.now() - KEPT_FOR).exclude(rows=[])
    for family_import in old:
        family_import.rows = []
        family_import.done_at = family_import.done_at or timezone.now()
        family_import.save(update_fields=["rows", "done_at"])
    return len(old)


def rows_of(one: PlannedChild) -> list[tuple[int, list[str]]]:
    """Return every row of the file that is about this child."""
    return [(one.row.number, one.row.cells), *one.row.also]


def _store(plan: FamilyPlan, school: School, by: Membership) -> None:
    """Carry the plan out: what is new all at once, since a whole school may be new; what changes one by one."""
    classes = {plain(one.name): one for one in SchoolClass.objects.filter(school=school).present()}
    new_pupils, new_carers, joined = [], [], []
    # Brothers and sisters in one file share a carer who has an address.
    met: dict[tuple[str, str], Carer] = {}
    for one in [*plan.of(Kind.NEW), *plan.of(Kind.CHANGED)]:
        row = one.row
        key = plain(row.class_name)
        if key not in classes:
            facts = {"name": row.class_name, "year_group": row.year_group}
            classes[key] = _save_class(SchoolClass(school=school), facts, by, REASON)
        facts = {"name": row.name, "school_class": classes[key]}
        if row.school_number:
            facts["school_number"] = row.school_number
        pupil = one.pupil or Pupil(school=school)
        if one.pupil is None:
            fill(pupil, facts, PUPIL_FACTS)
            new_pupils.append(pupil)
        elif any(what in ("Name", "Class", "Number", "Left") for what, *_ in one.shown):
            pupil.left_on = None
            _save_pupil(pupil, facts, by, REASON)
        theirs = set(pupil.carers.values_list("pk", flat=True)) if one.pupil else set()
        for known, name, email in one.carers:
            carer = known or (met.get((name.casefold(), email)) if email else None)
            if carer is None:
                carer = Carer(school=school, name=name, email=email)
                new_carers.append(carer)
            elif email and carer.email.lower() != email:
                _save_carer(carer, {"email": email}, by, REASON)
            if carer.email:
                met[name.casefold(), carer.email.lower()] = carer
            if carer.pk not in theirs:
                joined.append((carer, pupil))
    store_all(new_pupils, by, REASON)
    store_all(new_carers, by, REASON)
    join_all("pupils", joined, by, REASON)


def _save_class(school_class: SchoolClass, facts: dict[str, Any], by: Membership | None, reason: str) -> SchoolClass:
    fill(school_class, facts, CLASS_FACTS)
    teacher = school_class.teacher
    if teacher is not None and teacher.school_id != school_class.school_id:
        raise Refused("The class teacher must be somebody of this school.")
    others = SchoolClass.objects.filter(school=school_class.school_id, name__iexact=school_class.name).present()
    taken = f"There is a class called {school_class.name} already."
    if others.exclude(pk=school_class.pk).exists():
        raise Refused(taken)
    _save_alone(school_class, by, reason, taken)
    return school_class


def _save_pupil(pupil: Pupil, facts: dict[str, Any], by: Membership | None, reason: str) -> Pupil:
    fill(pupil, facts, PUPIL_FACTS)
    if pupil.school_class is not None and pupil.school_class.school_id != pupil.school_id:
        raise Refused("The class must be one of this school.")
    others = Pupil.objects.filter(school=pupil.school_id, school_number=pupil.school_number).exclude(pk=pupil.pk)
    taken = f"Another child has the number {pupil.school_number} already."
    if pupil.school_number and others.exists():
        raise Refused(taken)
    _save_alone(pupil, by, reason, taken)
    return pupil


def _save_alone(thing: SchoolClass | Pupil, by: Membership | None, reason: str, taken: str) -> None:
    """Save what has a name or number of its own; of two people who give it at the same moment the second is told."""
    try:
        with transaction.atomic():
            save_as(thing, by, reason)
    except IntegrityError:
        raise Refused(taken) from None


def _save_carer(carer: Carer, facts: dict[str, Any], by: Membership | None, reason: str) -> Carer:
    fill(carer, facts, CARER_FACTS)
    carer.email = carer.email.lower()
    save_as(carer, by, reason)
    return carer


def _join(carer: Carer, pupil: Pupil, by: Membership | None, reason: str = "") -> None:
    """Say whose carer somebody is, with a history row that names the children."""
    carer.pupils.add(pupil)
    save_as(carer, by, reason or "Named for a child")


def _ask(by: Membership | None, school_id: Any = None) -> None:
    """Refuse whoever may not manage families, or those of another school; None is the portal itself."""
    if by is not None and (not holds(by, "manage_families") or school_id not in (None, by.school_id)):
        raise NotAllowed("manage families")


def _open(family_import: FamilyImport, by: Membership) -> FamilyImport:
    """Return the file as stored, in our hands until the transaction ends; one import of a school at a time."""
    _ask(by, family_import.school_id)
    school = School.objects.select_for_update().get(pk=by.school_id)
    held = FamilyImport.objects.select_for_update(of=("self",)).get(pk=family_import.pk)
    held.school = school
    if held.done_at is not None:
        raise Refused(PUT_AWAY)
    return held
