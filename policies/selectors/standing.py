"""Whose acknowledgement counts today, from when it is owed and until when: by versions, school years and campaigns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, School, User
from policies.models import Acknowledgement, Audience, Campaign, Policy, PolicyVersion
from policies.selectors.versions import acknowledged_by
from policyportal.lib.dates import LONDON, school_year_of, start_of_day, today


def year_began(policy: Policy, school: School, day: date | None = None) -> date | None:
    """Return the day since which a policy is to be confirmed anew, or None where once is enough."""
    if not policy.confirmed_yearly:
        return None
    return school_year_of(day or today(), school.year_starts_month, school.year_starts_day)[0]


def year_of(policy: Policy, school: School, day: date | None = None) -> int:
    """Return the school year that an acknowledgement given today confirms, by its first; 0 where once is enough."""
    began = year_began(policy, school, day)
    return began.year if began else 0


def counting(version: PolicyVersion, school: School, day: date | None = None) -> QuerySet[Acknowledgement]:
    """Return the acknowledgements by staff that count for `version` in `school` on `day`."""
    given = Acknowledgement.objects.filter(audience=Audience.STAFF, version__in=acknowledged_by([version])[version.pk])
    began = year_began(version.policy, school, day)
    return given.filter(acknowledged_at__gte=start_of_day(began)) if began else given


def counting_in(schools: Iterable[School], versions: Sequence[PolicyVersion]) -> list[Q]:
    """Return for each version which acknowledgements of posts in these schools count: conditions on `Membership`."""
    counted = acknowledged_by(versions) if versions else {}
    schools = list(schools)
    conditions = []
    for version in versions:
        condition = Q(user__acknowledgements__version__in=counted[version.pk])
        if version.policy.confirmed_yearly:
            since = Q()
            for school in schools:
                began = start_of_day(year_began(version.policy, school))
                since |= Q(school=school, user__acknowledgements__acknowledged_at__gte=began)
            condition &= since
        conditions.append(condition)
    return conditions


@dataclass(frozen=True)
class Standing:
    """What is on record about some versions: who acknowledged which, and the campaigns that ask about them."""

    counted: dict[UUID, list[UUID]]
    given: dict[tuple[UUID, UUID], date]
    campaigns: dict[tuple[UUID, UUID], Campaign]

    def has_answered(self, version: PolicyVersion, post: Membership, day: date | None = None) -> bool:
        """Tell whether the holder of a post has acknowledged the version, in this school year where that is asked."""
        days = [self.given.get((one, post.user_id)) for one in self.counted[version.pk]]
        began = year_began(version.policy, post.school, day)
        return any(given and (began is None or given >= began) for given in days)

    def is_chased(self, version: PolicyVersion, school: School, day: date | None = None) -> bool:
        """Tell whether people are reminded by themselves: unless the last campaign was ended by hand.

        That holds for the school year in which it ended; what is confirmed yearly is owed anew in the next.
        """
        campaign = self.campaigns.get((school.pk, version.pk))
        if campaign is None or campaign.ended_on is None:
            return True
        began = year_began(version.policy, school, day)
        return began is not None and campaign.ended_on < began

    def asked(self, version: PolicyVersion, post: Membership, day: date | None = None) -> tuple[date, date]:
        """Return from which day the holder of a post is asked, and until which."""
        campaign = self.campaigns.get((post.school_id, version.pk))
        began = campaign.started_on if campaign else None
        start = max(filter(None, [version.published_on, began, year_began(version.policy, post.school, day)]))
        start = max(start, post.starts_on)
        if start == began:
            return start, campaign.due_on
        return start, start + timedelta(days=post.school.acknowledgement_days)


def standing_for(versions: Sequence[PolicyVersion], person: User | UUID | None = None) -> Standing:
    """Return what is on record about these versions, of everybody or of one person; three queries."""
    counted = acknowledged_by(versions) if versions else {}
    wanted = {pk for pks in counted.values() for pk in pks}
    rows = Acknowledgement.objects.filter(version__in=wanted, audience=Audience.STAFF).order_by("acknowledged_at")
    if person is not None:
        rows = rows.filter(user=person)
    campaigns = Campaign.objects.filter(version__in=counted, audience=Audience.STAFF)
    return Standing(
        counted=counted,
        given={
            (version, user): at.astimezone(LONDON).date()
            for version, user, at in rows.values_list("version_id", "user_id", "acknowledged_at")
        },
        campaigns={
            (campaign.school_id, campaign.version_id): campaign
            for campaign in campaigns.order_by("started_on", "created_at")
        },
    )
