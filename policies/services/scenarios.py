"""The verbs of the questions that people answer before they acknowledge."""

from django.db import transaction

from accounts.models import Membership
from policies.models import PolicyVersion, Scenario
from policies.rules import can_edit_scenarios
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

FACTS = ("text", "options", "right", "explanation")


def add_scenario(version: PolicyVersion, *, by: Membership, **facts) -> Scenario:
    """Add a question to a draft. Tells nobody. Refuses others than the head, and a version past its draft."""
    scenario = Scenario(version=version, position=version.scenarios.count())
    return edit_scenario(scenario, by=by, **facts)


def edit_scenario(scenario: Scenario, *, by: Membership, **facts) -> Scenario:
    """Change a question of a draft. Tells nobody. Refuses others than the head, and a version past its draft."""
    fill(scenario, facts, FACTS)
    if scenario.right not in range(len(scenario.options)):
        raise Refused("The right answer must be one of the answers.")
    with transaction.atomic():
        _hold(scenario.version, by)
        save_as(scenario, by, "Question for those who acknowledge")
    return scenario


def remove_scenario(scenario: Scenario, *, by: Membership) -> None:
    """Take a question out of a draft; its history stays. Tells nobody. Refuses as `edit_scenario` does."""
    with transaction.atomic():
        _hold(scenario.version, by)
        # A removal writes a history row too, which names who did it.
        scenario._history_user, scenario._change_reason = by.user_id, "Question removed"
        scenario.delete()


def _hold(version: PolicyVersion, by: Membership) -> None:
    """Hold the version as it stands now, so that nobody signs it meanwhile; refuse whoever may not change it."""
    held = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if held.status not in PolicyVersion.WRITTEN:
        raise Refused("This is no longer a draft. Withdraw it first to change its questions.")
    if not can_edit_scenarios(by, held):
        raise NotAllowed("Change questions")
