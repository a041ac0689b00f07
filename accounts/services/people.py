"""The verbs on people and posts: register somebody, give a post, change it, end it."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import ENDS_BEFORE_IT_STARTS, Membership, School, User
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
    save_as(user, by, "Registered")
    return user


@transaction.atomic
def give_post(*, user: User, school: School, role: str, by: Membership | None = None, **details: Any) -> Membership:
    """Give `user` a post in `school` and return it. `by` is None only when a school is set up.

    Tells nobody. Refuses a role that takes two people, one that the person holds already, a line manager or a site
    of another school, and dates in the wrong order. Raises NotAllowed or Refused.
    """
    post = Membership(user=user, school=school, role=role, **details)
    if by is not None:
        _ask_for_role(by, school, role)
        if user.pk == by.user_id:
            raise NotAllowed("give oneself a post")
    _refuse_nonsense(post)
    save_as(post, by, "Post given")
    return post


@transaction.atomic
def change_post(post: Membership, *, by: Membership, reason: str = "", **changes: Any) -> Membership:
    """Change the details of a post, dates and absence included, and return it as stored.

    Tells nobody. Refuses oneself, whoever oversees the manager, a role that takes two people, and nonsense.
    """
    held = _locked(post)
    if not can_manage_person(by, held):
        raise NotAllowed("change this post")
    if changes.get("role", held.role) != held.role:
        _ask_for_role(by, held.school, held.role)
        _ask_for_role(by, held.school, changes["role"])
    fill(held, changes, POST_DETAILS)
    _refuse_nonsense(held)
    save_as(held, by, reason or "Details changed")
    return held


@transaction.atomic
def end_post(post: Membership, *, by: Membership | None = None, last_day: date, reason: str) -> Membership:
    """Set the last day of a post and return it; access ends with that day. What the person did stays.

    Tells nobody. Refuses a last day before the first, oneself, and posts that take two people to end.
    """
    held = _locked(post)
    if by is not None and not can_end_post(by, held):
        if can_manage_person(by, held):
            raise Refused(TWO_PEOPLE.format(label=held.school.label_of(held.role)))
        raise NotAllowed("end this post")
    if not reason.strip():
        raise Refused("Give a reason.")
    held.ends_on = last_day
    _refuse_nonsense(held)
    save_as(held, by, reason)
    return held


def _locked(post: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("school", "user").get(pk=post.pk)


def _ask_for_role(by: Membership, school: School, role: str) -> None:
    """Refuse a role that this manager may not give or take away alone."""
    if by.school_id != school.pk:
        raise NotAllowed("manage people of another school")
    if not can_give_role(by, role):
        raise Refused(TWO_PEOPLE.format(label=school.label_of(role)))


def _refuse_nonsense(post: Membership) -> None:
    """Say in words what the database would refuse, and what it cannot know."""
    wrong = []
    if post.ends_on and post.ends_on < post.starts_on:
        wrong.append(ENDS_BEFORE_IT_STARTS)
    if post.away_until and not post.away_from:
        wrong.append("Give the first day of the absence too.")
    if post.away_from and post.away_until and post.away_until < post.away_from:
        wrong.append("The last day of an absence cannot be before its first day.")
    for related in (post.line_manager, post.site):
        if related is not None and related.school_id != post.school_id:
            wrong.append("The line manager and the site must be of the same school.")
    if post.line_manager_id == post.pk:
        wrong.append("Nobody is their own line manager.")
    held = Membership.objects.filter(school_id=post.school_id, user_id=post.user_id, role=post.role, ends_on=None)
    if post.ends_on is None and held.exclude(pk=post.pk).exists():
        wrong.append(f"{post.user} holds this post already.")
    if wrong:
        raise Refused(*wrong)
