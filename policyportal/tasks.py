"""The sweep: does whatever has fallen due."""

from celery import shared_task

from policyportal.due import run_due


@shared_task(name="portal.run_due")
def sweep() -> None:
    """Send the reminders and mails that are due; doing it twice changes nothing."""
    run_due()
