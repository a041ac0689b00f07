"""What a confirmed appointment does: the post is given, with an invitation where the person is new here, or ended."""

from django.utils import timezone

from accounts import posts
from accounts.inviting import invite
from accounts.models import Appointment, Membership
from accounts.notifications import post_given
from accounts.selectors import works_in
from policyportal.lib.dates import today


def note_decision(appointment: Appointment, actor: Membership, reason: str) -> None:
    """Write who decided, and when."""
    appointment.decided_by, appointment.decided_at = actor, timezone.now()


def carry_out(appointment: Appointment, actor: Membership, reason: str) -> None:
    """Give the post, or end it; somebody who works here already holds a new post at once."""
    if appointment.kind == Appointment.Kind.END:
        _end(appointment, actor, reason)
    else:
        _give(appointment, actor, reason)


def acting_title(post: Membership) -> str:
    """Return what whoever covers a post is called."""
    return f"Acting {post.title}"[: Membership._meta.get_field("job_title").max_length]


def _give(appointment: Appointment, actor: Membership, reason: str) -> None:
    here = works_in(appointment.user, appointment.school)
    covered = appointment.acting_for
    post = Membership(
        user=appointment.user,
        school=appointment.school,
        role=appointment.role,
        job_title=appointment.job_title or (acting_title(covered) if covered else ""),
        starts_on=appointment.starts_on or today(),
        ends_on=appointment.ends_on,
        acting_for=covered,
        typed_name=appointment.typed_name,
    )
    if covered is not None:
        post.seniority = covered.seniority
    if not here:
        post.accepted_at = None
    posts.write(post, actor, reason)
    appointment.post = post
    if here:
        post_given(post)
    else:
        invite(post, actor)


def _end(appointment: Appointment, actor: Membership, reason: str) -> None:
    held = posts.locked(appointment.post)
    if appointment.ends_on is None or appointment.ends_on < today():
        posts.end_at_once(held, actor, reason)
    else:
        posts.end(held, actor, appointment.ends_on, reason)
    appointment.post = held
