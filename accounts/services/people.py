"""The verbs on people and posts: register somebody, give a post, change it, end it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import posts
from accounts.models import Membership, School, User
from accounts.rules import can_end_post, can_give_role, can_manage_person
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

# What may change while a post is held; the person and the school never do.
POST_DETAILS = (
    "role",
    "job_title",
    "site",
    "employment",
    "seniority",
    "line_manager",
    "starts_on",
    "ends_on",
    "away_from",
    "away_until",
)
# What only an import of staff changes besides.
FROM_THE_SYSTEM = ("system_id", "typed_name")
TWO_PEOPLE = "{label}: this post needs two people to give it or to end it, so it cannot be done here by one."


def register_person(
    *, email: str, name: str, password: str | None = None, password_hash: str = "", by: Membership | None = None
) -> User:
    """Return the person with this e-mail address, stored first when new; a known person stays as they are.

    Tells nobody. Without a password the person cannot sign in until they set one. `password_hash` is one that is
    hashed already, because hashing is slow by design and an import has many people.
    """
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known is not None:
        return known
    user = User(email=email.strip().lower(), name=name.strip())
    if password_hash:
        user.password = password_hash
    else:
        user.set_password(password)
    if user.has_usable_password():
        user.joined_at = timezone.now()
    save_as(user, by, "Registered")
    return user


@transaction.atomic
def give_post(
    *, user: User, school: School, role: str, by: Membership | None = None, taken_up: bool = True, **details: Any
) -> Membership:
    """Give `user` a post in `school` and return it. `by` is None only when a school is set up.

    Unless it is `taken_up` it opens nothing until the person accepts an invitation to it. Tells nobody. Refuses a
    role that takes two people, one that the person holds already, a line manager or a site of another school, and
    dates in the wrong order. Raises NotAllowed or Refused.
    """
    post = Membership(user=user, school=school, role=role, **details)
    if not taken_up:
        post.accepted_at = None
    if by is not None:
        _ask_for_role(by, school, role)
        if user.pk == by.user_id:
            raise NotAllowed("give oneself a post")
    posts.write(post, by, "Post given")
    return post


@transaction.atomic
def change_post(post: Membership, *, by: Membership, reason: str = "", **changes: Any) -> Membership:
    """Change the details of a post, dates and absence included, and return it as stored.

    Tells nobody. Refuses oneself, whoever oversees the manager, nonsense, and the role and the dates of a post that
    takes two people.
    """
    held = posts.locked(post)
    if not can_manage_person(by, held):
        raise NotAllowed("change this post")
    if changes.get("role", held.role) != held.role:
        _ask_for_role(by, held.school, held.role)
        _ask_for_role(by, held.school, changes["role"])
    dates = held.starts_on, held.ends_on
    fill(held, changes, (*POST_DETAILS, *FROM_THE_SYSTEM))
    # Dates end a post as surely as ending it does.
    if dates != (held.starts_on, held.ends_on):
        _ask_for_role(by, held.school, held.role)
    posts.write(held, by, reason or "Details changed")
    return held


@transaction.atomic
def end_post(post: Membership, *, by: Membership | None = None, last_day: date, reason: str) -> Membership:
    """Set the last day of a post and return it; access ends with that day. What the person did stays.

    Where it was their last post in the school they leave it with that day. Tells nobody.
    Refuses a last day before the first, oneself, and posts that take two people to end.
    """
    held = posts.locked(post)
    if by is not None and not can_end_post(by, held):
        if can_manage_person(by, held):
            raise Refused(TWO_PEOPLE.format(label=held.school.label_of(held.role)))
        raise NotAllowed("end this post")
    if not reason.strip():
        raise Refused("Give a reason.")
    posts.end(held, by, last_day, reason)
    return held


def _ask_for_role(by: Membership, school: School, role: str) -> None:
    """Refuse a role that this manager may not give or take away alone."""
    if by.school_id != school.pk:
        raise NotAllowed("manage people of another school")
    if not can_give_role(by, role):
        raise Refused(TWO_PEOPLE.format(label=school.label_of(role)))
