"""A forgotten password: asked for, answered by mail when the address is known, chosen anew by a link."""

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone

from accounts.models import PasswordRequest, User
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import queue_mail, register_link

LINK = "password"
SUBJECT = "Choose a new password for the portal"
# An older request is answered no more: nobody waits for it, and its mail would only surprise.
STALE_AFTER = 24 * 60 * 60


class PasswordTokens(PasswordResetTokenGenerator):
    """Makes the secret of a link: it works once, for as long as settings say, and only while they may sign in."""

    key_salt = "accounts.services.passwords"

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Tell whether this secret was made for this person as they are now."""
        return user is not None and may_choose_anew(user) and super().check_token(user, token)


def may_choose_anew(user: User) -> bool:
    """A person who may sign in and has joined; whoever has not yet joined needs their invitation."""
    return user.is_active and (user.joined_at is not None or user.has_usable_password())


def request_password(email: str) -> None:
    """Note that somebody asked for a new password for this address. Does the same for every address."""
    PasswordRequest.objects.create(email=email.strip().lower())


def answer_password_requests() -> int:
    """Owe a mail to each person whose address was typed, and forget the requests; return how many mails.

    An address that nobody has, and one of somebody who may not choose anew, gets nothing.
    """
    owed = 0
    for request in PasswordRequest.objects.order_by("pk"):
        user = User.objects.filter(email=request.email).first()
        fresh = (timezone.now() - request.at).total_seconds() < STALE_AFTER
        if user is not None and fresh and may_choose_anew(user):
            queue_mail(to=user, subject=SUBJECT, path="/", dedupe_key=f"password:{request.pk}:{user.pk}", link=LINK)
            owed += 1
        request.delete()
    return owed


def password_path(mail: OutboxMail) -> str:
    """Return the page on which the person chooses a new password, with its secret; "" when they may no longer."""
    if not may_choose_anew(mail.to):
        return ""
    parts = {"uidb36": user_pk_to_url_str(mail.to), "key": PasswordTokens().make_token(mail.to)}
    return reverse("account_reset_password_from_key", kwargs=parts)


register_link(LINK, password_path)
