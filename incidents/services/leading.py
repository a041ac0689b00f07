"""Leading an incident to people: the posts of the school as routing reads them, and the access that follows."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from accounts.models import Membership, School
from channels_mgmt.selectors import linked_staff
from incidents.access import CONFIDENTIAL, ORDINARY, SEALED
from incidents.models import Access, Incident
from incidents.notifications import report_received
from incidents.routing import Facts, Led, Post, Roll, Route, route
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, save_as

Standing = Access.Standing
GRAVITY = [ORDINARY, CONFIDENTIAL, SEALED]


def roll_of(school: School, day: date | None = None) -> Roll:
    """Return every post held in `school` on `day` (today when not given), with its line of managers. One query."""
    day = day or today()
    rows = {row.pk: row for row in Membership.objects.filter(school=school).select_related("user")}
    held = set(Membership.objects.current(day).filter(school=school).values_list("pk", flat=True))
    posts = [
        Post(
            user_id=row.user_id,
            role=row.role,
            seniority=row.seniority,
            away=row.is_away(day),
            managers=_managers_of(row, rows),
            name=row.user.name,
        )
        for row in rows.values()
        if row.pk in held
    ]
    return Roll(posts=tuple(posts), label_of=school.label_of)


def _managers_of(post: Membership, rows: dict[UUID, Membership]) -> tuple[UUID, ...]:
    """Return the people above a post, nearest first; a line that leads back to itself ends there."""
    line: list[UUID] = []
    above = rows.get(post.line_manager_id)
    while above is not None and above.user_id not in line and above.user_id != post.user_id:
        line.append(above.user_id)
        above = rows.get(above.line_manager_id)
    return tuple(line)


def apply_route(incident: Incident, way: Route, by: Membership | None) -> None:
    """Write who handles, who reads and who is kept from `incident`, then tell them.

    Whoever was kept from it stays so. Somebody who turns out to be concerned loses what they had.
    """
    standings = {row.user_id: row for row in incident.access.all()}
    for user_id in sorted(way.excluded):
        _stand(incident, standings, Led(user_id, ""), Standing.EXCLUDED, by)
    for one in way.handlers:
        _stand(incident, standings, one, Standing.HANDLER, by)
    for one in way.readers:
        if one.user_id not in standings:
            _stand(incident, standings, one, Standing.READER, by)
    report_received(incident, [user_id for user_id in way.told if standings[user_id].standing != Standing.EXCLUDED])


def _stand(incident: Incident, standings: dict[UUID, Access], one: Led, standing: str, by: Membership | None) -> None:
    row = standings.get(one.user_id)
    if row is None:
        row = Access(school_id=incident.school_id, incident=incident, user_id=one.user_id)
        standings[one.user_id] = row
    elif row.standing in (Standing.EXCLUDED, standing):
        return
    row.standing, row.as_role = standing, one.role
    save_as(row, by, row.get_standing_display())


def settle(incident: Incident, by: Membership | None) -> None:
    """Lead an incident anew after its facts changed: graver confidentiality, more handlers, more people kept out.

    It never opens what was closed: confidentiality only rises, a sealed incident gains handlers only where the new
    facts seal it too, and whoever is kept from it stays so.
    """
    subjects = frozenset(incident.subjects.exclude(user=None).values_list("user_id", flat=True))
    reporter = incident.reports.values_list("reporter_id", flat=True).first()
    facts = Facts(
        about=incident.about,
        subjects=subjects,
        reporter=reporter,
        safeguarding=incident.safeguarding,
        is_concern=incident.is_concern,
        linked=linked_to(incident),
    )
    way = route(facts, roll_of(incident.school), incident.school.procedures)
    was, now = GRAVITY.index(incident.confidentiality), GRAVITY.index(way.confidentiality)
    if now > was:
        incident.confidentiality, incident.route_reason = way.confidentiality, way.reason
        save_as(incident, by, "Led anew after its facts changed")
    if now < was:
        way = replace(way, handlers=(), readers=(), told=())
    if way.confidentiality == SEALED:
        _release_others(incident, way, by)
    apply_route(incident, way, by)


def linked_to(incident: Incident) -> frozenset[UUID]:
    """Return who has a declared link to a pupil whom the incident names, now or when somebody was kept from it.

    A conflict is frozen on the case: it outlives the link.
    """
    named = [*incident.reports.values_list("who", flat=True), *incident.subjects.values_list("name", flat=True)]
    frozen = incident.access.filter(standing=Standing.EXCLUDED).values_list("user_id", flat=True)
    return linked_staff(incident.school, "\n".join(named)) | frozenset(frozen)


def _release_others(incident: Incident, way: Route, by: Membership | None) -> None:
    """Leave a newly sealed incident to its new handlers alone."""
    kept = {one.user_id for one in way.handlers}
    for row in incident.access.filter(standing=Standing.HANDLER).exclude(user_id__in=kept):
        row.standing = Standing.READER
        save_as(row, by, "No longer a handler")


def lead(incident: Incident, by: Membership | None, post: Membership) -> None:
    """Make the holder of `post` a handler of `incident` and tell them.

    Refuses, by NotAllowed, somebody whom it concerns, who is kept from it or who filed it.
    """
    concerned = incident.subjects.filter(user_id=post.user_id).exists()
    kept_out = incident.access.filter(user_id=post.user_id, standing=Standing.EXCLUDED).exists()
    filed = incident.reports.filter(reporter_id=post.user_id).exists()
    if concerned or kept_out or filed or post.school_id != incident.school_id:
        raise NotAllowed("This person cannot handle this report.")
    standings = {row.user_id: row for row in incident.access.all()}
    _stand(incident, standings, Led(post.user_id, post.role), Standing.HANDLER, by)
    report_received(incident, [post.user_id])
