"""What can be done with a policy, and where its pages lead, for each who reads them."""

from django.urls import reverse

from accounts.models import Membership
from accounts.rules import holds
from policies.review_rules import can_suggest
from policies.rules import can_acknowledge, can_ask
from policies.selectors.policies import PolicyPage


def actions_on(page: PolicyPage, membership: Membership) -> list[tuple[str, str]]:
    """Return what anybody who follows a policy does with it."""
    policy, version = page.policy, page.version
    actions = []
    if version and can_acknowledge(membership, version):
        actions.append(("Acknowledge", reverse("policies:acknowledge", args=[version.pk])))
    if can_ask(membership, policy):
        actions.append(("Ask a question", reverse("policies:question_create", args=[policy.pk])))
    if can_suggest(membership, policy):
        actions.append(("Suggest a change", reverse("policies:suggestion_create", args=[policy.pk])))
    return actions


def ways_from(page: PolicyPage, membership: Membership, *, manages: bool) -> list[dict]:
    """Return where those who keep a policy go on from its page, in groups."""
    policy, version = page.policy, page.version
    acknowledging, reviewing, changing = [], [], []
    if version and holds(membership, "chase_acknowledgements"):
        address = reverse("policies:acknowledgement_list", args=[version.pk])
        acknowledging.append(way("Acknowledgements", address, "Staff, and whom to chase"))
    if version and (policy.for_pupils or policy.for_parents) and holds(membership, "record_for_classes"):
        address = reverse("policies:family_list", args=[version.pk])
        acknowledging.append(way("Pupils and parents", address, "By class, by link or on paper"))
    if manages:
        acknowledging.append(way("Who acknowledges", reverse("policies:who_acknowledges", args=[policy.pk])))
        changing.append(way("Draft a new version", reverse("policies:version_create", args=[policy.pk])))
    if len(page.versions) > 1:
        changing.append(way("Compare versions", reverse("policies:version_compare", args=[policy.pk])))
    if manages:
        changing.append(way("Who approves", reverse("policies:route_edit", args=[policy.pk])))
        if version:
            address = reverse("policies:review_create", args=[policy.pk])
            reviewing.append(way("Open a review", address, "With findings, figures and suggestions in one pack"))
            address = reverse("policies:review_record", args=[policy.pk])
            reviewing.append(way("Record a review", address, "It was reviewed and stays as it is"))
    return groups_of({"Acknowledging": acknowledging, "Reviewing": reviewing, "Changing": changing})


def ways_from_the_list(membership: Membership) -> list[dict]:
    """Return where the list of policies leads for somebody, in groups."""
    staff = [
        ("lead_briefings", "Briefings", "policies:briefing_list", "Tell staff together, and record who was there"),
        ("manage_induction", "Induction pack", "policies:induction_pack", "What a new colleague reads and does"),
    ]
    changes = [
        ("view_policy_drafts", "Reviews", "policies:review_list", "Open and done"),
        ("acknowledge_policies", "Suggestions", "policies:suggestion_list", ""),
        ("acknowledge_policies", "Questions", "policies:question_list", "Those you asked or are asked"),
    ]
    elsewhere = [
        way(
            "The school's public page", reverse("policies:school_page", args=[membership.school.slug]), "For families"
        ),
        way("Dates in your own calendar", reverse("policies:calendar")),
    ]
    held = [
        [way(title, reverse(address), hint) for action, title, address, hint in ways if holds(membership, action)]
        for ways in (staff, changes)
    ]
    return groups_of({"Your staff": held[0], "Keeping it right": held[1], "Elsewhere": elsewhere})


def way(title: str, url: str, hint: str = "") -> dict:
    """Return one link of a group."""
    return {"title": title, "url": url, "hint": hint}


def groups_of(links: dict[str, list[dict]]) -> list[dict]:
    """Return the groups that have a link, as `components/ways.html` takes them."""
    return [{"title": title, "links": ways} for title, ways in links.items() if ways]
