"""The standing cast: three schools, one person per role, the same first names in every test."""

import time
from datetime import date, datetime

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.test import Client

from accounts.models import Federation, Membership, Role, School, User

FIRST_NAMES = {
    Role.HEADTEACHER: "Harriet",
    Role.DEPUTY_HEAD: "Devi",
    Role.SENIOR_LEADER: "Sunil",
    Role.DSL: "Dinah",
    Role.DEPUTY_DSL: "Dora",
    Role.OFFICE: "Olive",
    Role.BUSINESS_MANAGER: "Bella",
    Role.COMPUTING_LEAD: "Colin",
    Role.HEAD_OF_HOUSE: "Hugo",
    Role.TEACHER: "Tara",
    Role.SUPPORT_STAFF: "Sam",
    Role.VOLUNTEER: "Vera",
    Role.CONTRACTOR: "Carl",
    Role.GOVERNOR: "Grace",
    Role.CHAIR: "Chidi",
    Role.TRUST_OFFICER: "Trevor",
    Role.DPO: "Paula",
    Role.TECHNICAL_ADMINISTRATOR: "Terry",
}
# Two schools of one federation, and one outside it. Each has a whole staff of its own.
SCHOOLS = {"oakfield": "Wooded Federation", "elmwood": "Wooded Federation", "riverside": None}
STARTED = date(2024, 9, 1)
MIDNIGHT = datetime.min.time()


class Cast:
    """Looks people up by school and role; every lookup reads the database, so nothing is stale."""

    def school(self, slug: str = "oakfield") -> School:
        """Return a school."""
        return School.objects.get(slug=slug)

    def post(self, role: str, school: str = "oakfield") -> Membership:
        """Return the post of the one person with `role` in `school`."""
        return Membership.objects.select_related("school", "user").get(
            school__slug=school, user__email=f"{FIRST_NAMES[role].lower()}@{school}.example", role=role
        )

    def user(self, role: str, school: str = "oakfield") -> User:
        """Return the one person with `role` in `school`."""
        return self.post(role, school).user

    def client(self, role: str, school: str = "oakfield", *, second_step: bool = True) -> Client:
        """Return a browser in which that person is signed in, having taken the second step unless told otherwise."""
        client, user = Client(), self.user(role, school)
        client.force_login(user)
        if second_step:
            took_second_step(client, user)
        return client

    def __getattr__(self, name: str) -> Membership:
        """`cast.headteacher`, `cast.teacher`: posts of the first school by role."""
        if name not in Role.values:
            raise AttributeError(name)
        return self.post(name)


def took_second_step(client: Client, user: User) -> None:
    """Record in the session what the sign-in library records when somebody gave a code from their app."""
    session = client.session
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()


def assemble() -> Cast:
    """Store the three schools and their people, unless they are there, and return the cast."""
    if not School.objects.filter(slug="oakfield").exists():
        for slug, federation in SCHOOLS.items():
            _staff(slug, federation)
    return Cast()


def _staff(slug: str, federation: str | None) -> None:
    school = School.objects.create(
        slug=slug,
        name=f"{slug.title()} Primary School",
        short_name=slug.title(),
        federation=Federation.objects.get_or_create(name=federation)[0] if federation else None,
        email=f"office@{slug}.example",
        telephone="01632 960000",
        roll=240,
        # No quiet hours: what a test sees of mail must not hang on the hour at which it runs.
        quiet_from=MIDNIGHT,
        quiet_until=MIDNIGHT,
    )
    head = None
    for seniority, (role, first_name) in enumerate(FIRST_NAMES.items(), start=1):
        user = User.objects.create_user(
            f"{first_name.lower()}@{slug}.example", f"{first_name} {slug.title()}", "a long enough passphrase"
        )
        post = Membership.objects.create(
            school=school, user=user, role=role, seniority=seniority, starts_on=STARTED, line_manager=head
        )
        head = head or post
