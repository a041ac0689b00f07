"""Work of policies that falls due by itself."""

from celery import shared_task

from policies import services


@shared_task(name="policies.record_due_reminders")
def record_due_reminders() -> None:
    """Record and tell the reminders that are owed; doing it twice changes nothing."""
    services.record_due_reminders()
