"""Reads about incidents, each through the one definition of who may see what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Role, School, User
from accounts.rules import CAPABILITIES
from channels_mgmt.models import Platform
from channels_mgmt.selectors import excuses
from incidents.access import led_to
from incidents.models import Access, Evidence, Incident, Report, Subject
from policies.models import Clause
from policyportal.lib.timeline import Event, timeline_of
from policyportal.lib.waiting import Waiting

MOST_WAITING = 20

# What somebody with a receipt is told, and a reporter who signed in: a status, never what was decided.
STATUS_WORDS = {
    Incident.Status.REPORTED: "We have it. Somebody will read it soon.",
    Incident.Status.TRIAGED: "We have read it and are dealing with it.",
    Incident.Status.CLOSED: "We have dealt with it.",
}


def schools() -> QuerySet[School]:
    """Return the schools that have a public page, where anybody may report something: those that are open."""
    return School.objects.filter(opened_at__isnull=False)


def people_of(school: School) -> list[Membership]:
    """Return everybody with a post in `school` today, once each, in their most senior post, by name."""
    posts = Membership.objects.current().filter(school=school).select_related("user", "school")
    first: dict[User, Membership] = {}
    for post in posts.order_by("seniority", "starts_on"):
        first.setdefault(post.user, post)
    return sorted(first.values(), key=lambda post: post.user.name)


def safeguarding_people(school: School) -> list[Membership]:
    """Return the designated lead and the deputies who are in school today, for the pages that send a child to them."""
    posts = Membership.objects.present().filter(school=school).holding(Role.DSL, Role.DEPUTY_DSL)
    return list(posts.select_related("user", "school"))


def possible_handlers(incident: Incident) -> list[Membership]:
    """Return to whom an incident may be given: posts that open incidents, of people whom it does not concern."""
    barred = set(incident.access.exclude(standing=Access.Standing.READER).values_list("user_id", flat=True))
    barred |= set(incident.subjects.values_list("user_id", flat=True))
    barred |= set(incident.reports.values_list("reporter_id", flat=True))
    posts = Membership.objects.current().filter(school=incident.school).holding(*CAPABILITIES["view_incidents"])
    return list(posts.exclude(user_id__in=barred - {None}).select_related("user", "school"))


def categories_of(school: School) -> list[Clause]:
    """Return the clauses in force whose breach a report may name, in the order of the policy, each name once.

    What pupils are told that they can report may have the name of a rule: then the rule is offered.
    """
    found = list(Clause.objects.in_force(school).exclude(category="").order_by("position"))
    of_rules = {clause.category for clause in found if clause.kind != Clause.Kind.REPORT}
    return [clause for clause in found if clause.kind != Clause.Kind.REPORT or clause.category not in of_rules]


def kinds_for_pupils(school: School) -> list[Clause]:
    """Return what the policy tells pupils that they can report, in the order of the policy [GRA-36]."""
    told = Clause.objects.in_force(school).breach_categories("pupil").for_audience("pupils")
    return list(told.filter(kind=Clause.Kind.REPORT).order_by("position"))


def risks_of(school: School) -> list[Clause]:
    """Return the clauses in force that name a safeguarding risk."""
    return list(Clause.objects.in_force(school).exclude(risk="").order_by("position"))


def platforms_of(school: School) -> list[Platform]:
    """Return the platforms that a new report may name."""
    return list(Platform.objects.filter(school=school).on_offer())


def counts_of_open(incidents: QuerySet[Incident]) -> dict[str, int]:
    """Return how many of `incidents` stand where, in one query; closed ones are never counted: they only grow."""
    return dict(incidents.open().order_by().values_list("status").annotate(Count("pk")))


def ready_to_show(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """Return the same incidents with what the page of one shows."""
    return incidents.select_related("school", "category", "platform", "risk").prefetch_related(
        Prefetch("reports", Report.objects.select_related("reporter", "family_link")),
        Prefetch("subjects", Subject.objects.select_related("user")),
        Prefetch("access", Access.objects.select_related("user").order_by("standing", "created_at")),
    )


def who_was_told(incident: Incident) -> list[Access]:
    """Return whom an incident was led to and whether each has opened it; never who is kept from it."""
    return [row for row in incident.access.all() if row.standing != Access.Standing.EXCLUDED]


def is_excused(incident: Incident) -> bool:
    """Tell whether contact that an incident is about is an approved exception, for its handlers [GRA-50].

    By the link that the reporter chose; of what others reported, by the member of staff it is about and the pupil
    whom it names. It never keeps a report from anybody.
    """
    chosen = [report.family_link for report in incident.reports.all() if report.family_link]
    if any(link.status == link.Status.APPROVED for link in chosen):
        return True
    subjects = list(incident.subjects.all())
    people = {subject.user_id for subject in subjects if subject.user_id}
    named = [report.who for report in incident.reports.all()] + [subject.name for subject in subjects]
    return excuses(incident.school, people, "\n".join(named))


def timeline(incident: Incident) -> list[Event]:
    """Return what happened to an incident, for somebody who may see it; not who reported it."""
    events = timeline_of(incident, limit=30)
    reporters = {report.reporter.name for report in incident.reports.all() if report.reporter}
    return [{**event, "by": ""} if event["by"] in reporters else event for event in events]


def evidence_of(incident: Incident) -> list[Evidence]:
    """Return the files of an incident, each with `from_report`: whether it came with the report."""
    evidence = list(incident.evidence.select_related("added_by"))
    reporters = {report.reporter_id for report in incident.reports.all()} | {None}
    for file in evidence:
        file.from_report = file.added_by_id in reporters
    return evidence


def own_reports(membership: Membership) -> QuerySet[Report]:
    """Return what this person reported in the school worked in: for its status, nothing else."""
    reports = Report.objects.visible_to(membership).filter(reporter_id=membership.user_id)
    return reports.select_related("incident")


def status_of_receipt(school: School, receipt_hash: str) -> str:
    """Return the words for where the report with this receipt stands, or "" where there is none."""
    report = Report.objects.filter(school=school, receipt_hash=receipt_hash).select_related("incident").first()
    return STATUS_WORDS[report.incident.status] if report else ""


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return the incidents that this person is to look at: new ones, and those past due; safeguarding first."""
    waiting = Q(status=Incident.Status.REPORTED) | Q(due_at__lt=timezone.now())
    incidents = led_to(membership).open().filter(waiting).order_by("-safeguarding", "due_at")[:MOST_WAITING]
    new = Incident.Status.REPORTED
    return [
        Waiting(
            title=f"{'New report' if incident.status == new else 'Incident'} {incident.reference}",
            url=incident.get_absolute_url(),
            due=incident.due_at,
            detail="Safeguarding" if incident.safeguarding else incident.get_about_display(),
            first=incident.safeguarding,
        )
        for incident in incidents
    ]


@dataclass(frozen=True)
class Figures:
    """Counts of incidents, exact and without names; whoever shows them rounds and suppresses."""

    by_category: list[tuple[str, int]]
    by_where: list[tuple[str, int]]
    by_about: list[tuple[str, int]]


def incident_figures(school: School, since: datetime) -> Figures:
    """Count the incidents of `school` since then that are not sealed; three queries however many there are.

    Official and private or independent channels are counted apart [PWP-84, CRO-82].
    """
    sealed = Incident.Confidentiality.SEALED
    incidents = Incident.objects.filter(school=school, reported_at__gte=since).exclude(confidentiality=sealed)
    return Figures(
        by_category=[(name or "No category", number) for name, number in _counted(incidents, "category_name")],
        by_where=[(str(Incident.Where(value).label), n) for value, n in _counted(incidents, "where")],
        by_about=[(str(dict(Incident.about.field.choices)[value]), n) for value, n in _counted(incidents, "about")],
    )


def _counted(incidents: QuerySet[Incident], field: str) -> Iterable[tuple[str, int]]:
    counted = incidents.order_by().values_list(field).annotate(number=Count("pk"))
    return counted.order_by(F("number").desc(), field)


def category_names(school: School) -> list[str]:
    """Return every category that a policy of `school` names or named, by name."""
    clauses = Clause.objects.filter(version__policy__schools=school).of_school(school).exclude(category="")
    return list(clauses.order_by("category").values_list("category", flat=True).distinct())
