"""Who somebody is, by e-mail address and password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.services.guesses import hashing


class EmailBackend(AuthenticationBackend):
    """Finds a person by e-mail address in whatever case it was typed, and checks their password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the person, or None for every other reason alike: one question of the database, one hash.

        Raises Busy when too many passwords are being checked at this moment.
        """
        email = credentials.get("email") or credentials.get("username") or ""
        password = credentials.get("password")
        if not email or not password:
            return None
        user = User.objects.filter(email=email.strip().lower()).first()
        # Whoever is unknown, switched off or without a password is checked against nobody's: that takes as long.
        checked = user if user is not None and self.user_can_authenticate(user) else User()
        with hashing():
            return checked if checked.check_password(password) else None
