"""Somebody leaves a school: everything that opens something to them ends in one act, across every app."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Leaving, Membership
from accounts.rules import holds
from accounts.services import close_what_was_open, end_every_post
from accounts.services.leaving import posts_left, why_not_alone
from channels_mgmt.leaving import channels_known_to, close_behind, standing_authorisations
from channels_mgmt.models import Authorisation, Channel
from incidents.access import visible_incidents
from incidents.models import Access, Incident
from policyportal.lib.workflow import save_as


@dataclass(frozen=True)
class Held:
    """What somebody holds in a school, as far as whoever asks may see it."""

    posts: list[Membership]
    authorisations: list[Authorisation]
    channels: list[Channel]
    reports: list[Membership]
    cases: int
    why_not: str


@dataclass(frozen=True)
class Ended:
    """What the leaving of somebody brought about."""

    leaving: Leaving
    changes: int = 0
    reports: int = 0


def held_by(person: Membership, viewer: Membership) -> Held:
    """Return what ends, and what must be seen to, when this person leaves the school that `viewer` works in."""
    user, school = person.user, person.school
    return Held(
        posts=posts_left(user, school),
        authorisations=list(standing_authorisations(user, school)),
        channels=list(channels_known_to(user, school).select_related("platform")),
        reports=reports_of(person),
        cases=cases_of(person, viewer),
        why_not=why_not_alone(user, school),
    )


def reports_of(person: Membership) -> list[Membership]:
    """Return the posts held now whose line manager is this person, in any post of theirs here."""
    reports = Membership.objects.current().filter(
        school=person.school_id, line_manager__user=person.user_id, line_manager__school=person.school_id
    )
    return list(reports.select_related("user", "school").order_by("user__name"))


def cases_of(person: Membership, viewer: Membership) -> int:
    """Return how many open cases wait for this person, of those alone that the viewer may see."""
    if not holds(viewer, "view_incidents"):
        return 0
    theirs = Access.objects.filter(user=person.user_id, standing=Access.Standing.HANDLER).values("incident")
    return visible_incidents(viewer).filter(pk__in=theirs).exclude(status=Incident.Status.CLOSED).count()


@transaction.atomic
def mark_as_leaver(person: Membership, *, by: Membership, last_day: date | None, reason: str) -> Ended:
    """Let somebody leave after `last_day`, or at once where there is none; return what it brought about.

    At once: every post here ends, so do authorisations, invitations, proposals and sessions, and without a post in
    another school the sign-in; changes of credentials are owed. On a day: the posts end by it, and the rest follows
    with the first sweep after it. Tells whoever manages the channels. Refuses as `end_every_post` does.
    """
    reports = len(reports_of(person))
    leaving = end_every_post(person, by=by, last_day=last_day, reason=reason)
    changes = _carry_out(leaving, by) if last_day is None else 0
    return Ended(leaving, changes, reports)


def finish_leavings() -> int:
    """Carry out what follows for everybody whose last day has passed; return how many. Doing it again changes nothing.

    Somebody who was given another post meanwhile has not left.
    """
    done = 0
    for leaving in Leaving.objects.due().select_related("user", "school"):
        with transaction.atomic():
            locked = Leaving.objects.due().select_for_update(of=("self",)).filter(pk=leaving.pk).first()
            if locked is None:
                continue
            if posts_left(leaving.user, leaving.school):
                locked.done_at = timezone.now()
                save_as(locked, None, "Stayed in another post")
                continue
            _carry_out(locked, None)
            done += 1
    return done


def _carry_out(leaving: Leaving, by: Membership | None) -> int:
    """End what went with the posts of a leaver, and return how many changes of credentials are owed for it."""
    close_what_was_open(leaving, by)
    return len(close_behind(leaving.user, leaving.school, by=by, reason=leaving.reason))
