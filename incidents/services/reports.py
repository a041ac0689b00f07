"""Filing a report: all of it or nothing, and a receipt that is shown once."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, School, User
from channels_mgmt.models import FamilyLink, Platform
from channels_mgmt.selectors import linked_staff
from incidents.models import About, Evidence, Incident, Report, Subject
from incidents.receipts import ALPHABET, hash_of, new_receipt
from incidents.routing import Facts, Roll, Route, named_in, route, staff_named_in
from incidents.services.leading import apply_route, roll_of
from policies.models import Clause
from policyportal.lib.attachments import FileRefused, keep
from policyportal.lib.workflow import Refused, save_as

# By when somebody should have looked: the portal's own measure, since no policy states one.
FIRST_LOOK = timedelta(days=3)
FIRST_LOOK_SAFEGUARDING = timedelta(hours=4)


def file_report(
    *,
    school: School,
    reporter_kind: str,
    words: str,
    by: Membership | None = None,
    about: str = About.UNKNOWN,
    person: User | None = None,
    who: str = "",
    family_link: FamilyLink | None = None,
    category: Clause | None = None,
    category_name: str = "",
    tell_leaders: bool = False,
    risk: Clause | None = None,
    safeguarding: bool = False,
    imagery: str = Report.Imagery.NO,
    is_concern: bool = False,
    platform: Platform | None = None,
    purpose: str = Incident.Purpose.UNKNOWN,
    hours: str = Incident.Hours.UNKNOWN,
    accessed_using: str = Incident.AccessedUsing.UNKNOWN,
    where: str = Incident.Where.UNKNOWN,
    place: str = "",
    link: str = "",
    noticed_at: datetime | None = None,
    reported_at: datetime | None = None,
    reporter_name: str = "",
    reporter_contact: str = "",
    can_talk: bool | None = None,
    uploads: Sequence[UploadedFile] = (),
    form_token: UUID | None = None,
    receipt: str | None = None,
) -> tuple[Incident, str]:
    """File a report and return its incident and receipt.

    In one transaction it stores the incident, the report, whom it concerns, who may see it, its files, and tells its
    handlers. The same `form_token` again returns the incident that is there. Imagery of a child, a named risk, or a
    pupil's own report make it safeguarding; with possible imagery no file is kept whatever was sent. A file that the
    disk would not take is named in `unsaved_files` of the incident, and the report is filed without it.
    Refuses, by FileRefused, a file that may not be kept, and every report to a school that is not open yet; nothing
    is then stored.
    """
    if school.opened_at is None:
        raise Refused("This school’s portal is not open yet. Nothing can be reported here.")
    # A category may itself name a risk.
    risk = risk or (category if category and category.risk else None)
    form_token, receipt = form_token or uuid4(), receipt or new_receipt()
    if filed := _filed_with(form_token):
        return filed, receipt
    possible_imagery = imagery != Report.Imagery.NO
    # What a child tells is for the designated lead until they say otherwise.
    told_by_a_child = reporter_kind == Report.Reporter.PUPIL
    safeguarding = bool(safeguarding or possible_imagery or risk or told_by_a_child)
    now = reported_at or timezone.now()
    incident = Incident(
        school=school,
        reference=new_reference(),
        about=about,
        safeguarding=safeguarding,
        is_concern=is_concern,
        category=category,
        category_name=category.category if category else category_name,
        risk=risk,
        platform=platform,
        purpose=purpose,
        hours=hours,
        accessed_using=accessed_using,
        where=where,
        reported_at=now,
        due_at=now + (FIRST_LOOK_SAFEGUARDING if safeguarding else FIRST_LOOK),
    )
    report = Report(
        school=school,
        incident=incident,
        reporter_kind=reporter_kind,
        reporter=by.user if by else None,
        reporter_name=reporter_name,
        reporter_contact=reporter_contact,
        words=words,
        who=who,
        family_link=family_link,
        place=place,
        link=link,
        can_talk=can_talk,
        imagery=imagery,
        noticed_at=noticed_at,
        reported_at=now,
        receipt_hash=hash_of(receipt),
        form_token=form_token,
    )
    roll = roll_of(school)
    way = _way(incident, report, person, roll, tell_leaders)
    incident.confidentiality, incident.procedure = way.confidentiality, way.procedure
    incident.route_reason = way.reason
    kept = [] if possible_imagery else _keep_all(uploads, incident)
    stored = False
    try:
        with transaction.atomic():
            _store(incident, report, person, kept, way, by)
        stored = True
    except IntegrityError:
        # The same form, sent twice at the same moment.
        filed = _filed_with(form_token)
        if filed is None:
            raise
        return filed, receipt
    finally:
        if not stored:
            _discard(kept)
    return incident, receipt


def new_reference() -> str:
    """Return a random reference such as K7Q29XHD: it tells neither how many there are nor when."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def _filed_with(form_token: UUID) -> Incident | None:
    report = Report.objects.filter(form_token=form_token).select_related("incident").first()
    return report.incident if report else None


def _way(incident: Incident, report: Report, person: User | None, roll: Roll, tell_leaders: bool) -> Route:
    """Route it by whom it is about, also where only its words say so."""
    unsaid = person is None and incident.about in (About.STAFF, About.UNKNOWN)
    named = frozenset() if person else named_in(report.who, report.words if unsaid else "", roll)
    subjects = {person.pk} if person else set()
    if not named and person is None and incident.about in (About.STAFF, About.UNKNOWN):
        subjects |= staff_named_in(report.who, roll)
    facts = Facts(
        about=incident.about,
        subjects=frozenset(subjects),
        reporter=report.reporter_id,
        safeguarding=incident.safeguarding,
        is_concern=incident.is_concern,
        tell_leaders=tell_leaders,
        held_for=named,
        linked=linked_staff(incident.school, report.who),
    )
    return route(facts, roll, incident.school.procedures)


def _keep_all(uploads: Sequence[UploadedFile], incident: Incident) -> list[Evidence]:
    """Keep every file on disk before any row names it; what the disk will not take is left out and named."""
    kept: list[Evidence] = []
    unsaved: list[str] = []
    for upload in uploads:
        upload.seek(0)
        try:
            kept.append(keep(upload, Evidence(school_id=incident.school_id, incident=incident)))
        except OSError:
            unsaved.append(upload.name or "file")
        except FileRefused:
            _discard(kept)
            raise
    incident.unsaved_files = tuple(unsaved)
    return kept


def _discard(kept: Sequence[Evidence]) -> None:
    for evidence in kept:
        default_storage.delete(evidence.stored_name)


def _store(
    incident: Incident,
    report: Report,
    person: User | None,
    kept: Sequence[Evidence],
    way: Route,
    by: Membership | None,
) -> None:
    """Write every row of a report. What a stranger files is the system's work, whoever is signed in there."""
    save_as(incident, by, "Reported")
    save_as(report, by, "Reported")
    if person or report.who:
        name = "" if person else report.who[:150]
        save_as(Subject(school_id=incident.school_id, incident=incident, user=person, name=name), by, "Reported")
    for evidence in kept:
        evidence.added_by = by.user if by else None
        save_as(evidence, by, "Came with the report")
    apply_route(incident, way, by)
