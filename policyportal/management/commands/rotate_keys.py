"""`manage.py rotate_keys`: encrypts kept secrets with the newest key, so that an old one can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.second_step import STORE as SECOND_STEPS
from policyportal.lib.encryption import Store, rotate

# Every kind of secret that the portal keeps encrypted.
STORES: list[Store] = [SECOND_STEPS]


class Command(BaseCommand):
    """Put the new key first in ENCRYPTION_KEYS, restart, run this until nothing remains, then remove the old key."""

    help = "Encrypt kept secrets with the first key of ENCRYPTION_KEYS. May be stopped and started again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Move what is on an old key and say how many remain there; fail where a secret cannot be read."""
        lost = 0
        for name, (rewritten, unreadable, remaining) in rotate(STORES).items():
            self.stdout.write(f"{name}: {rewritten} moved to the first key, {remaining} remain on old keys")
            lost += unreadable
        if lost:
            raise CommandError(
                f"{lost} of them cannot be read with any of the keys, or belong somewhere else. They are left as they "
                "were. Do not take the old keys away."
            )
