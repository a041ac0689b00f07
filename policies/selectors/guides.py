"""Guide pages: what the policies in force ask of one audience of a school, in their own words and in order."""

from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import School
from policies.models import ASKED, Audience, Clause, GuideIntro, PolicyVersion, Reference

NO_HEADING = "Also"


@dataclass(frozen=True)
class Line:
    """A clause as the guide shows it, with the school's own telephone number and address filled in."""

    clause: Clause
    text: str


@dataclass(frozen=True)
class Part:
    """What stands under one heading: runs of lines, each a list of rules or a run of prose."""

    heading: str
    anchor: str
    runs: list[tuple[bool, list[Line]]]


@dataclass(frozen=True)
class Guide:
    """One guide page."""

    school: School
    audience: str
    intro: GuideIntro | None
    parts: list[Part]
    versions: list[PolicyVersion] = field(default_factory=list)
    related: list[Reference] = field(default_factory=list)


def guide_for(school: School, audience: str) -> Guide:
    """Return the guide page of `school` for `audience`, in four queries however long it is."""
    clauses = list(
        Clause.objects.in_force(school)
        .for_audience(audience)
        .select_related("version__policy")
        .order_by("version__policy__title", "version", "position")
    )
    by_heading: dict[str, list[Line]] = {}
    for clause in clauses:
        line = Line(clause, filled_in(clause.on_guide, school))
        by_heading.setdefault(clause.heading or NO_HEADING, []).append(line)
    return Guide(
        school=school,
        audience=audience,
        intro=intro_of(school, audience),
        parts=[
            Part(heading, f"part-{number}-{slugify(heading)}", _runs(lines))
            for number, (heading, lines) in enumerate(by_heading.items(), start=1)
        ],
        versions=versions_in_force(school),
        related=list(related_policies(school)),
    )


def audiences_of(school: School) -> list[tuple[str, str]]:
    """Return the guides that `school` has: one for each audience it may ask, others where a clause is for them."""
    in_force = Clause.objects.in_force(school)
    return [choice for choice in Audience.choices if choice[0] in ASKED or in_force.for_audience(choice[0]).exists()]


def intro_of(school: School, audience: str) -> GuideIntro | None:
    """Return the opening words of a guide page, or None where there are none yet."""
    return GuideIntro.objects.filter(school=school, audience=audience).first()


def public_schools() -> QuerySet[School]:
    """Return the schools whose public pages anybody may read: those that are open."""
    return School.objects.filter(opened_at__isnull=False)


def related_policies(school: School) -> QuerySet[Reference]:
    """Return the policies that those in force lean on and that can be read: the ones with a link."""
    in_force = PolicyVersion.objects.published().filter(policy__schools=school).values("policy")
    related = Reference.objects.filter(policy__in=in_force, kind=Reference.Kind.RELATED_POLICY)
    return related.exclude(link="").order_by("title")


def versions_in_force(school: School) -> list[PolicyVersion]:
    """Return the wordings that are in force in a school, one for each policy."""
    found = PolicyVersion.objects.published().filter(policy__schools=school).select_related("policy")
    return list(found.order_by("policy__title"))


def filled_in(text: str, school: School) -> str:
    """Put the school's telephone number and address where the text has {telephone} and {email}."""
    return text.replace("{telephone}", school.telephone or "the office").replace(
        "{email}", school.email or "the office"
    )


def _runs(lines: list[Line]) -> list[tuple[bool, list[Line]]]:
    """Part rules, which are listed, from prose."""
    runs = groupby(lines, key=lambda line: line.clause.kind == Clause.Kind.RULE)
    return [(are_rules, list(run)) for are_rules, run in runs]
