"""Families and a policy: what they are shown, who of them is asked, and who has answered."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.families import classes_of, classes_taught_by
from accounts.models import Carer, Membership, Pupil, School, SchoolClass
from accounts.rules import holds
from policies.models import Acknowledgement, Audience, Campaign, PolicyVersion
from policies.selectors.acknowledgements import STATEMENTS
from policies.selectors.guides import NO_HEADING, filled_in
from policies.selectors.standing import year_began
from policies.selectors.versions import acknowledged_by
from policyportal.lib.dates import start_of_day


@dataclass(frozen=True)
class Part:
    """What a policy asks of families under one heading, line by line, in the words of the guide."""

    heading: str
    lines: list[str]


@dataclass(frozen=True)
class Count:
    """How many are asked, and how many have answered."""

    asked: int = 0
    done: int = 0

    @property
    def outstanding(self) -> int:
        """How many have not."""
        return self.asked - self.done


@dataclass(frozen=True)
class ClassCount:
    """A class, and how its children and their carers stand."""

    school_class: SchoolClass
    pupils: Count
    carers: Count


def shown_to(version: PolicyVersion, school: School, audience: str) -> list[Part]:
    """Return what a version asks of an audience in a school, in plain words, under its headings; one query."""
    clauses = version.clauses.of_school(school).for_audience(audience).order_by("position")
    parts: dict[str, list[str]] = {}
    for clause in clauses:
        parts.setdefault(clause.heading or NO_HEADING, []).append(filled_in(clause.on_guide, school))
    return [Part(heading, lines) for heading, lines in parts.items()]


def text_shown(version: PolicyVersion, school: School, audience: str) -> str:
    """Return the very words that a family is shown, as they are kept with what it answered."""
    lines = [f"{version}, {school.name}"]
    for part in shown_to(version, school, audience):
        lines += ["", part.heading, *part.lines]
    return "\n".join([*lines, "", *STATEMENTS.values()])


def fingerprint(words: str) -> str:
    """Return by what the words that somebody was shown are known again."""
    return hashlib.sha256(words.encode()).hexdigest()


def given_for(version: PolicyVersion, school: School, audience: str) -> QuerySet[Acknowledgement]:
    """Return the answers of an audience of a school that count for a version today."""
    given = Acknowledgement.objects.filter(
        school=school, audience=audience, version__in=acknowledged_by([version])[version.pk]
    )
    began = year_began(version.policy, school)
    return given.filter(acknowledged_at__gte=start_of_day(began)) if began else given


def carers_asked(version: PolicyVersion, school: School) -> QuerySet[Carer]:
    """Return the carers of a school who are asked, each with `acknowledged_at`: those with a child here now."""
    children = Pupil.objects.present().filter(carers=OuterRef("pk"), school=school)
    given = given_for(version, school, Audience.PARENTS).filter(carer=OuterRef("pk")).order_by("-acknowledged_at")
    return (
        Carer.objects.present()
        .filter(Exists(children), school=school)
        .annotate(acknowledged_at=Subquery(given.values("acknowledged_at")[:1]))
    )


def pupils_asked(version: PolicyVersion, school_class: SchoolClass) -> QuerySet[Pupil]:
    """Return the children of a class, each with `acknowledged_at`, by name."""
    given = given_for(version, school_class.school, Audience.PUPILS).filter(pupil=OuterRef("pk"))
    given = given.order_by("-acknowledged_at")
    pupils = Pupil.objects.present().filter(school_class=school_class)
    return pupils.annotate(acknowledged_at=Subquery(given.values("acknowledged_at")[:1])).order_by("name")


def carers_of_class(version: PolicyVersion, school_class: SchoolClass) -> QuerySet[Carer]:
    """Return the carers of a class who are asked, each with `acknowledged_at` and `told_on`, by name."""
    running = running_campaign(version, school_class.school)
    carers = carers_asked(version, school_class.school).filter(
        Exists(Pupil.objects.present().filter(carers=OuterRef("pk"), school_class=school_class))
    )
    told = running.requests.filter(carer=OuterRef("pk")) if running else Campaign.objects.none()
    field = "told_on" if running else "started_on"
    return carers.annotate(told_on=Subquery(told.order_by().values(field)[:1])).order_by("name")


def running_campaign(version: PolicyVersion, school: School) -> Campaign | None:
    """Return the campaign in which parents of a school are asked about a version now, or None."""
    campaigns = Campaign.objects.filter(version=version, school=school, audience=Audience.PARENTS, ended_on=None)
    return campaigns.select_related("school", "version__policy").first()


def classes_open_to(membership: Membership) -> QuerySet[SchoolClass]:
    """Return the classes for which this person records: all for the office and leaders, a teacher's own."""
    classes = classes_of(membership)
    if holds(membership, "chase_acknowledgements"):
        return classes
    return classes.filter(pk__in=classes_taught_by(membership))


def counts_by_class(version: PolicyVersion, membership: Membership) -> tuple[list[ClassCount], Count, Count]:
    """Return how each class stands, and all pupils and all carers together; the same queries for any school.

    A carer with children in two classes stands with both, and once in the whole.
    """
    school = membership.school
    classes = list(classes_open_to(membership))
    pupils = dict(Pupil.objects.present().filter(school=school).values_list("pk", "school_class"))
    pairs = Carer.pupils.through.objects.filter(carer__school=school, carer__left_on=None, pupil__left_on=None)
    answered = {
        audience: set(given_for(version, school, audience).values_list(field, flat=True))
        for audience, field in ((Audience.PUPILS, "pupil"), (Audience.PARENTS, "carer"))
    }
    pupils_in: dict[UUID, set[UUID]] = defaultdict(set)
    carers_in: dict[UUID, set[UUID]] = defaultdict(set)
    for pupil, school_class in pupils.items():
        pupils_in[school_class].add(pupil)
    everybody: set[UUID] = set()
    for carer, pupil in pairs.values_list("carer", "pupil"):
        carers_in[pupils.get(pupil)].add(carer)
        everybody.add(carer)

    def count(asked: set[UUID], audience: str) -> Count:
        return Count(len(asked), len(asked & answered[audience]))

    rows = [
        ClassCount(one, count(pupils_in[one.pk], Audience.PUPILS), count(carers_in[one.pk], Audience.PARENTS))
        for one in classes
    ]
    return rows, count(set(pupils), Audience.PUPILS), count(everybody, Audience.PARENTS)


def versions_for_families(membership: Membership) -> QuerySet[PolicyVersion]:
    """Return the versions in force that ask pupils or parents of the school worked in."""
    asks = Q(policy__for_pupils=True) | Q(policy__for_parents=True)
    return PolicyVersion.objects.visible_to(membership).published().filter(asks).select_related("policy")


def classes_to_record(
    membership: Membership, versions: Sequence[PolicyVersion]
) -> list[tuple[PolicyVersion, SchoolClass]]:
    """Return which wordings a class teacher's own classes have not all gone through; four queries at most."""
    versions = [version for version in versions if version.policy.for_pupils]
    if not versions:
        return []
    mine = {one.pk: one for one in SchoolClass.objects.filter(pk__in=classes_taught_by(membership))}
    if not mine:
        return []
    pupils = list(Pupil.objects.present().filter(school_class__in=mine).values_list("pk", "school_class"))
    counted = acknowledged_by(versions)
    rows = Acknowledgement.objects.filter(
        pupil__in=[pk for pk, _ in pupils], version__in={pk for pks in counted.values() for pk in pks}
    )
    given = {
        (pupil, version): at
        for pupil, version, at in rows.order_by("acknowledged_at").values_list("pupil", "version", "acknowledged_at")
    }

    def owes(pupil: UUID, version: PolicyVersion) -> bool:
        began = year_began(version.policy, membership.school)
        latest = [given[pupil, one] for one in counted[version.pk] if (pupil, one) in given]
        return not any(began is None or at >= start_of_day(began) for at in latest)

    return [
        (version, school_class)
        for version in versions
        for pk, school_class in mine.items()
        if any(owes(pupil, version) for pupil, theirs in pupils if theirs == pk)
    ]
