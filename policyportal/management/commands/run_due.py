"""`manage.py run_due`: does what has fallen due, for machines that use cron in place of a worker."""

from typing import Any

from django.core.management.base import BaseCommand

from policyportal.due import run_due


class Command(BaseCommand):
    """Sends the reminders and mails that are due and says how many; safe to run twice."""

    help = "Send the reminders and mails that are due."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run what is due once."""
        for what, number in run_due().items():
            self.stdout.write(f"{what}: {number}")
