"""Setting up a portal: the code of an empty one, the posts that must be filled, the two people who open a school."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Membership, Role, School, SetUpCode, User
from accounts.notifications import notify
from accounts.rules import TWO_PERSON_ROLES, holds
from accounts.selectors import portal_is_empty
from accounts.services import give_post, register_person, register_school
from accounts.services.guesses import ask, forgive
from incidents.receipts import in_groups, new_receipt, normalised
from policyportal.lib.dates import today
from policyportal.lib.waiting import Waiting
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

# Without these nobody is led to a report, and nobody can be told about the head.
MUST_BE_FILLED = (Role.HEADTEACHER, Role.DSL, Role.DEPUTY_DSL, Role.CHAIR)
# What is said of a school when it is set up, and may be corrected until it opens.
SCHOOL_FACTS = ("name", "short_name", "slug", "phase", "roll", "email", "telephone")
# The posts that the second person confirms.
CONFIRMED = frozenset({*TWO_PERSON_ROLES, Role.DEPUTY_DSL})
WRONG_CODE = "This is not the code. Whoever runs the server makes a new one with “manage.py set_up_code”."
TAKEN_UP = "Taken up"


@dataclass(frozen=True)
class Standing:
    """How it stands with a post that must be filled: who holds it, or is invited to."""

    role: str
    label: str
    held: list[Membership]
    offered: list[Membership]

    @property
    def is_filled(self) -> bool:
        """Whether somebody has taken it up."""
        return bool(self.held)

    @property
    def words(self) -> str:
        """Say who it is, or who it may become."""
        if self.held:
            return " and ".join(post.person_name for post in self.held)
        if self.offered:
            return f"{' and '.join(post.person_name for post in self.offered)} has not joined yet"
        return "Nobody holds this post"


def new_code() -> str:
    """Make the one-time code of an empty portal and return it as people copy it; only its hash is kept.

    A code made before is no longer good. Refuses a portal that has people.
    """
    if not portal_is_empty():
        raise Refused("This portal is set up already: somebody is registered in it.")
    code = new_receipt()
    with transaction.atomic():
        SetUpCode.objects.all().delete()
        SetUpCode.objects.create(hash=_hash_of(code))
    return in_groups(code)


def claim(*, code: str, person: Mapping[str, str], school: Mapping[str, Any]) -> tuple[User, Membership]:
    """Register the first administrator and their school, which is not open yet; return who they are and their post.

    `person` has name, email, password and own_role, a post besides or ""; `school` the facts that it is registered
    with. The code is used up. Tells nobody. Refuses a wrong code and a portal that has people; raises TooMany after
    too many wrong codes.
    """
    guess = ask("set-up", "code")
    with transaction.atomic():
        right = SetUpCode.objects.select_for_update().filter(hash=_hash_of(code)).first()
        if right is None or not portal_is_empty():
            raise Refused(WRONG_CODE)
        SetUpCode.objects.all().delete()
        user = register_person(email=person["email"], name=person["name"], password=person["password"])
        place = register_school(opened_at=None, **school)
        own_role = person["own_role"]
        post = give_post(user=user, school=place, role=Role.TECHNICAL_ADMINISTRATOR, seniority=200)
        if own_role:
            give_post(user=user, school=place, role=own_role, seniority=1 if own_role == Role.HEADTEACHER else 100)
    forgive([guess])
    return user, post


@transaction.atomic
def correct_school(*, by: Membership, **facts: Any) -> School:
    """Correct what was said of a school that is not open yet, and return it. Tells nobody."""
    school = _not_open(by, "manage_people")
    fill(school, facts, SCHOOL_FACTS)
    save_as(school, by, "Corrected while it was set up")
    return school


def standings(school: School) -> list[Standing]:
    """Return how it stands with each post that must be filled; one query."""
    posts = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today()), school=school, user__is_active=True)
    posts = list(posts.holding(*MUST_BE_FILLED).select_related("user"))
    for post in posts:
        post.school = school
    found = []
    for role in MUST_BE_FILLED:
        of_role = [post for post in posts if post.role == role]
        held = [post for post in of_role if post.accepted_at and post.starts_on <= today()]
        offered = [post for post in of_role if post not in held]
        found.append(Standing(role, school.label_of(role), held, offered))
    return found


def missing_in(school: School) -> list[Standing]:
    """Return the posts that must be filled and are not."""
    return [standing for standing in standings(school) if not standing.is_filled]


def posts_to_confirm(school: School) -> list[Membership]:
    """Return every post, taken up or offered, that somebody confirms when the school is opened."""
    posts = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today()), school=school)
    return list(posts.holding(*CONFIRMED).select_related("user", "school").order_by("role", "seniority", "pk"))


def digest_of(posts: list[Membership]) -> str:
    """Name a list of posts, so that nobody confirms another one than they saw."""
    shown = [f"{post.pk} {post.role} {post.user.email} {post.person_name}" for post in posts]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def has_changed_since_asked(school: School) -> bool:
    """Tell whether one of the posts that are confirmed was given or changed after somebody asked to open."""
    later = Membership.history.filter(
        school_id=school.pk, role__in=CONFIRMED, history_date__gt=school.opening_asked_at
    )
    return later.exclude(history_change_reason=TAKEN_UP).exists()


def can_be_opened_by(membership: Membership) -> bool:
    """The second person: head or chair by their post, and not whoever asked."""
    school = membership.school
    return (
        holds(membership, "open_school")
        and school.opened_at is None
        and school.opening_asked_by is not None
        and school.opening_asked_by.user_id != membership.user_id
    )


@transaction.atomic
def ask_to_open(*, by: Membership) -> School:
    """Note that one person says the school is ready, and return it. Tells the headteacher and the chair.

    Refuses while a post that must be filled is not.
    """
    school = _not_open(by, "manage_people")
    _refuse_missing(school)
    school.opening_asked_by, school.opening_asked_at = by, timezone.now()
    save_as(school, by, "Asked to open")
    seconds = Membership.objects.open().filter(school=school).holding(Role.HEADTEACHER, Role.CHAIR)
    for post in seconds.exclude(user=by.user_id).select_related("user"):
        notify(
            user=post.user,
            school=school,
            event="opening_asked",
            subject="The portal is ready to be opened",
            path=reverse("portal:set_up_open"),
            key=f"opening:{school.pk}:{school.opening_asked_at.isoformat()}",
        )
    return school


@transaction.atomic
def open_school(*, by: Membership, digest: str) -> School:
    """Open the school: its public pages and its reports; return it. Tells whoever asked.

    Refuses whoever asked, a post that is not filled, and a list of posts other than the one asked about and shown.
    """
    school = _not_open(by, "open_school")
    if school.opening_asked_by is None or school.opening_asked_by.user_id == by.user_id:
        raise NotAllowed("open the school alone")
    _refuse_missing(school)
    if has_changed_since_asked(school):
        raise Refused("Who holds these posts has changed since the portal was said to be ready. Have them ask again.")
    if digest != digest_of(posts_to_confirm(school)):
        raise Refused("The list has changed while you looked. Look at it again.")
    school.opened_at = timezone.now()
    save_as(school, by, "Opened")
    notify(
        user=school.opening_asked_by.user,
        school=school,
        event="school_opened",
        subject="The portal is open",
        path=reverse("portal:home"),
        key=f"opened:{school.pk}",
    )
    return school


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what this person must do so that the school is ready, or stays so: one query."""
    school, waiting = membership.school, []
    url = reverse("portal:set_up_overview")
    if school.opened_at is None and can_be_opened_by(membership):
        waiting.append(Waiting("Confirm who holds which post, and open the portal", reverse("portal:set_up_open")))
    if not holds(membership, "manage_people"):
        return waiting
    missing = missing_in(school)
    if school.opened_at is None:
        number = len(missing)
        detail = (
            f"{number} {'post is' if number == 1 else 'posts are'} still missing" if number else "Every post is filled"
        )
        return [*waiting, Waiting("Set up the portal", url, detail=detail)]
    return [Waiting(f"{standing.label}: {standing.words}", url, detail=AT_RISK[standing.role]) for standing in missing]


# What goes wrong while nobody holds the post.
AT_RISK = {
    Role.HEADTEACHER: "Reports about staff have no case manager.",
    Role.DSL: "Reports about children go to whoever is next in line.",
    Role.DEPUTY_DSL: "Nobody stands in when the designated lead is away.",
    Role.CHAIR: "Nobody can handle a report about the headteacher.",
}


def _not_open(by: Membership, capability: str) -> School:
    if not holds(by, capability):
        raise NotAllowed("set up the school")
    school = (
        School.objects.select_for_update(of=("self",)).select_related("opening_asked_by__user").get(pk=by.school_id)
    )
    if school.opened_at is not None:
        raise Refused("The portal is open already.")
    return school


def _refuse_missing(school: School) -> None:
    missing = missing_in(school)
    if missing:
        raise Refused(*(f"{standing.label}: {standing.words}." for standing in missing))


def _hash_of(code: str) -> str:
    return salted_hmac(__name__, normalised(code), algorithm="sha256").hexdigest()
