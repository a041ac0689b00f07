"""The rules of the check, one module per noun; to name a module here is to add its rules to the table."""

from policies.check.rules import (
    approval,
    audiences,
    channels,
    consent,
    contact,
    dates,
    deadlines,
    duties,
    people,
    platforms,
    references,
    schools,
    sections,
    spelling,
    statistics,
    wording,
)

__all__ = [
    "approval",
    "audiences",
    "channels",
    "consent",
    "contact",
    "dates",
    "deadlines",
    "duties",
    "people",
    "platforms",
    "references",
    "schools",
    "sections",
    "spelling",
    "statistics",
    "wording",
]
