"""Reads about people that pages share."""

from accounts.models import Membership, Notification, School, User


def working_membership(user: User, chosen: str | None) -> Membership | None:
    """Return the current post that `user` chose to work in, else their most senior one, else None.

    `chosen` is the id of a membership, from the session; one that has ended is no longer used.
    """
    posts = list(
        Membership.objects.current()
        .filter(user=user)
        .select_related("school", "school__federation", "user")
        .order_by("seniority", "starts_on", "id")
    )
    for post in posts:
        if str(post.pk) == chosen:
            return post
    return posts[0] if posts else None


def schools_open_to(user: User) -> list[Membership]:
    """Return one current post of `user` per school, by the school's name; the most senior where there are several."""
    posts = Membership.objects.current().filter(user=user).select_related("school", "user")
    by_school: dict[School, Membership] = {}
    for post in posts.order_by("school__name", "seniority"):
        by_school.setdefault(post.school, post)
    return list(by_school.values())


def unread_count(membership: Membership) -> int:
    """Return how many notifications wait unread in the school worked in."""
    return Notification.objects.filter(
        user_id=membership.user_id, school_id=membership.school_id, read_at=None
    ).count()
