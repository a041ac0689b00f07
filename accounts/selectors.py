"""Reads about people that pages share."""

from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Appointment, Invitation, Membership, Notification, Role, School, StaffImport, User
from accounts.rules import (
    APPOINTED_BY,
    can_confirm_role,
    can_manage_person,
    holds,
    roles_appointed_by,
    roles_proposed_by,
)
from policyportal.lib.dates import today
from policyportal.lib.waiting import Waiting

MOST_WAITING = 10


def working_membership(user: User, chosen: str | None) -> Membership | None:
    """Return the current post that `user` chose to work in, else their most senior one, else None.

    `chosen` is the id of a membership, from the session; one that has ended is no longer used.
    """
    posts = Membership.objects.open().filter(user=user).select_related("school__federation", "user")
    posts = sorted(posts, key=Membership.seniority_key)
    working = next((post for post in posts if str(post.pk) == chosen), posts[0] if posts else None)
    if working:
        # They are at hand; asking for them again would cost every page a query.
        working.posts = [post for post in posts if post.school_id == working.school_id]
        working.elsewhere = one_per_school(post for post in posts if post.school_id != working.school_id)
    return working


def schools_open_to(user: User) -> list[Membership]:
    """Return one current post of `user` per school, by the school's name; the most senior where there are several."""
    return one_per_school(Membership.objects.open().filter(user=user).select_related("school", "user"))


def one_per_school(posts: Iterable[Membership]) -> list[Membership]:
    """Return the most senior of these posts in each school, by the school's name."""
    by_school: dict[UUID, Membership] = {}
    for post in sorted(posts, key=lambda post: (post.school.name, *post.seniority_key())):
        by_school.setdefault(post.school_id, post)
    return list(by_school.values())


def begins_later(user: User) -> list[Membership]:
    """Return the posts of `user` that they have taken up and that begin on a later day, the next one first."""
    posts = Membership.objects.filter(user=user, starts_on__gt=today()).exclude(accepted_at=None)
    return list(posts.select_related("school", "user").order_by("starts_on"))


def portal_is_empty() -> bool:
    """Tell whether nobody was ever registered: then the portal is to be set up."""
    return not User.objects.exists()


def schools_on_the_portal() -> list[School]:
    """Return every school that is open; each has a public page."""
    return list(School.objects.filter(opened_at__isnull=False))


def school_to_change(membership: Membership) -> School:
    """Return the school worked in as a row of its own: a form may fill it without changing what the page shows."""
    return School.objects.get(pk=membership.school_id)


def unread_count(membership: Membership) -> int:
    """Return how many notifications wait unread in the school worked in."""
    return told_to(membership).filter(read_at=None).count()


def people_of(
    membership: Membership, *, role: str = "", employment: str = "", invited: bool = False, ended: bool = False
) -> QuerySet:
    """Return the posts of the school worked in, held now or `ended`, ready to be listed.

    With `invited` those that wait to be taken up, also where they begin later.
    """
    posts = Membership.objects.visible_to(membership)
    if ended:
        posts = posts.filter(ends_on__lt=today())
    elif invited:
        posts = posts.filter(accepted_at=None).exclude(ends_on__lt=today())
    else:
        posts = posts.current()
    if role:
        posts = posts.filter(role=role)
    if employment:
        posts = posts.filter(employment=employment)
    return posts.select_related("user", "school", "site")


def works_in(user: User, school: School) -> bool:
    """Tell whether this person holds a post here today that they have taken up."""
    return Membership.objects.open().filter(user=user, school=school).exists()


def people_here(membership: Membership) -> QuerySet:
    """Return one open post of each person of the school worked in, by name: the first that they took up."""
    posts = Membership.objects.visible_to(membership).open()
    first = posts.filter(user=OuterRef("user")).order_by("starts_on", "created_at", "pk").values("pk")[:1]
    return posts.filter(pk=Subquery(first)).select_related("user", "school").order_by("user__name")


def invitation_open(pk: UUID | None) -> Invitation | None:
    """Return an invitation that may still be accepted, or None; the post that it is for has not ended."""
    waiting = Invitation.objects.waiting().filter(pk=pk).exclude(post__ends_on__lt=today())
    return waiting.select_related("post__user", "post__school").first()


def invitations_to(posts: Iterable[Membership]) -> dict[UUID, Invitation]:
    """Return the latest invitation to each of these posts that was not taken up, by the post, in one query."""
    waiting = [post.pk for post in posts if post.accepted_at is None]
    found = Invitation.objects.filter(post__in=waiting, accepted_at=None).order_by("created_at") if waiting else []
    return {invitation.post_id: invitation for invitation in found}


def appointments_open_to(membership: Membership) -> QuerySet:
    """Return the appointments to posts that this person may propose or decide on, and those that they proposed.

    Never one about themselves that somebody else proposed: person beats post.
    """
    of_roles = Q(role__in=roles_appointed_by(membership)) & ~Q(user=membership.user_id)
    appointments = Appointment.objects.visible_to(membership)
    appointments = appointments.filter(of_roles | Q(proposed_by__user=membership.user_id))
    return appointments.select_related("user", "school", "proposed_by__user", "decided_by__user", "post__user")


def holders_open_to(membership: Membership) -> list[Membership]:
    """Return the posts held now that take two people and that this person may propose to end, most senior first."""
    posts = Membership.objects.visible_to(membership).current().holding(*roles_proposed_by(membership))
    return list(posts.select_related("user", "school"))


def who_may_confirm(appointment: Appointment) -> list[Membership]:
    """Return one present post of each person who may decide on an appointment."""
    posts = Membership.objects.present().filter(school=appointment.school_id)
    posts = posts.holding(*APPOINTED_BY[appointment.role].confirm).select_related("user", "school")
    posts = posts.exclude(user__in=(appointment.user_id, appointment.proposed_by.user_id))
    return list({post.user_id: post for post in posts}.values())


def without_manager(membership: Membership) -> QuerySet:
    """Return the posts held now in the school worked in whose line manager's post has ended."""
    current = Membership.objects.visible_to(membership).current()
    orphaned = current.exclude(line_manager=None).exclude(line_manager__in=current)
    return orphaned.select_related("user", "school", "line_manager__user", "line_manager__school")


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what this person must do about people: decide on appointments, see to who lost their line manager."""
    return [*_to_decide(membership), *_to_reassign(membership)]


def _to_decide(membership: Membership) -> list[Waiting]:
    roles = [role for role in Role if can_confirm_role(membership, role)]
    if not roles:
        return []
    waiting = Appointment.objects.visible_to(membership).filter(role__in=roles, status=Appointment.Status.PROPOSED)
    waiting = waiting.exclude(user=membership.user_id).exclude(proposed_by__user=membership.user_id)
    waiting = waiting.select_related("user", "school", "post").order_by("created_at")
    return [
        Waiting(
            f"{one.get_kind_display()}: {one.person_name}",
            one.get_absolute_url(),
            detail=one.school.label_of(one.role),
        )
        for one in waiting[:MOST_WAITING]
    ]


def _to_reassign(membership: Membership) -> list[Waiting]:
    if not holds(membership, "manage_people"):
        return []
    return [
        Waiting(
            f"Choose a line manager for {post.person_name}",
            reverse("accounts:person_edit", args=[post.pk]),
            detail=f"{post.line_manager.person_name} has left",
        )
        for post in without_manager(membership)[:MOST_WAITING]
        if can_manage_person(membership, post)
    ]


def posts_of(person: Membership) -> list[Membership]:
    """Return every post that this person has held in this school, the latest first."""
    posts = Membership.objects.filter(school_id=person.school_id, user_id=person.user_id)
    return list(posts.select_related("user", "school").order_by("-starts_on", "seniority"))


def never_invited(membership: Membership) -> QuerySet:
    """Return the posts of the school worked in that wait to be taken up and to which nobody was ever invited."""
    posts = Membership.objects.visible_to(membership).filter(accepted_at=None, invitations=None)
    posts = posts.filter(Q(ends_on=None) | Q(ends_on__gte=today()), user__is_active=True)
    return posts.exclude(user_id=membership.user_id).select_related("user", "school").order_by("typed_name")


def staff_imports_open_to(membership: Membership) -> QuerySet:
    """Return the files of staff on the workbench of the school worked in, and those imported, the latest first."""
    return StaffImport.objects.visible_to(membership).select_related("school", "by__user")


def cover_of(person: Membership) -> list[Membership]:
    """Return who acts in place of this post, now or later, the first to begin first."""
    acting = Membership.objects.filter(acting_for=person).exclude(ends_on__lt=today())
    return list(acting.select_related("user", "school").order_by("starts_on"))


def possible_managers(school: School, but: Membership | None = None) -> QuerySet:
    """Return the posts that may be somebody's line manager: held now, and not by that same person."""
    posts = Membership.objects.current().filter(school=school).select_related("user", "school")
    return posts.exclude(user_id=but.user_id) if but else posts


def told_to(membership: Membership) -> QuerySet:
    """Return what the person was told in the school worked in."""
    return Notification.objects.filter(user_id=membership.user_id, school_id=membership.school_id)


def demo_posts() -> QuerySet:
    """Return the posts held now in demo schools."""
    return Membership.objects.current().filter(school__is_demo=True).select_related("user", "school")


def demo_people(school: School) -> list[tuple[str, list[Membership]]]:
    """Return who may be tried out in a demo school, by role in the school's words, each person once."""
    posts = demo_posts().filter(school=school)
    ranked = sorted(posts, key=lambda post: (Role.values.index(post.role), post.seniority, post.starts_on))
    first: dict[UUID, Membership] = {}
    for post in ranked:
        first.setdefault(post.user_id, post)
    return [(school.label_of(role), list(held)) for role, held in groupby(first.values(), key=lambda post: post.role)]
