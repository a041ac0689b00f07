"""Fills an empty database for measuring: sixty schools, each with people, a policy, a channel and its share of rows.

The only place that writes domain rows in bulk. It makes the history rows too, two for each row, since what is measured
reads them.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from accounts.models import Membership, Role, School, User
from channels_mgmt.models import Channel, ChannelRole, ChannelRule, Platform
from incidents.models import About, Access, Incident, Report
from moderation.models import Author, Item
from policies.models import Acknowledgement, Clause, Policy, PolicyVersion

SCHOOLS = 60
ROLES = (Role.HEADTEACHER, Role.DSL, Role.OFFICE, Role.GOVERNOR, Role.CHAIR, *([Role.TEACHER] * 35))
CATEGORIES = tuple(f"Category {number}" for number in range(1, 9))
BATCH = 2000
# One item in twenty waits; a fifth as many incidents and acknowledgements as items.
OPEN_ONE_IN = 20
FEWER = 5
LONG_TIMELINE = 20
SPREAD = timedelta(days=700)


@dataclass
class Place:
    """One school and what its rows hang on."""

    school: School
    people: list[User]
    channel: Channel
    rule: ChannelRule
    authors: list[Author]
    versions: list[PolicyVersion]
    clauses: list[Clause]


@dataclass(frozen=True)
class Seeded:
    """Who signs in to measure, and the pages of single things."""

    head: User
    school: School
    item: Item
    incident: Incident
    channel: Channel
    version: PolicyVersion


def seed(rows: int, schools: int = SCHOOLS) -> Seeded:
    """Store `rows` items, a fifth as many incidents and acknowledgements, and return what is measured."""
    now = timezone.now()
    versions = max(1, -(-rows // FEWER // (schools * len(ROLES))))
    places = [_place(number, versions, now) for number in range(schools)]
    _store(Item, (_item(places[number % schools], number // schools, now - age) for number, age in _ages(rows)))
    reported = [
        _incident(places[number % schools], number // schools, now - age) for number, age in _ages(rows // FEWER)
    ]
    _store(Incident, (incident for incident, _, _ in reported))
    _store(Report, (report for _, report, _ in reported))
    _store(Access, (access for _, _, access in reported))
    _store(Acknowledgement, islice(_acknowledgements(places, now), rows // FEWER))
    first = places[0]
    item = _long_past(Item.objects.filter(school=first.school).exclude(status=Item.Status.RECORDED).first())
    return Seeded(
        head=first.people[0],
        school=first.school,
        item=item,
        incident=Incident.objects.filter(school=first.school).first(),
        channel=first.channel,
        version=first.versions[-1],
    )


def _store(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Store rows and two history rows for each, in batches, so that a million fit into memory."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)
        past = model.history.model
        past.objects.bulk_create(
            past(**_kept(row), history_type=kind, history_date=row.created_at + later, history_change_reason=reason)
            for row in batch
            for kind, later, reason in (("+", timedelta(), "Recorded"), ("~", timedelta(hours=3), "Looked at"))
        )


def _kept(row: models.Model) -> dict:
    tracked = row.history.model.tracked_fields
    return {field.attname: getattr(row, field.attname) for field in tracked}


def _long_past(item: Item) -> Item:
    """Give one item the twenty events of a long timeline."""
    past = Item.history.model
    past.objects.bulk_create(
        past(
            **_kept(item) | {"explanation": f"Looked at {number} times"},
            history_type="~",
            history_date=item.created_at + timedelta(days=1, minutes=number),
            history_user_id=item.recorded_by_id,
        )
        for number in range(LONG_TIMELINE - 2)
    )
    return item


def _place(number: int, versions: int, now: datetime) -> Place:
    """Store one school with its people, policy, channel and authors."""
    school = School(slug=f"bench-{number}", name=f"School {number}", short_name=f"School {number}", roll=300)
    school.created_at = now - SPREAD
    _store(School, [school])
    password = make_password(None)
    people = [
        User(email=f"{place}@bench-{number}.example", name=f"Person {place} of {number}", password=password)
        for place in range(len(ROLES))
    ]
    _store(User, people)
    starts = (now - SPREAD).date()
    _store(
        Membership,
        [
            Membership(school=school, user=user, role=role, seniority=place + 1, starts_on=starts)
            for place, (user, role) in enumerate(zip(people, ROLES, strict=True))
        ],
    )
    policy, wordings, clauses = _policy(school, versions, now)
    platform = Platform(school=school, name="Platform")
    _store(Platform, [platform])
    channel = Channel(
        school=school, platform=platform, name="News", audience=Channel.Audience.PUBLIC, audience_confirmed=True
    )
    _store(Channel, [channel])
    _store(
        ChannelRole, [ChannelRole(school=school, channel=channel, role="headteacher", manages=True, authorises=True)]
    )
    rule = ChannelRule(school=school, channel=channel, rule_list=ChannelRule.List.REMOVE, title="Unkind")
    _store(ChannelRule, [rule])
    authors = [Author(school=school, channel=channel, handle=f"author {place}") for place in range(50)]
    _store(Author, authors)
    return Place(school, people, channel, rule, authors, wordings, clauses)


def _policy(school: School, versions: int, now: datetime) -> tuple[Policy, list[PolicyVersion], list[Clause]]:
    """Store a policy with earlier wordings and one in force, whose clauses name the categories."""
    policy = Policy(title=f"Social media policy of {school.name}", cycle_months=12)
    _store(Policy, [policy])
    policy.schools.set([school])
    status = PolicyVersion.Status
    wordings = [
        PolicyVersion(
            policy=policy,
            number=number,
            status=status.PUBLISHED if number == versions else status.SUPERSEDED,
            published_at=now - timedelta(days=30),
        )
        for number in range(1, versions + 1)
    ]
    _store(PolicyVersion, wordings)
    clauses = [
        Clause(
            version=wordings[-1],
            code=f"C-{position}",
            position=position,
            kind=Clause.Kind.RULE,
            text="A rule of the policy, as long as rules are. " * 3,
            for_staff=True,
            category=category,
            about_pupil=True,
        )
        for position, category in enumerate(CATEGORIES, start=1)
    ]
    _store(Clause, clauses)
    return policy, wordings, clauses


def _ages(rows: int) -> Iterator[tuple[int, timedelta]]:
    """Number rows and say how long ago each happened: evenly spread, the last one lately."""
    return ((number, SPREAD * (rows - number) / rows) for number in range(rows))


def _item(place: Place, number: int, recorded: datetime) -> Item:
    waits = number % OPEN_ONE_IN == 0
    decided = {} if waits else {"decided_at": recorded + timedelta(hours=3), "decided_by": place.people[2]}
    return Item(
        school=place.school,
        channel=place.channel,
        author=place.authors[number % len(place.authors)],
        status=Item.Status.RECORDED if waits else Item.Status.REMOVED,
        upheld=not waits,
        rule=None if waits else place.rule,
        kind=Item.Kind.values[number % len(Item.Kind)],
        words=f"Words of item {number}. " * 8,
        created_at=recorded,
        seen_at=recorded,
        recorded_at=recorded,
        recorded_by=place.people[2],
        due_at=recorded + timedelta(hours=24),
        **decided,
    )


def _incident(place: Place, number: int, reported: datetime) -> tuple[Incident, Report, Access]:
    waits = number % OPEN_ONE_IN == 0
    clause = place.clauses[number % len(place.clauses)]
    closed = {
        "status": Incident.Status.CLOSED,
        "outcome": Incident.Outcome.ADVICE,
        "outcome_words": "Talked about it.",
        "closed_at": reported + timedelta(days=4),
    }
    incident = Incident(
        school=place.school,
        reference=uuid.uuid4().hex[:12],
        about=About.PUPIL,
        confidentiality=Incident.Confidentiality.ORDINARY,
        category=clause,
        category_name=clause.category,
        route_reason="About a pupil",
        created_at=reported,
        reported_at=reported,
        due_at=reported + timedelta(days=3),
        **({} if waits else closed),
    )
    shared = {"school": place.school, "incident": incident, "created_at": reported}
    report = Report(
        reporter_kind=Report.Reporter.PARENT,
        words=f"Words of report {number}. " * 12,
        reported_at=reported,
        receipt_hash=uuid.uuid4().hex,
        form_token=uuid.uuid4(),
        **shared,
    )
    access = Access(user=place.people[1], standing=Access.Standing.HANDLER, as_role=Role.DSL, **shared)
    return incident, report, access


def _acknowledgements(places: list[Place], now: datetime) -> Iterator[Acknowledgement]:
    """Make one acknowledgement for each person and wording, the wording in force first."""
    for depth in range(len(places[0].versions)):
        for place in places:
            for user in place.people:
                yield Acknowledgement(
                    school=place.school,
                    version=place.versions[-1 - depth],
                    user=user,
                    acknowledged_at=now - timedelta(days=20),
                    has_read=True,
                    has_understood=True,
                    will_follow=True,
                    text_shown="The words that were shown. " * 20,
                    text_sha256="0" * 64,
                )
