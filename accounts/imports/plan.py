"""What a list of staff would change: who is new, who is changed from what to what, who stays, which rows are wrong."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from accounts.imports.columns import plain
from accounts.imports.rows import StaffRow, is_left_out
from accounts.models import Membership, Role, User
from accounts.rules import STAFF, TWO_PERSON_ROLES, can_manage_person
from policyportal.lib.dates import today
from policyportal.lib.templatetags.portal import day

TWO_PEOPLE = "The post “{post}” needs two people to give, change or end it. It cannot be imported."


class Kind(models.TextChoices):
    """What becomes of a row."""

    WRONG = "wrong", "Cannot be imported"
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SAME = "same", "The same"
    LEFT_OUT = "left_out", "Left out, as you said"


@dataclass
class KnownPerson:
    """Somebody who holds or held a post in the school."""

    user: User
    # Held now or from a later day, the most senior first; and those that have ended.
    held: list[Membership] = field(default_factory=list)
    ended: list[Membership] = field(default_factory=list)
    # Whether another school knows them too: then this one changes neither their name nor their address.
    elsewhere: bool = False

    @property
    def name(self) -> str:
        """What the person is called in this school."""
        return (self.held or self.ended)[0].person_name

    @property
    def numbers(self) -> set[str]:
        """Return their numbers in the school's system."""
        return {post.system_id for post in self.held + self.ended if post.system_id}


@dataclass
class Known:
    """Everybody of one school, and which of the file's addresses are somebody's who is not of it."""

    people: dict[UUID, KnownPerson]
    taken: set[str]

    def __post_init__(self) -> None:
        self.by_email = {person.user.email.lower(): person for person in self.people.values()}
        self.by_number = {number: person for person in self.people.values() for number in person.numbers}


@dataclass
class PlannedRow:
    """A row and what becomes of it. `post` is changed as `changes` say; `shown` tells it as (what, before, after)."""

    row: StaffRow
    kind: str = Kind.WRONG
    post: Membership | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    def change(self, name: str, label: str, before: Any, after: Any) -> None:
        """Note that something is to become another."""
        self.changes[name] = after
        self.shown.append((label, _words(before), _words(after)))


@dataclass
class Plan:
    """What the whole file would change."""

    rows: list[PlannedRow]
    # The most senior post of each member of staff whom the file does not name.
    missing: list[Membership]

    def of(self, kind: str) -> list[PlannedRow]:
        """Return the rows of one kind, in the order of the file."""
        return [one for one in self.rows if one.kind == kind]

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each kind."""
        return {kind: len(self.of(kind)) for kind in Kind.values}

    @property
    def digest(self) -> str:
        """Name what was shown, so that nothing else is carried out."""
        shown = [(one.row.number, one.kind, one.shown, one.why) for one in self.rows]
        return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def plan_of(rows: Iterable[StaffRow], known: Known, by: Membership) -> Plan:
    """Return what `rows` would change in the school of `by`, who imports them."""
    planned, named = [], set()
    for row in rows:
        one, person = _planned(row, known, by)
        planned.append(one)
        if person is not None:
            named.add(person.user.pk)
    missing = [
        person.held[0]
        for person in known.people.values()
        if person.user.pk not in named and any(post.role in STAFF for post in person.held)
    ]
    return Plan(planned, sorted(missing, key=lambda post: post.person_name.casefold()))


def _planned(row: StaffRow, known: Known, by: Membership) -> tuple[PlannedRow, KnownPerson | None]:
    one = PlannedRow(row)
    by_number, by_email = known.by_number.get(row.system_id), known.by_email.get(row.email)
    person = by_number or by_email
    # An empty word says nothing of somebody whom the school has.
    if is_left_out(row) and not row.wrong and (row.word or person is None):
        one.kind = Kind.LEFT_OUT
        return one, person
    one.why = list(row.wrong)
    if not one.why:
        one.why = _two_people_in_one(row, by_number, by_email)
    if not one.why:
        if person is None:
            one.kind = Kind.NEW
            one.why = _wrong_with_new(row, by)
        else:
            _compare(one, person, known, by)
    if one.why:
        one.kind = Kind.WRONG
    return one, person


def _two_people_in_one(row: StaffRow, by_number: KnownPerson | None, by_email: KnownPerson | None) -> list[str]:
    """Find a row whose number and address are those of two people, or whose address is somebody else's."""
    if by_number and by_email and by_number is not by_email:
        return [
            f"The number {row.system_id} is {by_number.name}’s here, and the address {row.email} is {by_email.name}’s."
        ]
    if by_number and not by_email and not _words_in(row.name) & _words_in(by_number.name):
        return [
            f"The number {row.system_id} is {by_number.name}’s here, and the file gives it to {row.name} "
            "with another address. A system may use a number again: give this person their post by hand."
        ]
    if by_number or not by_email:
        return []
    if row.system_id and by_email.numbers:
        other = " and ".join(sorted(by_email.numbers))
        return [f"The address {row.email} is {by_email.name}’s here, whose number is {other}, not {row.system_id}."]
    if not _words_in(row.name) & _words_in(by_email.name):
        return [
            f"The address {row.email} is {by_email.name}’s here, and the file says {row.name}. "
            "If they are one person, change the name on their page first."
        ]
    return []


def _wrong_with_new(row: StaffRow, by: Membership) -> list[str]:
    if row.role is None:
        return ["There is no role. Say what people without one are."]
    if row.role in TWO_PERSON_ROLES:
        return [TWO_PEOPLE.format(post=by.school.label_of(row.role))]
    return _wrong_with_leaver(row)


def _wrong_with_leaver(row: StaffRow) -> list[str]:
    if row.ends_on and row.ends_on < today():
        return [
            f"The file says that {row.name} left on {day(row.ends_on)}. An import neither adds nor ends such a post."
        ]
    return []


def _compare(one: PlannedRow, person: KnownPerson, known: Known, by: Membership) -> None:
    """Note what the row would change of somebody whom the school has, or why it cannot."""
    row = one.row
    if not person.user.is_active:
        one.why = [f"{person.name} is switched off here. If they have come back, invite them on their page."]
        return
    if not person.held:
        last = max(post.ends_on for post in person.ended)
        one.why = [f"{person.name} left on {day(last)}. If they have come back, give them a post by hand."]
        return
    one.why = _wrong_with_leaver(row)
    one.post = _post_meant(one, person)
    if one.why or one.post is None:
        return
    _compare_person(one, person, known)
    _compare_post(one, by)
    one.kind = Kind.CHANGED if one.changes else Kind.SAME
    if one.changes and not one.why:
        one.why = _forbidden(one, person, by)
    if one.why:
        one.changes, one.shown = {}, []


def _post_meant(one: PlannedRow, person: KnownPerson) -> Membership | None:
    """Return the post that the row is about, or None having said why there is none."""
    role = one.row.role
    if role is None or not one.row.word:
        return person.held[0]
    for post in person.held:
        if post.role == role:
            return post
    post = person.held[0]
    if role in TWO_PERSON_ROLES or post.role in TWO_PERSON_ROLES:
        two = role if role in TWO_PERSON_ROLES else post.role
        one.why.append(TWO_PEOPLE.format(post=post.school.label_of(two)))
    elif len(person.held) > 1:
        one.why.append(
            f"{person.name} holds several posts here, none of them “{post.school.label_of(role)}”. Change it by hand."
        )
    elif post.role not in STAFF or role not in STAFF:
        one.why.append(
            f"{person.name} is {post.title} here, and the file says “{post.school.label_of(role)}”. "
            "Give that post by hand."
        )
    else:
        one.changes["role"] = role
        one.shown.append(("Role", post.school.label_of(post.role), post.school.label_of(role)))
        return post
    return None


def _compare_person(one: PlannedRow, person: KnownPerson, known: Known) -> None:
    row, post = one.row, one.post
    # Until they come, somebody is called as this school typed; after that a name is one for all schools.
    ours = not person.elsewhere or (post.accepted_at is None and post.typed_name)
    if row.name != person.name and ours:
        one.change("name", "Name", person.name, row.name)
    if row.email != person.user.email.lower():
        if person.elsewhere or row.email in known.taken:
            one.why.append(
                f"The address of {person.name} cannot become {row.email} here. Ask them which one is right."
            )
        elif any(held.role in TWO_PERSON_ROLES for held in person.held):
            one.why.append(TWO_PEOPLE.format(post=post.title))
        else:
            one.change("email", "E-mail address", person.user.email, row.email)


def _compare_post(one: PlannedRow, by: Membership) -> None:
    row, post = one.row, one.post
    title = title_of(row, by) if row.word else ""
    if title and title != post.job_title:
        one.change("job_title", "Title", post.title, title)
    for name, label in (("starts_on", "First day"), ("ends_on", "Last day")):
        value = getattr(row, name)
        if value and value != getattr(post, name):
            one.change(name, label, getattr(post, name), value)
    starts, ends = row.starts_on or post.starts_on, row.ends_on or post.ends_on
    if ends and ends < starts:
        one.why.append(f"The last day, {day(ends)}, would be before the first day, {day(starts)}.")
    if row.system_id and row.system_id != post.system_id and can_manage_person(by, post):
        one.change("system_id", "Number", post.system_id, row.system_id)


def _forbidden(one: PlannedRow, person: KnownPerson, by: Membership) -> list[str]:
    """Say why the importer may not make these changes, where they may not."""
    if person.user.pk == by.user_id:
        return ["This is your own post. Somebody else who manages people changes it."]
    if not can_manage_person(by, one.post):
        return [TWO_PEOPLE.format(post=one.post.title)]
    if one.post.role in TWO_PERSON_ROLES and not {"starts_on", "ends_on"}.isdisjoint(one.changes):
        return [TWO_PEOPLE.format(post=one.post.title)]
    return []


def title_of(row: StaffRow, by: Membership) -> str:
    """Return the file's word for the post where it says more than the name of its role."""
    names = {plain(by.school.label_of(row.role)), plain(Role(row.role).label)}
    return "" if plain(row.word) in names else row.word


def _words_in(name: str) -> set[str]:
    return {word.casefold() for word in name.replace("-", " ").split() if len(word) > 1}


def _words(value: Any) -> str:
    if not value:
        return "none"
    return day(value) if isinstance(value, date) else str(value)
