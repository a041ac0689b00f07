"""The verbs on posts that take two people, and on cover: propose giving or ending one, name who covers an absence."""

from datetime import date

from django.db import transaction

from accounts import posts
from accounts.appointing import acting_title
from accounts.models import Appointment, Membership, User
from accounts.notifications import appointment_proposed, post_given
from accounts.rules import can_name_cover, can_propose
from accounts.selectors import works_in
from accounts.services.people import register_person
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as


@transaction.atomic
def propose_giving(
    role: str,
    *,
    by: Membership,
    reason: str,
    person: Membership | None = None,
    name: str = "",
    email: str = "",
    job_title: str = "",
    acting_for: Membership | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Appointment:
    """Propose that somebody is given a post that takes two people, and return the appointment.

    The person is one who works here (`person`, any post of theirs) or is registered by `name` and `email`. With
    `acting_for` it is an acting post, which has a last day. Tells whoever may confirm it. Refuses whoever may not
    propose such a post, proposing oneself, a second proposal of the same, and dates in the wrong order.
    """
    if not can_propose(by, role):
        raise NotAllowed("propose this post")
    user = person.user if person is not None else register_person(email=email, name=name, by=by)
    _refuse_stranger(by, person, acting_for)
    wrong = []
    if user.pk == by.user_id:
        wrong.append("You cannot propose yourself. Ask another person to propose you.")
    if ends_on and ends_on < max(starts_on or today(), today()):
        wrong.append("The last day must be today or later, and not before the first day.")
    if acting_for is not None:
        wrong += _wrong_with_cover(acting_for, user, role, ends_on)
    if _open(by, user, role, Appointment.Kind.GIVE):
        wrong.append("The same has been proposed already, and waits for another person.")
    if wrong:
        raise Refused(*wrong)
    appointment = Appointment(
        school=by.school,
        kind=Appointment.Kind.GIVE,
        user=user,
        typed_name="" if works_in(user, by.school) else name.strip(),
        role=role,
        job_title=job_title,
        acting_for=acting_for,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        proposed_by=by,
    )
    return _propose(appointment)


@transaction.atomic
def propose_ending(post: Membership, *, by: Membership, reason: str, ends_on: date | None = None) -> Appointment:
    """Propose that a post which takes two people ends on a day, or at once when confirmed; return the appointment.

    Tells whoever may confirm it. Refuses whoever may not propose it, a post that has ended, a second proposal of the
    same, and a day that has passed.
    """
    held = posts.locked(post)
    if held.school_id != by.school_id or not can_propose(by, held.role):
        raise NotAllowed("propose the end of this post")
    if held.ends_on is not None and held.ends_on < today():
        raise Refused("This post has ended already.")
    if ends_on is not None and ends_on < max(today(), held.starts_on):
        raise Refused("The last day must be today or later, and not before the first day.")
    if _open(by, held.user, held.role, Appointment.Kind.END):
        raise Refused("The same has been proposed already, and waits for another person.")
    appointment = Appointment(
        school=held.school,
        kind=Appointment.Kind.END,
        user=held.user,
        typed_name="" if held.accepted_at else held.typed_name,
        role=held.role,
        job_title=held.job_title,
        post=held,
        ends_on=ends_on,
        reason=reason,
        proposed_by=by,
    )
    return _propose(appointment)


@transaction.atomic
def name_cover(
    post: Membership, *, person: Membership, by: Membership, starts_on: date, ends_on: date, reason: str = ""
) -> Membership:
    """Give somebody of the school an acting post in place of one who is away, and return it; it ends by its last day.

    Tells whoever covers. Refuses whoever may not give such a post alone, covering oneself, somebody who holds the
    same post, and dates in the wrong order.
    """
    held = posts.locked(post)
    if not can_name_cover(by, held):
        raise NotAllowed("name who covers this post")
    _refuse_stranger(by, person, held)
    if person.user_id == by.user_id:
        raise Refused("You cannot give yourself a post. Ask another person to name you.")
    wrong = _wrong_with_cover(held, person.user, held.role, ends_on)
    if wrong:
        raise Refused(*wrong)
    acting = Membership(
        user=person.user,
        school=held.school,
        role=held.role,
        job_title=acting_title(held),
        site=held.site,
        employment=person.employment,
        seniority=held.seniority,
        line_manager=held.line_manager if held.line_manager_id != person.pk else None,
        starts_on=starts_on,
        ends_on=ends_on,
        acting_for=held,
    )
    posts.write(acting, by, reason or "Named as cover")
    post_given(acting)
    return acting


def _propose(appointment: Appointment) -> Appointment:
    save_as(appointment, appointment.proposed_by, appointment.reason)
    appointment_proposed(appointment)
    return appointment


def _open(by: Membership, user: User, role: str, kind: str) -> bool:
    waiting = Appointment.objects.filter(school=by.school_id, user=user, role=role, kind=kind)
    return waiting.filter(status=Appointment.Status.PROPOSED).exists()


def _refuse_stranger(by: Membership, *given: Membership | None) -> None:
    if any(post is not None and post.school_id != by.school_id for post in given):
        raise NotAllowed("name somebody of another school")


def _wrong_with_cover(covered: Membership, user: User, role: str, ends_on: date | None) -> list[str]:
    """Return what stands against this person covering that post, as sentences."""
    wrong = []
    if covered.role != role:
        wrong.append("Whoever covers a post holds the same role while they do.")
    if covered.user_id == user.pk:
        wrong.append("Nobody covers their own absence.")
    if ends_on is None or ends_on < today():
        wrong.append("Cover has a last day, today or later. It can be named again if the absence lasts longer.")
    if Membership.objects.current().filter(school=covered.school_id, user=user, role=role).exists():
        wrong.append(f"{user.name} holds this post already.")
    return wrong
