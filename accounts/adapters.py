"""What the portal decides where the sign-in library asks: who may, what is counted, how secrets are kept."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False


class SecondStepAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app, and recovery codes."""


class OtherAccountAdapter(DefaultSocialAccountAdapter):
    """Accounts of Google and Microsoft that people linked to theirs."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin) -> bool:
        """Nobody signs up: an account elsewhere is linked by somebody who is signed in."""
        return False
