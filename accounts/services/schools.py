"""The verbs on schools: register one, change its settings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import Federation, Membership, Role, School, Site
from accounts.quiet import NOON_IS_FREE, spares_noon
from accounts.rules import can_change_school
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

# What a headteacher may change; everything else about a school is set when it joins.
SCHOOL_SETTINGS = (
    "motto",
    "email",
    "telephone",
    "accent",
    "moderation_target_hours",
    "block_threshold",
    "takedown_hours",
    "acknowledgement_days",
    "briefing_reminder_days",
    "review_milestones",
    "credential_days",
    "second_factor_grace_days",
    "quiet_from",
    "quiet_until",
    "declares_links",
)


def register_school(
    *, federation: str = "", sites: Iterable[Mapping[str, str]] = (), by: Membership | None = None, **facts: Any
) -> School:
    """Store a school with its facts, its federation by name, and its sites ({name, website}); return it.

    Tells nobody. Refuses a short web name that another school has.
    """
    if School.objects.filter(slug=facts["slug"]).exists():
        raise Refused(f"Another school already uses the web name “{facts['slug']}”.")
    with transaction.atomic():
        school = School(federation=_federation(federation, by), **facts)
        save_as(school, by, "Joined the portal")
        for site in sites:
            save_as(Site(school=school, **site), by, "Joined the portal")
    return school


def _federation(name: str, by: Membership | None) -> Federation | None:
    if not name:
        return None
    federation = Federation.objects.filter(name=name).first()
    if federation is None:
        federation = Federation(name=name)
        save_as(federation, by, "Joined the portal")
    return federation


@transaction.atomic
def change_school(school: School, *, by: Membership, reason: str = "", **changes: Any) -> School:
    """Change the settings of a school and return it as stored.

    Refuses everybody but its headteacher, and quiet hours in which noon lies.
    """
    held = School.objects.select_for_update().get(pk=school.pk)
    if not can_change_school(by, held):
        raise NotAllowed("change the school's settings")
    fill(held, changes, SCHOOL_SETTINGS)
    if not spares_noon((held.quiet_from, held.quiet_until)):
        raise Refused(NOON_IS_FREE)
    save_as(held, by, reason or "Settings changed")
    return held


@transaction.atomic
def change_routes(school: School, *, by: Membership, reason: str, **routes: Any) -> School:
    """Store to which roles ideas for posts go, or by which procedure reports are handled; return the school.

    `routes` are `suggestion_roles`, a list of roles, and `procedures`, by whom a report is about; what is not given
    stays. Tells nobody. Refuses everybody but its headteacher.
    """
    held = School.objects.select_for_update().get(pk=school.pk)
    if not can_change_school(by, held):
        raise NotAllowed("change whom the school tells")
    fill(held, routes, ("suggestion_roles", "procedures"))
    save_as(held, by, reason)
    return held


@transaction.atomic
def change_role_labels(school: School, *, by: Membership, labels: Mapping[str, str], reason: str = "") -> School:
    """Store the school's own words for roles, by role, and return the school; an empty word is the portal's own.

    Tells nobody. Refuses everybody but its headteacher, and one word for two roles.
    """
    held = School.objects.select_for_update().get(pk=school.pk)
    if not can_change_school(by, held):
        raise NotAllowed("change the school's words")
    words = {Role(role).value: word.strip() for role, word in labels.items() if word.strip()}
    held.role_labels = {role: word for role, word in words.items() if word != Role(role).label}
    spoken = [held.label_of(role).casefold() for role in Role]
    twice = [role for role in Role if spoken.count(held.label_of(role).casefold()) > 1]
    if twice:
        raise Refused(f"“{held.label_of(twice[0])}” would be the word for two roles. Choose another for one of them.")
    save_as(held, by, reason or "Words for roles changed")
    return held
