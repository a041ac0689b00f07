"""The verbs on leaving a school: end every post there, and close what was still open to whoever is gone."""

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import inviting, posts
from accounts.models import Appointment, Leaving, Membership, School, User
from accounts.rules import TWO_PERSON_ROLES, can_mark_as_leaver
from accounts.services.sessions import end_sessions
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take_along

NOTHING_LEFT = "They hold no post here any more."


def posts_left(user: User, school: School) -> list[Membership]:
    """Return the posts of this person in the school that have not ended, those that begin later among them."""
    left = Membership.objects.filter(user=user, school=school).exclude(ends_on__lt=today())
    return list(left.select_related("user", "school").order_by("seniority", "starts_on"))


def why_not_alone(user: User, school: School) -> str:
    """Say which posts of this person take two people to end, and so stand against marking them as a leaver; or ""."""
    held = [post.title for post in posts_left(user, school) if post.role in TWO_PERSON_ROLES]
    if not held:
        return ""
    return f"{' and '.join(held)}: two people end this post together. Propose that it ends first."


@transaction.atomic
def end_every_post(person: Membership, *, by: Membership, last_day: date | None, reason: str) -> Leaving:
    """End every post of somebody in their school after `last_day`, or at once where there is none.

    Returns the leaving, whose consequences `policyportal.leaving` carries out. Tells nobody. Refuses oneself,
    whoever oversees the manager, posts that two people end, a day that has passed, and somebody without a post.
    """
    held = posts.locked(person)
    if not can_mark_as_leaver(by, held):
        raise NotAllowed("mark this person as a leaver")
    if not reason.strip():
        raise Refused("Give a reason.")
    if last_day is not None and last_day < today():
        raise Refused("The last day must be today or later.")
    left = [posts.locked(post) for post in posts_left(held.user, held.school)]
    wrong = why_not_alone(held.user, held.school) if left else NOTHING_LEFT
    if wrong:
        raise Refused(wrong)
    for post in left:
        if last_day is None or post.starts_on > last_day:
            posts.end_at_once(post, by, reason)
        else:
            posts.end(post, by, min(last_day, post.ends_on or last_day), reason)
    return posts.note_leaving(max(left, key=lambda post: post.ends_on), by, reason)


@transaction.atomic
def close_what_was_open(leaving: Leaving, by: Membership | None) -> None:
    """End what still opens something to a leaver: invitations, proposals about or by them, sessions, sign-in.

    Whoever holds a post in another school keeps it and their sign-in, and signs in again.
    """
    user, school = leaving.user, leaving.school
    for post in Membership.objects.filter(user=user, school=school, accepted_at=None):
        inviting.withdraw_open(post, by, leaving.reason)
    proposals = Appointment.objects.filter(school=school, status=Appointment.Status.PROPOSED)
    for appointment in proposals.filter(Q(user=user) | Q(proposed_by__user=user)):
        take_along("lapse", appointment, by, leaving.reason)
    elsewhere = Membership.objects.filter(user=user).exclude(school=school).exclude(ends_on__lt=today())
    if not elsewhere.exists():
        _close_sign_in(user, by, leaving.reason)
    end_sessions(user)
    leaving.done_at = timezone.now()
    save_as(leaving, by, leaving.reason)


def _close_sign_in(user: User, by: Membership | None, reason: str) -> None:
    """Take every way of signing in away; an invitation lets them set new ones. What they did stays theirs."""
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.is_active, user.joined_at = False, None
    save_as(user, by, reason)
