"""`manage.py set_up_code`: makes and prints the one-time code with which an empty portal is set up."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from policyportal.lib.workflow import Refused
from policyportal.set_up import new_code


class Command(BaseCommand):
    """Prints a new code and where to type it; the one before is no longer good."""

    help = "Make the one-time code with which an empty portal is set up."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make a code; refuses where somebody is registered."""
        try:
            code = new_code()
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Open {settings.PORTAL_URL}{reverse('portal:set_up')} and type this code: {code}")
