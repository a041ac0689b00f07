"""How a demo school keeps its policy: its induction pack, briefings, suggestions, questions and reviews."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from accounts.models import Membership
from policies.models import Policy
from policies.selectors.briefings import staff_on
from policies.services import answer_suggestion, ask, plan_briefing, record_attendance, suggest
from policies.services.induction import add_induction_item
from policies.services.reviewing import open_due_reviews
from policyportal.demo.files import Facts
from policyportal.lib.dates import today

# One in five was away when staff were briefed.
EVERY = 5


def enliven_keeping(posts: list[Membership], facts: Facts) -> None:
    """Let the head keep the pack and brief staff, staff ask and suggest, and reviews open whose date has come near.

    `posts` are those of one school, the most senior first.
    """
    held = {post.role: post for post in posts if post.starts_on < today()}
    head = held["headteacher"]
    for item in facts["induction"]:
        add_induction_item(by=head, **item)
    for policy in Policy.objects.filter(schools=head.school_id).order_by("created_at")[:1]:
        for entry in facts["briefings"]:
            _brief(policy, head, entry)
        for entry in _said_by(held, facts["suggestions"]):
            suggestion = suggest(policy, by=held[entry["by"]], text=entry["text"])
            if "answer" in entry:
                answer_suggestion(suggestion, entry["decision"], by=head, answer=entry["answer"])
        for entry in _said_by(held, facts["questions"]):
            ask(policy, by=held[entry["by"]], text=entry["text"])
    open_due_reviews()


def _said_by(held: Mapping[str, Membership], entries: Iterable[Facts]) -> list[Facts]:
    """Return what is said by a role that somebody holds here."""
    return [entry for entry in entries if entry["by"] in held]


def _brief(policy: Policy, head: Membership, entry: Facts) -> None:
    """Plan a briefing; of one that is over, record who was there."""
    day = today() + timedelta(days=entry["in_days"])
    briefing = plan_briefing(policy, by=head, title=entry["title"], held_on=day, lead=head)
    if entry["in_days"] < 0:
        staff = list(staff_on(head.school, day))
        record_attendance(briefing, by=head, present={one.pk for place, one in enumerate(staff) if place % EVERY})
