"""The verbs on second steps: use a code up, begin the app, take a lost second step away, move secrets to a new key."""

import logging
from collections.abc import Iterable

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import transaction
from django.db.models import Q

from accounts.models import Membership, User
from accounts.notifications import second_step_changed
from accounts.rules import can_remove_second_steps
from accounts.second_step import context_of, secrets_of
from accounts.services.guesses import ask, forgive
from accounts.services.sessions import end_sessions
from policyportal.lib.encryption import Store, Unreadable, decrypt, reencrypt
from policyportal.lib.workflow import NotAllowed, Refused, save_as

logger = logging.getLogger(__name__)
TOTP, RECOVERY_CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
LAST_COUNTER = "last_counter"
WRONG = "That code is not right, or it was used before. Wait for the next code and try again"
UNREADABLE = (
    "Your second step cannot be checked. Tell whoever looks after the portal; nothing is wrong with your phone"
)


def use_code(user: User, code: str) -> Authenticator:
    """Use up a code of `user`, from their app or among their recovery codes, and return which of the two it was.

    Each code works once. Refuses a wrong one, and raises TooMany after five wrong ones within five minutes. Not
    inside a transaction: a wrong code that is not counted would be a free one.
    """
    guess = ask("second step", str(user.pk))
    with secrets_of(user), transaction.atomic():
        for held in _locked(user):
            try:
                right = _use_app_code(held, code) if held.type == TOTP else held.wrap().validate_code(code)
            except Unreadable as fault:
                logger.error("second step %s cannot be read: %s", held.pk, fault)
                raise Refused(UNREADABLE) from fault
            if right:
                forgive([guess])
                return held
    raise Refused(WRONG)


def check_new_app(user: User, secret: str, code: str) -> int:
    """Return the counter that `code` was made for with the new `secret`. Refuses and counts as `use_code` does."""
    guess = ask("second step", str(user.pk))
    counter = _counter_of(secret, code)
    if counter is None:
        raise Refused("That code is not right. Wait for the next code in the app and try again")
    forgive([guess])
    return counter


def spend(authenticator: Authenticator, counter: int) -> None:
    """Remember until when the codes of an app are spent: no code works a second time."""
    authenticator.data[LAST_COUNTER] = counter
    authenticator.save(update_fields=["data"])


@transaction.atomic
def remove_second_steps(person: Membership, *, by: Membership, reason: str) -> None:
    """Take all second steps of somebody who lost theirs away, and end their sessions; the history keeps the reason.

    Tells the person. Refuses oneself, whoever oversees the manager, somebody who holds a post elsewhere that takes
    two people, and somebody who has no second step.
    """
    if not can_remove_second_steps(by, person):
        raise NotAllowed("remove somebody's second step")
    if not reason.strip():
        raise Refused("Give a reason.")
    user = User.objects.select_for_update().get(pk=person.user_id)
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise Refused(f"{user.name} has no second step.")
    save_as(user, by, f"Second step removed: {reason.strip()}")
    end_sessions(user)
    second_step_changed(user=user, school=person.school, what="Your second step for signing in was removed")


def has_second_step(user: User) -> bool:
    """Tell whether `user` has set any second step up."""
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=RECOVERY_CODES).exists()


def _locked(user: User) -> list[Authenticator]:
    """Return the app and the recovery codes of `user`, the app first, so that two sign-ins cannot use one code."""
    held = Authenticator.objects.select_for_update().filter(user_id=user.pk, type__in=[TOTP, RECOVERY_CODES])
    return sorted(held, key=lambda authenticator: authenticator.type != TOTP)


def _use_app_code(held: Authenticator, code: str) -> bool:
    counter = _counter_of(decrypt(held.data["secret"], context=context_of(held.user_id)), code)
    # Also every earlier one: somebody who looked over a shoulder has an older code.
    if counter is None or counter <= held.data.get(LAST_COUNTER, 0):
        return False
    spend(held, counter)
    return True


def _counter_of(secret: str, code: str) -> int | None:
    fitting = [
        counter
        for counter in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
    ]
    return fitting[0] if fitting else None


def _waiting(prefix: str) -> Iterable[int]:
    old = Q(type=TOTP) & ~Q(data__secret__startswith=prefix)
    old |= Q(type=RECOVERY_CODES) & ~Q(data__seed__startswith=prefix)
    return Authenticator.objects.filter(old).order_by("pk").values_list("pk", flat=True)


@transaction.atomic
def _rewrite(pk: int) -> None:
    held = Authenticator.objects.select_for_update().filter(pk=pk).first()
    # It was removed since it was listed.
    if held is None:
        return
    name = "secret" if held.type == TOTP else "seed"
    held.data[name] = reencrypt(held.data[name], context=context_of(held.user_id))
    held.save(update_fields=["data"])


STORE = Store("second steps", _waiting, _rewrite)
