"""What the columns of a list of staff are called in the systems of schools, and what their words for posts are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import models


class Field(models.TextChoices):
    """What a column may mean; the order is that of asking."""

    NAME = "name", "Full name"
    FORENAME = "forename", "Forename"
    SURNAME = "surname", "Surname"
    PREFERRED_FORENAME = "preferred_forename", "Preferred forename"
    PREFERRED_SURNAME = "preferred_surname", "Preferred surname"
    EMAIL = "email", "E-mail address"
    ROLE = "role", "Post"
    STARTS = "starts_on", "First day"
    ENDS = "ends_on", "Last day"
    SYSTEM_ID = "system_id", "Number in the school’s system"


# The better title first: where a file has several of one field, only that one is used.
TITLES: dict[str, tuple[str, ...]] = {
    Field.NAME: ("Full Name", "Name", "Staff Name", "Employee Name", "Legal Full Name"),
    Field.FORENAME: ("Forename", "First Name", "Legal Forename", "Legal First Name", "Given Name", "Christian Name"),
    Field.SURNAME: ("Surname", "Last Name", "Legal Surname", "Legal Last Name", "Family Name"),
    Field.PREFERRED_FORENAME: ("Preferred Forename", "Preferred First Name", "Known Name", "Known As"),
    Field.PREFERRED_SURNAME: ("Preferred Surname", "Preferred Last Name"),
    Field.EMAIL: ("Work Email", "Work Email Address", "Primary Email", "Default Email", "Email Address", "Email"),
    Field.ROLE: ("Role", "Post", "Job Title", "Business Role", "Role Identifier", "role_text", "Position"),
    Field.STARTS: ("Start Date", "Contract Start", "Contract Start Date", "Date of Arrival", "employment_start_date"),
    Field.ENDS: ("End Date", "Contract End", "Contract End Date", "Date of Leaving", "employment_end_date"),
    Field.SYSTEM_ID: (
        "Person ID",
        "Staff ID",
        "Employee ID",
        "mis_id",
        "upi",
        "id",
        "Payroll Number",
        "Employee Number",
    ),
}
NOT_USED = ""
# In place of a role: people of whom the file says this are not imported.
LEFT_OUT = "-"


def plain(words: str) -> str:
    """Return words ready to be compared: without case, spaces, punctuation and byte order marks."""
    return "".join(sign for sign in words.casefold() if sign.isalnum())


FIELD_OF = {plain(title): field for field, titles in TITLES.items() for title in titles}
RANK_OF = {plain(title): rank for titles in TITLES.values() for rank, title in enumerate(titles)}


def recognised(header: Sequence[str], remembered: Mapping[str, str] = {}) -> dict[int, str]:
    """Return the field of each column that is known, by its place; what the school said before comes first.

    Where two columns mean one field the better known title has it; the other is not used.
    """
    said = {plain(title): field for title, field in remembered.items()}
    best: dict[str, tuple[int, int]] = {}
    for place, title in enumerate(header):
        known = plain(title)
        field = said.get(known, FIELD_OF.get(known, NOT_USED))
        rank = -1 if known in said else RANK_OF.get(known, 0)
        if field in Field.values and (field not in best or rank < best[field][0]):
            best[field] = rank, place
    return {place: field for field, (_, place) in best.items()}


def meanings(header: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """Return the field of every column in its order, "" where it means none."""
    known = recognised(header, remembered)
    return [known.get(place, NOT_USED) for place in range(len(header))]


def used_twice(columns: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Say which meanings two columns have; `labels` are the meanings in words."""
    times = Counter(meaning for meaning in columns if meaning != NOT_USED)
    twice = sorted(labels[meaning].lower() for meaning, number in times.items() if number > 1)
    return [f"Two columns cannot both be the {label}." for label in twice]


def missing_fields(columns: Iterable[str]) -> list[str]:
    """Say which columns nothing can be imported without."""
    given = set(columns)
    missing = []
    if Field.NAME not in given and not {Field.FORENAME, Field.SURNAME} <= given:
        missing.append("Say which column holds the name: the full name, or forename and surname.")
    if Field.EMAIL not in given:
        missing.append("Say which column holds the e-mail address. People sign in with it.")
    return missing


def role_of(word: str, labels: Mapping[str, str], remembered: Mapping[str, str]) -> str | None:
    """Return the role that a file's word means, LEFT_OUT, or None where nobody has said.

    `labels` are the roles by the names that they have in the school and the portal: {"Head of School": "deputy_head"}.
    Nothing is guessed: a word is a role's own name, or somebody of the school said what it means.
    """
    known = {plain(label): role for label, role in labels.items()} | {
        plain(said): role for said, role in remembered.items()
    }
    return known.get(plain(word))


# Answers put forward, never taken as given: only for posts that see nothing in confidence.
SUGGESTED = (
    (("head", "lead", "principal", "manager", "govern", "safeguard", "admin", "office"), ""),
    (("teacher", "ect", "nqt", "instructor"), "teacher"),
    (("assistant", "midday", "lunch", "caretaker", "clean", "cook", "kitchen", "site", "technician"), "support_staff"),
    (("volunteer",), "volunteer"),
    (("agency", "contract"), "contractor"),
)


def suggested(word: str) -> str:
    """Return the role that a word for a post most likely means, "" where only somebody of the school can say."""
    return next((role for parts, role in SUGGESTED if any(part in plain(word) for part in parts)), "")
