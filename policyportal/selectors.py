"""Reads across every app for the home page: what waits for one person, and the few things they come to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Membership
from accounts.rules import holds
from accounts.selectors import waiting_for as waiting_about_people
from channels_mgmt.selectors import waiting_for as waiting_in_channels
from incidents.selectors import waiting_for as waiting_in_incidents
from moderation.selectors import waiting_for as waiting_in_moderation
from policies.selectors import waiting_for as waiting_in_policies
from policyportal.lib.dates import start_of_day
from policyportal.lib.waiting import Waiting
from policyportal.navigation import address_of, is_closed
from policyportal.read_in.page import waiting_for as waiting_to_be_read
from policyportal.set_up import waiting_for as waiting_in_set_up

SOURCES = (
    waiting_in_incidents,
    waiting_in_moderation,
    waiting_in_channels,
    waiting_in_policies,
    waiting_to_be_read,
    waiting_about_people,
    waiting_in_set_up,
)
MOST_SHOWN = 40
NEAR = timedelta(days=7)

# What somebody may come to do: its words, its picture, its page, and the capability that shows it.
ACTIONS = (
    ("Review dashboard", "Reviews, acknowledgements and figures", "clock", "portal:dashboard", "view_dashboard"),
    ("Read the policy", "What this school has agreed", "read", "policies:policy_list", "view_policies"),
    ("Report something", "Seen something online? Tell us", "report", "incidents:report_create", "report_incidents"),
    ("See the guide", "What to do and what not to, in short", "help", "policies:guide", "acknowledge_policies"),
    ("Look after people", "Posts, sign-in and absence", "people", "accounts:person_list", "manage_people"),
    ("See the school", "Its facts and its settings", "safe", "accounts:school_detail", "view_school"),
)
MOST_ACTIONS = 3


@dataclass(frozen=True)
class Group:
    """Things that wait, under the heading that says how urgent they are."""

    heading: str
    tasks: list[Waiting]


def everything_waiting(membership: Membership) -> list[Waiting]:
    """Return what waits for this person in every app, safeguarding first, then the oldest deadline.

    Each app answers in a constant number of queries, so the page does too.
    """
    waiting = [one for source in SOURCES for one in source(membership)]
    return sorted(waiting, key=Waiting.sort_key)[:MOST_SHOWN]


def by_urgency(waiting: list[Waiting], now: datetime) -> list[Group]:
    """Part what waits, in its order, into safeguarding, overdue, due within a week, and the rest."""
    groups: dict[str, list[Waiting]] = {
        "Safeguarding first": [],
        "Overdue": [],
        "Due within a week": [],
        "Later": [],
    }
    for one in waiting:
        groups[_urgency(one, now)].append(one)
    return [Group(heading, tasks) for heading, tasks in groups.items() if tasks]


def _urgency(waiting: Waiting, now: datetime) -> str:
    if waiting.first:
        return "Safeguarding first"
    ends = last_instant(waiting)
    if ends is None or ends - now > NEAR:
        return "Later"
    return "Overdue" if ends < now else "Due within a week"


def summed_up(waiting: list[Waiting], now: datetime) -> str:
    """Say in a sentence or two how much waits and how much of it is late; "" where nothing does."""
    late = sum(1 for one in waiting if (ends := last_instant(one)) and ends < now)
    if not waiting:
        return ""
    if len(waiting) == 1:
        return "One thing waits, and it is overdue." if late else "One thing waits."
    overdue = f", {late} of them overdue" if late else ""
    return f"{len(waiting)} things wait{overdue}. The oldest deadline comes first."


def last_instant(waiting: Waiting) -> datetime | None:
    """Return when it becomes late: a day counts as a whole."""
    if waiting.due is None or isinstance(waiting.due, datetime):
        return waiting.due
    return start_of_day(waiting.due + timedelta(days=1))


def actions_of(membership: Membership) -> list[dict[str, str]]:
    """Return the few things that this person's posts let them come to do."""
    allowed = [
        {"title": title, "text": text, "icon": icon, "url": url}
        for title, text, icon, page, capability in ACTIONS
        if holds(membership, capability) and not is_closed(page, membership) and (url := address_of(page, membership))
    ]
    return allowed[:MOST_ACTIONS]
