"""The figures of the review dashboard: true ones with the lists that they count, and those that governors are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, QuerySet, TextChoices, Value, When
from django.urls import reverse

from accounts.models import Membership, School, User
from accounts.rules import holds
from incidents.access import visible_incidents
from incidents.models import About, Incident
from moderation.selectors import LATE, WAITING, moderation_figures, open_counts
from policies.models import PolicyVersion
from policies.rules import ACKNOWLEDGING
from policies.selectors.policies import policies_with_version
from policies.selectors.reviews import Standing, standing_of
from policies.selectors.standing import counting_in
from policyportal.lib.dates import start_of_day
from policyportal.lib.templatetags.portal import span
from policyportal.releases import Period, Release
from policyportal.suppression import SMALL, Cell, Shown, suppress

NO_CATEGORY = "No category yet"
TOO_FEW = "Too few to tell"


@dataclass(frozen=True)
class Told:
    """How many people were asked to acknowledge something, and how many have."""

    asked: int = 0
    done: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(self.asked + other.asked, self.done + other.done)

    @property
    def owed(self) -> int:
        """How many have not yet."""
        return self.asked - self.done

    @property
    def rate(self) -> str:
        """The share in whole per cent, rounded down so that 100% means everybody."""
        return f"{self.done * 100 // self.asked}%" if self.asked else "Nobody is asked"


@dataclass(frozen=True)
class PolicyFigure:
    """One policy in force: when it is due, how that stands, and who has acknowledged it (None: nobody is asked)."""

    version: PolicyVersion
    standing: Standing
    told: Told | None


@dataclass(frozen=True)
class IncidentTable:
    """Incidents by category and term as governors are told them.

    `where` and `about` are empty where their sum would tell more.
    """

    categories: list[str]
    periods: list[Period]
    shown: Shown
    where: list[tuple[str, Cell]]
    about: list[tuple[str, Cell]]


@dataclass(frozen=True)
class ModerationFigures:
    """How the school keeps up with what others write, as governors are told it."""

    waiting: Cell
    late: Cell
    median: str
    actions: list[tuple[str, Cell]]


@dataclass(frozen=True)
class SchoolRow:
    """One school beside others: its policies, its acknowledgements, what waits and what was reported."""

    school: School
    standings: list[Standing]
    told: Told
    incidents: Cell


def policy_figures(membership: Membership) -> list[PolicyFigure]:
    """Return the policies in force of the school worked in, with reviews and acknowledgements, in four queries."""
    versions = [policy.in_force[0] for policy in policies_with_version(membership) if policy.in_force]
    told = acknowledged([membership.school_id], versions)
    return [
        PolicyFigure(
            version=version,
            standing=standing_of(version),
            told=told.get((membership.school_id, version.pk)) if version.policy.for_staff else None,
        )
        for version in versions
    ]


def acknowledged(schools: Iterable[UUID], versions: Iterable[PolicyVersion]) -> dict[tuple[UUID, UUID], Told]:
    """Return, by school and version, how many people of the school were asked and have acknowledged; three queries."""
    versions = list(versions)
    found = School.objects.filter(pk__in=list(schools))
    posts = Membership.objects.current().filter(school__in=found, role__in=ACKNOWLEDGING).order_by()
    answered = {
        f"version_{number}": Count("user_id", distinct=True, filter=condition)
        for number, condition in enumerate(counting_in(found, versions))
    }
    rows = list(posts.values("school_id").annotate(asked=Count("user_id", distinct=True), **answered))
    return {
        (row["school_id"], version.pk): Told(row["asked"], row[f"version_{number}"])
        for row in rows
        for number, version in enumerate(versions)
    }


def true_figures(membership: Membership, policies: list[PolicyFigure]) -> list[dict[str, Any]]:
    """Return the numbers of the school as they are, each with the list that it counts [PWP-99, CRO-95].

    Only those whose list this person may open are there.
    """
    stats: list[dict[str, Any]] = []
    if holds(membership, "chase_acknowledgements"):
        for policy in policies:
            stats += _of_acknowledgements(policy) if policy.told else []
    if holds(membership, "view_items"):
        counts = open_counts(membership)
        queue = reverse("moderation:item_list")
        stats += [
            {"number": counts.waiting, "label": "Items to moderate", "url": f"{queue}?{urlencode({'show': WAITING})}"},
            {"number": counts.late, "label": "Late items", "url": f"{queue}?{urlencode({'show': LATE})}"},
        ]
    return stats


def _of_acknowledgements(policy: PolicyFigure) -> list[dict[str, Any]]:
    people = reverse("policies:acknowledgement_list", args=[policy.version.pk])
    return [
        {
            "number": policy.told.done,
            "label": f"Have acknowledged: {policy.version.policy}",
            "url": f"{people}?state=acknowledged",
            "trend": f"{policy.told.rate} of {policy.told.asked}",
        },
        {
            "number": policy.told.owed,
            "label": f"Still to acknowledge: {policy.version.policy}",
            "url": f"{people}?state=outstanding",
        },
    ]


def true_incidents(membership: Membership, by: str = "category_name") -> dict[str, dict[str, int]]:
    """Count the incidents that this person may see by category, or another field, and status, in one query."""
    counted = visible_incidents(membership).order_by().values_list(by, "status").annotate(Count("pk"))
    table: dict[str, dict[str, int]] = {}
    for category, status, number in sorted(counted):
        table.setdefault(category, {})[status] = number
    return table


def incident_list_url(status: str, **filters: str) -> str:
    """Return the list of incidents of one status, narrowed by the filters that are given, such as a category."""
    query = {"tab": status} | {name: value for name, value in filters.items() if value}
    return f"{reverse('incidents:incident_list')}?{urlencode(query)}"


def incidents_told(school: School, release: Release) -> IncidentTable:
    """Return the incidents of a school year as governors are told them: until the release, without sealed cases."""
    counts = _reported({school.pk: release}).get(school.pk, {})
    categories = sorted(counts)
    shown = _shown(counts, release)
    told = _unsealed([school.pk]).filter(
        reported_at__gte=start_of_day(release.year.starts), reported_at__lt=start_of_day(release.until)
    )
    return IncidentTable(
        categories=[category or NO_CATEGORY for category in categories],
        periods=release.periods,
        shown=shown,
        where=_told_by(told, "where", Incident.Where, shown),
        about=_told_by(told, "about", About, shown),
    )


def _told_by(told: QuerySet[Incident], field: str, choices: type[TextChoices], shown: Shown) -> list[tuple[str, Cell]]:
    """Count incidents by a field and hide small numbers; [] where the sum is hidden in one table and not in both.

    All tables have one sum: hidden in one, it must not be read off the other.
    """
    counts = dict(told.order_by().values_list(field).annotate(Count("pk")))
    table = suppress([[counts.get(value, 0)] for value in choices.values])
    if table.total.hidden != shown.total.hidden:
        return []
    return [(str(label), row[0]) for label, row in zip(choices.labels, table.rows, strict=True)]


def _unsealed(schools: Iterable[UUID]) -> QuerySet[Incident]:
    return Incident.objects.filter(school__in=schools).exclude(confidentiality=Incident.Confidentiality.SEALED)


def _shown(counts: dict[str, dict[int, int]], release: Release) -> Shown:
    return suppress([[counts[category].get(n, 0) for n in range(len(release.periods))] for category in sorted(counts)])


def _reported(releases: dict[UUID, Release]) -> dict[UUID, dict[str, dict[int, int]]]:
    """Count what is told of each school by category and by the place of its period, in one query for all."""
    whens = [
        When(
            school=school,
            reported_at__gte=start_of_day(period.starts),
            reported_at__lt=start_of_day(min(period.ends, release.until)),
            then=Value(place),
        )
        for school, release in releases.items()
        for place, period in enumerate(release.periods)
    ]
    if not whens:
        return {}
    earliest = start_of_day(min(release.year.starts for release in releases.values()))
    counted = _unsealed(releases).filter(reported_at__gte=earliest)
    counted = counted.annotate(period=Case(*whens, output_field=IntegerField())).filter(period__isnull=False)
    table: dict[UUID, dict[str, dict[int, int]]] = {}
    for school, category, place, number in (
        counted.order_by().values_list("school_id", "category_name", "period").annotate(Count("pk"))
    ):
        table.setdefault(school, {}).setdefault(category, {})[place] = number
    return table


def moderation_told(school: School) -> ModerationFigures:
    """Return how the school keeps up with moderation, small numbers hidden and no median over fewer than five."""
    figures = moderation_figures(school)
    standing = suppress([[figures.late], [figures.open - figures.late]])
    actions = suppress([[number] for number in figures.decided.values()])
    enough = sum(figures.decided.values()) >= SMALL and figures.median is not None
    return ModerationFigures(
        waiting=standing.total,
        late=standing.rows[0][0],
        median=span(figures.median) if enough else TOO_FEW,
        actions=[(label, row[0]) for label, row in zip(figures.decided, actions.rows, strict=True)],
    )


def overseen_by(user: User) -> list[Membership]:
    """Return one current post of `user` for each school whose dashboard it opens, by the school's name; two queries.

    Every post is asked by its own school: overseeing one school opens no other.
    """
    posts = Membership.objects.current().filter(user=user).select_related("school", "user")
    by_school: dict[UUID, list[Membership]] = {}
    for post in posts.order_by("school__name", "seniority"):
        by_school.setdefault(post.school_id, []).append(post)
    for theirs in by_school.values():
        for post in theirs:
            # All current posts are at hand; asking for them again would cost a query for each school.
            post.posts = theirs
    return [theirs[0] for theirs in by_school.values() if holds(theirs[0], "view_dashboard")]


def side_by_side(posts: list[Membership], releases: dict[UUID, Release]) -> list[SchoolRow]:
    """Return the schools of these posts as rows; the number of queries does not grow with schools."""
    schools = [post.school for post in posts]
    ids = [school.pk for school in schools]
    in_force = PolicyVersion.objects.published().filter(policy__schools__in=ids).select_related("policy")
    versions: dict[UUID, list[PolicyVersion]] = {pk: [] for pk in ids}
    for version in in_force.annotate(serves=F("policy__schools")).order_by("policy__title"):
        versions[version.serves].append(version)
    told = acknowledged(ids, {version.pk: version for found in versions.values() for version in found}.values())
    reported = _reported(releases)
    return [
        SchoolRow(
            school=school,
            standings=[standing_of(version) for version in versions[school.pk]],
            told=sum(
                (told.get((school.pk, one.pk), Told()) for one in versions[school.pk] if one.policy.for_staff), Told()
            ),
            # The very figure of the school's own page: two that differ would tell more than either.
            incidents=_shown(reported.get(school.pk, {}), releases[school.pk]).total,
        )
        for school in schools
    ]


def sum_of(cells: list[Cell]) -> str:
    """Return the sum of figures as they are told, or that it is not told where one of them is hidden."""
    return TOO_FEW if any(cell.hidden for cell in cells) else f"{sum(cell.amount for cell in cells):,}"


def due_in_words(version: PolicyVersion) -> str:
    """Return when a review is due, as stated, or by the cycle where nothing is stated."""
    stated = version.stated("review_due_on")
    return str(stated) if stated else f"{version.review_due} (by its cycle)" if version.review_due else "Not stated"


def asked_year(text: str) -> int | None:
    """Return the year that an address asks for, or None where it asks for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
