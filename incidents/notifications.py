"""Telling people about incidents: that a report waits, and nothing of what it says."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import User
from accounts.notifications import notify
from incidents.models import Incident

REPORT_WAITS = "A report waits for you"


def report_received(incident: Incident, people: Iterable[UUID], stage: int = 0) -> None:
    """Tell these people that a report waits; the same person hears of the same incident once in each stage.

    Stage 0 is when it comes; the later ones are for a report that nobody has opened. Everything but an ordinary
    incident is told by mail at once, at night too.
    """
    ordinary = incident.confidentiality == Incident.Confidentiality.ORDINARY and not incident.safeguarding
    for user in User.objects.filter(pk__in=list(people), is_active=True):
        notify(
            user=user,
            school=incident.school,
            event="report_received",
            subject=REPORT_WAITS,
            path=incident.get_absolute_url(),
            key=f"report-received:{incident.pk}" + (f":{stage}" if stage else ""),
            urgent=bool(stage) or not ordinary,
        )
