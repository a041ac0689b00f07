"""The list of clauses that the five policies consist of."""

import csv
from pathlib import Path
from typing import NamedTuple

REGISTER = Path(__file__).with_name("clauses.csv")


class Clause(NamedTuple):
    """One rule of one school's policy: its id, its school and the app that carries it out."""

    id: str
    school: str
    app: str


def read() -> dict[str, Clause]:
    """Give every clause by its id."""
    with REGISTER.open(newline="", encoding="utf-8") as rows:
        return {row["id"]: Clause(row["id"], row["school"], row["app"]) for row in csv.DictReader(rows)}
