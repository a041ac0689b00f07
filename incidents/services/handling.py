"""Dealing with an incident: taking it on, noting, keeping evidence, closing and opening again."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from accounts.services.looking import log_view
from incidents.models import Access, Evidence, Incident, Note, Subject
from incidents.rules import can_assign, can_dismiss, can_handle
from incidents.services.leading import lead, settle
from policies.models import Clause
from policyportal.lib.attachments import keep
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take


def triage(
    incident: Incident,
    by: Membership,
    *,
    about: str,
    category: Clause | None = None,
    safeguarding: bool = False,
    procedure: str = "",
    person: User | None = None,
    handler: Membership | None = None,
    step: str = "triage",
) -> Incident:
    """Confirm the facts of an incident and who handles it.

    Where whom it is about changed, the procedure follows, unless another was written. Takes the step (`triage`, or
    `update` later on), names the member of staff concerned, leads it anew and tells
    whoever is new to it. Refuses a handler whom it concerns or who filed it, a handler named by somebody who may not
    give it to anybody, and whoever comes too late.
    """
    if handler and not can_assign(by, incident):
        raise NotAllowed("Give it to somebody")
    unwritten = not procedure or procedure == incident.procedure
    if about != incident.about and unwritten and not incident.is_concern:
        procedure = incident.school.procedures.get(about, "")
    with transaction.atomic():
        facts = {
            "about": about,
            "category": category,
            "category_name": category.category if category else "",
            "safeguarding": safeguarding,
            "procedure": procedure,
        }
        incident = take(step, incident, by, **facts)
        if person and not incident.subjects.filter(user=person).exists():
            save_as(Subject(school_id=incident.school_id, incident=incident, user=person), by, "Named")
        settle(incident, by)
        if handler:
            lead(incident, by, handler)
    return incident


def close(
    incident: Incident, by: Membership, *, outcome: str, outcome_words: str, closed_at: datetime | None = None
) -> Incident:
    """Close an incident with its outcome; refuses without one or without words [PWP-70, PWP-82, CRO-68, CRO-80].

    Refuses a dismissal but by whoever may decide on one [MLC-76].
    """
    if outcome == Incident.Outcome.DISMISSAL and not can_dismiss(by, incident):
        raise NotAllowed("Dismissal")
    closed_at = closed_at or timezone.now()
    return take("close", incident, by, outcome=outcome, outcome_words=outcome_words, closed_at=closed_at)


def reopen(incident: Incident, by: Membership, reason: str) -> Incident:
    """Open a closed incident again; its outcome stays in its history. Refuses without a reason."""
    return take("reopen", incident, by, reason=reason, outcome="", outcome_words="", closed_at=None)


def add_note(incident: Incident, by: Membership, words: str) -> Note:
    """Store a handler's note. Refuses whoever may not handle the incident."""
    if not can_handle(by, incident):
        raise NotAllowed("Add a note")
    note = Note(school_id=incident.school_id, incident=incident, words=words, written_by=by.user)
    save_as(note, by, "Noted")
    return note


def add_evidence(
    incident: Incident,
    by: Membership,
    *,
    upload: UploadedFile,
    kind: str = Evidence.Kind.OTHER,
    captured_at: datetime | None = None,
    page_address: str = "",
) -> Evidence:
    """Keep a file with an incident: who added it, when, and its checksum; no verb changes or deletes it [MLC-53].

    Refuses a screenshot without the time and the address of the page [MLC-54], a file that may not be kept, and
    whoever may not handle the incident. Raises OSError where the disk will not take it.
    """
    if not can_handle(by, incident):
        raise NotAllowed("Add evidence")
    if kind == Evidence.Kind.SCREENSHOT and not (captured_at and page_address):
        raise Refused("Say when the screenshot was taken and give the address of the page.")
    upload.seek(0)
    evidence = keep(upload, Evidence(school_id=incident.school_id, incident=incident, kind=kind, added_by=by.user))
    evidence.captured_at, evidence.page_address = captured_at, page_address
    save_as(evidence, by, "Added")
    return evidence


def record_view(incident: Incident, by: Membership, shown: str, reason: str = "") -> None:
    """Log that somebody looked, in the caller's transaction: at anything confidential or sealed, or with a reason.

    Raises NotLogged where that cannot be stored; nothing may then be shown.
    """
    if reason or incident.confidentiality != Incident.Confidentiality.ORDINARY:
        log_view(by=by, model="incident", thing=incident.pk, shown=shown, reason=reason)


def mark_seen(led: Iterable[Access], by: Membership) -> None:
    """Note the first time that somebody to whom an incident was led has opened it [HEA-43]."""
    for row in led:
        if row.user_id == by.user_id and row.seen_at is None:
            row.seen_at = timezone.now()
            save_as(row, by, "Seen")
