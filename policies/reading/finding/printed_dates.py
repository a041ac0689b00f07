"""Dates as policies print them, found in running text and read with their precision."""

import re

from policyportal.lib.dates import read_stated

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s{1,3})?"
DATE = re.compile(
    rf"{WEEKDAY}\b\d{{1,2}}(?:st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?{MONTH},?\s{{1,3}}(?:\d{{4}}|\d{{2}})\b"
    rf"|{WEEKDAY}\b{MONTH}\s{{1,3}}\d{{1,2}}(?:st|nd|rd|th)?,\s{{1,3}}\d{{4}}\b"
    rf"|\b{MONTH},?\s{{1,3}}(?:\d{{4}}|['’]?\d{{2}})\b(?!\d)"
    r"|\b(?:Autumn|Spring|Summer)(?:\s{1,3}[Tt]erm)?(?:\s{1,3}[12])?,?\s{1,3}(?:of\s{1,3})?20\d{2}\b"
    r"|\b20\d{2}\s?[-–/]\s?(?:20)?\d{2}\b(?![-/\d])"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2})\b"
    r"|\b20\d{2}\b",
    re.IGNORECASE,
)


def as_date(raw: str) -> dict[str, str | None]:
    """Return a date as a fact holds it: the words as printed, the day they are reckoned as, and how exact they are."""
    raw = " ".join(raw.split())
    read = read_stated(raw.replace("’", "").replace("'", ""))
    return {"raw": raw, "day": read.day.isoformat() if read.day else None, "precision": str(read.precision)}


def why(raw: str) -> str:
    """Return the sentence that says how a date was read, where that is not plain."""
    value = as_date(raw)
    return {
        "month": " A month without a day counts as its last day.",
        "season": " A season or term counts as its last possible day.",
        "school_year": " A school year counts until 31 August.",
        "year": " A year without a month counts as its last day.",
        "ambiguous": " It can be read day first or month first.",
    }.get(str(value["precision"]), "")


def certainty(raw: str, high: int) -> int:
    """Return how sure a date is: less so where the words can be read in two ways."""
    if as_date(raw)["precision"] == "ambiguous":
        return min(high, 60)
    return high - 7 if re.search(r"[A-Za-z]\.?\s['’]?\d{2}$", raw) else high
