"""Reads about people that pages share."""

from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership, Notification, Role, School, User
from policyportal.lib.dates import today


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
    return working


def schools_open_to(user: User) -> list[Membership]:
    """Return one current post of `user` per school, by the school's name; the most senior where there are several."""
    posts = Membership.objects.open().filter(user=user).select_related("school", "user")
    by_school: dict[School, Membership] = {}
    for post in sorted(posts, key=lambda post: (post.school.name, *post.seniority_key())):
        by_school.setdefault(post.school, post)
    return list(by_school.values())


def schools_on_the_portal() -> list[School]:
    """Return every school; each has a public page."""
    return list(School.objects.all())


def school_to_change(membership: Membership) -> School:
    """Return the school worked in as a row of its own: a form may fill it without changing what the page shows."""
    return School.objects.get(pk=membership.school_id)


def unread_count(membership: Membership) -> int:
    """Return how many notifications wait unread in the school worked in."""
    return told_to(membership).filter(read_at=None).count()


def people_of(membership: Membership, *, role: str = "", employment: str = "", ended: bool = False) -> QuerySet:
    """Return the posts of the school worked in, held now or `ended`, ready to be listed."""
    posts = Membership.objects.visible_to(membership)
    posts = posts.filter(ends_on__lt=today()) if ended else posts.current()
    if role:
        posts = posts.filter(role=role)
    if employment:
        posts = posts.filter(employment=employment)
    return posts.select_related("user", "school", "site")


def works_in(user: User, school: School) -> bool:
    """Tell whether this person holds a post here today that they have taken up."""
    return Membership.objects.open().filter(user=user, school=school).exists()


def posts_of(person: Membership) -> list[Membership]:
    """Return every post that this person has held in this school, the latest first."""
    posts = Membership.objects.filter(school_id=person.school_id, user_id=person.user_id)
    return list(posts.select_related("user", "school").order_by("-starts_on", "seniority"))


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
