"""Campaigns as they are opened and ended, and who tells each audience that it is asked about a version."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Membership, School, User
from policies import owed
from policies.models import Audience, Campaign, PolicyVersion
from policyportal.lib.dates import today
from policyportal.lib.workflow import save_as


@dataclass(frozen=True)
class Progress:
    """How many people of an audience are asked, and how many have answered."""

    asked: int
    done: int

    @property
    def owed(self) -> int:
        """How many have not."""
        return self.asked - self.done


# Tells everybody of the audience who has not answered, each once; returns how many were told.
Ask = Callable[[list[Campaign]], int]
_asks: dict[str, Ask] = {}


def register_ask(audience: str, ask: Ask) -> None:
    """Let `ask` tell an audience when campaigns for it start. Refuses a second one for the same audience."""
    if _asks.setdefault(audience, ask) is not ask:
        raise ValueError(f"{audience} is asked elsewhere already")


def audiences_of(version: PolicyVersion) -> list[Audience]:
    """Return the audiences that the policy asks and that somebody tells."""
    return [audience for audience in Audience if audience in _asks and getattr(version.policy, f"for_{audience}")]


def days_allowed(school: School) -> timedelta:
    """Return how long people of a school have to acknowledge."""
    return timedelta(days=school.acknowledgement_days)


def open_campaign(
    version: PolicyVersion,
    school: School,
    audience: str,
    by: Membership | User | None,
    *,
    due_on: date | None = None,
    started_on: date | None = None,
) -> Campaign:
    """Store that a school's audience is asked about a version from today; the one that is open already stays."""
    running = Campaign.objects.filter(school=school, version=version, audience=audience, ended_on=None).first()
    if running:
        return running
    campaign = Campaign(
        school=school,
        version=version,
        audience=audience,
        started_by=getattr(by, "user", by),
        started_on=started_on or today(),
        due_on=due_on or (started_on or today()) + days_allowed(school),
    )
    save_as(campaign, by, "Everybody asked")
    return campaign


def close_campaign(campaign: Campaign, by: Membership | User | None, reason: str) -> None:
    """Store that nobody is reminded for this campaign any more."""
    campaign.ended_on = today()
    save_as(campaign, by, reason)


def ask_all(version: PolicyVersion, by: Membership | User | None, *, since: date | None = None) -> None:
    """Ask every audience of the policy, in every school that it serves, about the version in force.

    Staff owe it since the day `since`, today when not given; families know of it only once they are asked. The
    campaigns for the wording before it end, and those for people no longer asked; a minor change asks only those
    who have acknowledged none before it.
    """
    for former in version.campaigns.filter(ended_on=None).exclude(audience__in=audiences_of(version)):
        close_campaign(former, by, "They are asked no more")
    for former in Campaign.objects.filter(version__policy=version.policy_id, ended_on=None).exclude(version=version):
        close_campaign(former, by, f"Replaced by version {version.number}")
    schools = list(version.policy.schools.all())
    tell(
        [
            open_campaign(version, school, audience, by, started_on=since if audience == Audience.STAFF else None)
            for audience in audiences_of(version)
            for school in schools
        ]
    )


def tell(campaigns: Iterable[Campaign]) -> int:
    """Tell everybody who is asked and has not answered; return how many were told."""
    by_audience: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        by_audience.setdefault(campaign.audience, []).append(campaign)
    return sum(_asks[audience](group) for audience, group in by_audience.items())


def ask_staff(campaigns: list[Campaign]) -> int:
    """Tell staff by the reminders that they are owed: the first of them asks."""
    return owed.record(today(), list({campaign.version_id: campaign.version for campaign in campaigns}.values()))


register_ask(Audience.STAFF, ask_staff)
