"""Telling people about incidents: that a report waits, and nothing of what it says."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from accounts.notifications import notify
from incidents.models import Incident

REPORT_WAITS = "A report waits for you"


def report_received(incident: Incident, people: Iterable[UUID]) -> None:
    """Tell these people at once that a report waits; the same person is told of the same incident once."""
    for user in User.objects.filter(pk__in=list(people), is_active=True):
        notify(
            user=user,
            school=incident.school,
            event="report_received",
            subject=REPORT_WAITS,
            path=incident.get_absolute_url(),
            key=f"report-received:{incident.pk}",
        )
