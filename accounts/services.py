"""The verbs on schools and people: register, give a post, change it, end it, change settings, read what was told."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import ENDS_BEFORE_IT_STARTS, Federation, Membership, Notification, School, Site, User
from accounts.rules import can_change_school, can_end_post, can_give_role, can_manage_person
from accounts.selectors import told_to
from policyportal.lib.workflow import NotAllowed, Refused, save_as

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
)
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
    _fill(held, changes, POST_DETAILS)
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


@transaction.atomic
def change_school(school: School, *, by: Membership, reason: str = "", **changes: Any) -> School:
    """Change the settings of a school and return it as stored. Refuses everybody but its headteacher."""
    held = School.objects.select_for_update().get(pk=school.pk)
    if not can_change_school(by, held):
        raise NotAllowed("change the school's settings")
    _fill(held, changes, SCHOOL_SETTINGS)
    save_as(held, by, reason or "Settings changed")
    return held


def read_notifications(membership: Membership, only: Notification | None = None) -> int:
    """Mark what the person was told in this school as read, or `only` the one; return how many were unread."""
    unread = told_to(membership).filter(read_at=None)
    if only is not None:
        unread = unread.filter(pk=only.pk)
    return unread.update(read_at=timezone.now())


def _locked(post: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("school", "user").get(pk=post.pk)


def _ask_for_role(by: Membership, school: School, role: str) -> None:
    """Refuse a role that this manager may not give or take away alone."""
    if by.school_id != school.pk:
        raise NotAllowed("manage people of another school")
    if not can_give_role(by, role):
        raise Refused(TWO_PEOPLE.format(label=school.label_of(role)))


def _fill(thing: models.Model, changes: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Set the given fields; a name outside `allowed` is a mistake of the caller."""
    unknown = set(changes) - set(allowed)
    if unknown:
        raise TypeError(f"not to be changed here: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(thing, name, value)


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
