"""Who somebody is, by e-mail address and password."""

from allauth.account.auth_backends import AuthenticationBackend


class EmailBackend(AuthenticationBackend):
    """Django's own check of a password, found by e-mail address in whatever case it was typed."""
