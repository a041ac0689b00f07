"""Lists of staff made for a test: as text in the shapes that systems export, and as workbooks."""

import csv
import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADER = ["Person ID", "Forename", "Surname", "Work Email", "Job Title", "Start Date", "End Date"]


def as_csv(rows, *, header=HEADER, separator=",", encoding="utf-8", above=""):
    """Return rows as the bytes of a CSV file."""
    words = io.StringIO()
    writer = csv.writer(words, delimiter=separator)
    writer.writerows([header, *rows])
    return (above + words.getvalue()).encode(encoding)


def as_workbook(rows, *, header=HEADER, above=(), from_1904=False, days=False):
    """Return rows as the bytes of an Excel workbook; with `days` what reads 2026-09-01 is a day of Excel's."""
    workbook = Workbook()
    if from_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for row in [*above, header, *rows]:
        workbook.active.append([as_day(cell) if days else cell for cell in row])
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def as_day(cell):
    """Return an ISO date as a day."""
    return datetime.fromisoformat(cell) if isinstance(cell, str) and cell[4:5] == "-" and cell[:4].isdigit() else cell


def person(number, **changed):
    """Return the row of one invented teacher."""
    row = {
        "Person ID": f"P{number}",
        "Forename": "Nia",
        "Surname": f"Newcomer{number}",
        "Work Email": f"nia{number}@oakfield.example",
        "Job Title": "Teacher",
        "Start Date": "2026-09-01",
        "End Date": "",
    }
    return list((row | changed).values())
