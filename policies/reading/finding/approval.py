"""Who approved the policy and when, and what is signed."""

import re

from policies.models import PolicyVersion
from policies.reading.document import Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.fields import Labelled, labelled
from policies.reading.finding.naming import upper_first
from policies.reading.finding.passages import Passage, absent, once, or_absent, sentences, stated
from policies.reading.finding.printed_dates import DATE, as_date, certainty, why
from policies.reading.finding.tables import roles_in

COMMITTEE = re.compile(r"\b(?:committee|sub-?committee|working party|panel)\b", re.IGNORECASE)
BODY = re.compile(
    r"\b(?:full governing (?:body|board)|governing (?:body|board)|board of (?:governors|trustees|directors)|"
    r"full board|trust board|local governing (?:body|board)|governors|trustees|FGB|LGB)\b",
    re.IGNORECASE,
)
ACT = r"(?:approved|agreed|adopted|ratified|endorsed|accepted|passed|signed off)"
APPROVED = re.compile(rf"\b{ACT}\s+(?:at\s+[^.]{{0,60}}?\s+)?by\s+(?P<who>[^.;:]{{3,140}})", re.IGNORECASE)
GAVE = re.compile(
    r"^(?P<who>(?:The|Our)\s[^.;:]{3,100}?)\s+(?:has\s+|have\s+)?(?:approved|adopted|agreed|"
    r"ratified)\s+this\s+(?:\w+\s+){0,3}policy"
    r"|^(?P<body>(?:The|Our)\s(?:[\w'’-]+\s){0,5}?(?:governors|governing (?:body|board)|trustees|board|committee))\s+"
    r"(?:has\s+|have\s+)?(?:approved|adopted|agreed|ratified)\s+it\b",
    re.IGNORECASE,
)
UNTIL = re.compile(
    r"\s+(?:on|in|at|dated|during)\s+(?=the\s|\d|[A-Z])|\s*[\t|]\s*|\s+and\s+(?:will|is|was|has|"
    r"should)\b|,\s+(?:and|who|which)\b"
)
SIGNED = re.compile(r"\b(?P<act>Signed|Dated)\b[\s:_.…|-]{0,40}", re.IGNORECASE)
PERSON = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Rev|Sir|Dame|"
    r"Prof)\.?\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,4}$"
)


IN_PERSON = re.compile(r"\b(?:chair|vice|clerk|head|principal|lead|link governor)\b", re.IGNORECASE)


def find(document: Document) -> list[Fact]:
    """Return who approved it, with kind and role, when, and the signature as printed."""
    fields = labelled(document)
    approvers = _labelled_approvers(fields) or _told_approvers(document)
    dates = _dates(document, fields)
    return [
        *(approvers or [absent(Kind.APPROVER, "No words say who approved or agreed it.")]),
        *(dates or [absent(Kind.APPROVED_ON, "No date stands with an approval.")]),
        *_signatures(document, fields),
    ]


def _kind_of(words: str) -> str:
    if COMMITTEE.search(words):
        return PolicyVersion.Approver.COMMITTEE
    return PolicyVersion.Approver.GOVERNING_BODY if BODY.search(words) else PolicyVersion.Approver.PERSON


def _value(words: str) -> dict[str, str]:
    """Return the approver that some words name: what kind, the name, and the role where one is given."""
    words = re.sub(r"\s+", " ", words).strip(" ,;:.|")
    words = re.sub(r"^(?:the|our)\s+", "", words, flags=re.IGNORECASE)
    kind = _kind_of(words)
    parts = [part.strip(" )") for part in re.split(r"\s*[,(]\s*|\s+[–—-]\s+|\s*:\s*", words) if part.strip(" )")]
    roles = [part for part in parts if roles_in(part)]
    names = [part for part in parts if PERSON.match(part) and not roles_in(part)]
    in_person = kind == PolicyVersion.Approver.PERSON or any(IN_PERSON.search(part) for part in roles)
    if names and roles and len(parts) == 2 and in_person:
        return {"kind": str(PolicyVersion.Approver.PERSON), "name": names[0], "role": roles[0]}
    if kind != PolicyVersion.Approver.PERSON:
        return {"kind": str(kind), "name": upper_first(words), "role": ""}
    if roles and not names:
        return {"kind": str(kind), "name": "", "role": upper_first(words)}
    return {"kind": str(kind), "name": words, "role": ""}


def _approver(words: str, passage: Passage, said: str, at: tuple[int, int] | None = None, role: str = "") -> Fact:
    value = _value(words)
    if role and not value["role"]:
        value["role"] = role
    if value["kind"] == PolicyVersion.Approver.PERSON:
        named = "a name" if value["name"] else "no name"
        reason = f"{said} gives {named} and {'a' if value['role'] else 'no'} role."
        return stated(Kind.APPROVER, value, passage, 92 if PERSON.match(value["name"] or "Nobody") else 70, reason, at)
    body = "a committee" if value["kind"] == PolicyVersion.Approver.COMMITTEE else "the governing body"
    return stated(Kind.APPROVER, value, passage, 92, f"{said} names {body}, no person.", at)


def _labelled_approvers(fields: list[Labelled]) -> list[Fact]:
    found = []
    for at, field in enumerate(fields):
        if field.about != "approved_by" or not field.value.text:
            continue
        words = UNTIL.split(field.value.text)[0]
        if DATE.fullmatch(words) or len(words.split()) > 16:
            continue
        beside = fields[at + 1] if at + 1 < len(fields) else None
        role = beside.value.text if beside is not None and beside.about == "role" else ""
        found.append(_approver(words, field.value, f"The line after “{field.label}”", (0, len(words)), role))
    return once(found, "name", "role")


def _told_approvers(document: Document) -> list[Fact]:
    """Read an approver out of a sentence that is about the policy, or out of a line of its own."""
    found = []
    for sentence in sentences(document):
        text = sentence.text[:600]
        for match in (APPROVED.search(text), GAVE.match(text)):
            if not match or (match.start() > 0 and not _is_about_policy(text[: match.start()])):
                continue
            who = "body" if match.groupdict().get("body") else "who"
            words = UNTIL.split(match[who])[0]
            if not (roles_in(words) or BODY.search(words) or COMMITTEE.search(words) or PERSON.match(words)):
                continue
            start = match.start(who)
            said = f"The line “{text[:40].strip()}…”" if len(text) > 60 else f"“{text.strip()}”"
            found.append(_approver(words, sentence, said, (start, start + len(words))))
    return once(found, "name", "role")[:3]


def _is_about_policy(before: str) -> bool:
    """Tell whether what stands before "approved by" is the policy itself, and not a post or an account."""
    return bool(
        re.search(r"\b(?:policy|document|version|it|this)\b[^.]{0,40}$|^\W*$", before, re.IGNORECASE)
    ) and not re.search(
        r"\b(?:accounts?|posts?|exceptions?|requests?|pages?|channels?|must|should)\b", before, re.IGNORECASE
    )


def _dates(document: Document, fields: list[Labelled]) -> list[Fact]:
    """The date of approval: labelled so, beside the approver, or in the sentence that tells of it."""
    for at, field in enumerate(fields):
        if field.about == "approved_on" and (date := DATE.search(field.value.text)):
            return [_date(date, field.value, f"It stands beside “{field.label}”.", 95)]
        if field.about != "approved_by":
            continue
        if date := DATE.search(field.value.text):
            return [_date(date, field.value, f"It stands in the line after “{field.label}”.", 90)]
        for beside in fields[at + 1 : at + 3]:
            if beside.about in ("date", "dated") and (date := DATE.search(beside.value.text)):
                return [_date(date, beside.value, f"“{beside.label}” follows “{field.label}”.", 90)]
            if beside.about not in ("role", "other", "signed"):
                break
    for sentence in sentences(document):
        match = APPROVED.search(sentence.text[:600]) or GAVE.match(sentence.text[:600])
        told = match or re.search(rf"\bpolicy\b[^.]{{0,60}}\b{ACT}\b", sentence.text[:600], re.IGNORECASE)
        if not told or (told is match and match.start() > 0 and not _is_about_policy(sentence.text[: match.start()])):
            continue
        if date := DATE.search(sentence.text[:700], told.start()):
            return [_date(date, sentence, "The sentence that tells of the approval gives this date.", 90)]
    return []


def _date(date: re.Match[str], passage: Passage, reason: str, sure: int) -> Fact:
    return stated(
        Kind.APPROVED_ON, as_date(date[0]), passage, certainty(date[0], sure), reason + why(date[0]), date.span()
    )


def _signatures(document: Document, fields: list[Labelled]) -> list[Fact]:
    """What is printed beside "Signed" or "Dated": a date, and by whom."""
    found = []
    for at, field in enumerate(fields):
        if field.about != "signed" or not field.value.text:
            continue
        date = DATE.search(field.value.text)
        if date is None and at + 1 < len(fields) and fields[at + 1].about in ("date", "dated"):
            date = DATE.search(fields[at + 1].value.text)
        by = DATE.sub("", field.value.text).strip(" ,._…|-")
        if (office := roles_in(field.label)) and by:
            by = f"{by}, {office[0].printed}"
        if date or PERSON.match(by.split(",")[0]):
            reason = f"It stands beside “{field.label}”." + (why(date[0]) if date else " No date stands with it.")
            value = {"raw": date[0] if date else "", "by": by}
            found.append(stated(Kind.SIGNED, value, field.value, 85 if date else 75, reason))
    for sentence in [] if found else sentences(document)[-40:]:
        text = sentence.text[:300]
        match = SIGNED.match(text)
        if match and (date := DATE.match(text, match.end()) or (DATE.search(text) if len(text) < 120 else None)):
            by = (text[match.end() : date.start()] + " " + text[date.end() :]).strip(" ,.:_…|-")
            by = re.sub(r"^(?:by|for and on behalf of|on behalf of)\s+", "", by, flags=re.IGNORECASE)
            by = re.sub(r"[\s:|]*\b(?:date|dated)\s*:?$", "", by, flags=re.IGNORECASE)
            named = "" if roles_in(by) is None or PERSON.match(by) else " It names an office and no person."
            reason = f"The line begins with “{match['act']}”." + why(date[0]) + (named if roles_in(by) else "")
            found.append(stated(Kind.SIGNED, {"raw": date[0], "by": by}, sentence, 80, reason))
    return or_absent(found[:2], Kind.SIGNED, "No signature with a name or a date is printed.")
