"""What a reviewer and the governors read before a review: what changed, what is wrong, the figures, what people say.

Numbers of incidents and of moderation are those that governors are told, and no others.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Membership, School
from policies.models import Comment, Finding, PolicyVersion, Question, Reference, Review, Suggestion
from policies.selectors.changes import Change, changes_between, summary_of
from policies.selectors.reviews import Standing, standing_of
from policyportal.figures import (
    NO_CATEGORY,
    IncidentTable,
    ModerationFigures,
    Told,
    acknowledged,
    incidents_told,
    moderation_told,
)
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.timeline import earlier_of, with_earlier
from policyportal.releases import Release, release_for

# How many of a long list are printed; the rest is counted.
MOST = 30
WEIGHTS = {severity: weight for weight, severity in enumerate(Finding.Severity.values)}


@dataclass(frozen=True)
class Outside:
    """One thing that changed outside: a law, guidance or policy that this one leans on, what about it, and when."""

    title: str
    words: str
    on: date | datetime


@dataclass(frozen=True)
class YearTold:
    """The incidents of one school year as governors are told them."""

    release: Release
    table: IncidentTable

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Each category with its sum of the year, in words."""
        cells = self.table.shown.row_totals or [row[0] for row in self.table.shown.rows]
        return [(name or NO_CATEGORY, cell.words) for name, cell in zip(self.table.categories, cells, strict=True)]


@dataclass(frozen=True)
class Pack:
    """Everything that the pack shows. `since` is the day of the last review, or of publishing where there was none."""

    review: Review
    version: PolicyVersion
    standing: Standing
    since: date | None
    outside: list[Outside]
    findings: list[Finding]
    to_verify: list[Finding]
    told: Told | None
    questions: int
    years: list[YearTold]
    moderation: ModerationFigures
    newer: PolicyVersion
    older: PolicyVersion | None
    suggestions: list[Suggestion]
    comments: list[Comment]
    changes: list[Change] = field(default_factory=list)

    @property
    def changes_words(self) -> str:
        """How much has changed, in a sentence."""
        return summary_of(self.changes)


def pack_of(review: Review, membership: Membership) -> Pack:
    """Return the pack of a review for a reader of the school worked in, in a constant number of queries."""
    version, school = review.version, membership.school
    since = version.last_reviewed_on or version.published_on
    # The gravest first: a governor with ten minutes reads from the top.
    findings = sorted(Finding.objects.filter(policy=review.policy_id).open(), key=lambda one: WEIGHTS[one.severity])
    newer, older = _compared(review)
    told = acknowledged([school.pk], [version]).get((school.pk, version.pk)) if version.policy.for_staff else None
    asked = Question.objects.filter(school=school, policy=review.policy_id)
    return Pack(
        review=review,
        version=version,
        standing=standing_of(version),
        since=since,
        outside=_outside(review, since),
        findings=[finding for finding in findings if not finding.to_verify],
        to_verify=[finding for finding in findings if finding.to_verify],
        told=told,
        questions=(asked.filter(created_at__gte=start_of_day(since)) if since else asked).count(),
        years=_years(school, since),
        moderation=moderation_told(school),
        newer=newer,
        older=older,
        changes=changes_between(older, newer, school) if older else [],
        suggestions=list(
            Suggestion.objects.filter(school=school, policy=review.policy_id)
            .waiting()
            .select_related("clause", "suggested_by")
            .order_by("created_at")
        ),
        comments=list(newer.comments.select_related("by")),
    )


def _compared(review: Review) -> tuple[PolicyVersion, PolicyVersion | None]:
    """Return the two versions that are compared: the one on its way with the one under review, else that one with the
    one before it."""
    versions = list(review.policy.versions.order_by("-number"))
    on_its_way = next(
        (one for one in versions if one.status in PolicyVersion.PENDING and one.number > review.version.number), None
    )
    newer = on_its_way or review.led_to or review.version
    earlier = (one for one in versions if one.number < newer.number and one.published_at)
    return newer, next(earlier, None)


def _outside(review: Review, since: date | None) -> list[Outside]:
    """Return what the register says has changed since: another standing or edition, or found superseded."""
    rows = Reference.history.filter(policy_id=review.policy_id)
    if since:
        rows = rows.filter(history_date__gte=start_of_day(since))
    latest = list(with_earlier(rows).order_by("-history_date", "-history_id")[:200])
    earlier = earlier_of(latest)
    found = []
    for row in latest:
        before = earlier.get(row.history_id)
        if before and row.standing != before.standing:
            words = f"{row.get_standing_display()} (was: {before.get_standing_display().lower()})"
            found.append(Outside(row.title, words, row.history_date))
        if before and row.edition != before.edition:
            words = f"Edition {row.edition or 'not named'} (was: {before.edition or 'not named'})"
            found.append(Outside(row.title, words, row.history_date))
    told = {one.title for one in found}
    superseded = review.policy.references.filter(standing=Reference.Standing.SUPERSEDED)
    found += [
        Outside(reference.title, reference.get_standing_display(), reference.last_checked_on or reference.created_at)
        for reference in superseded
        if reference.title not in told
    ]
    return found[:MOST]


def _years(school: School, since: date | None) -> list[YearTold]:
    """Return the school years that have been told since, the latest first: whole years, never other spans.

    Figures of spans that somebody may choose would tell single cases by their difference.
    """
    latest = release_for(school, today())
    wanted = [year for year in latest.years if since is None or year.ends > since]
    releases = [release_for(school, today(), year.starts.year) for year in wanted or latest.years[:1]]
    return [YearTold(release, incidents_told(school, release)) for release in releases]
