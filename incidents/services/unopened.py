"""Reports that nobody has opened: their handlers are told again, until one of them looks."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from incidents.models import Access, Incident
from incidents.notifications import report_received

FIRST_TIME_AFTER = timedelta(hours=1)


def tell_unopened(now: datetime | None = None) -> int:
    """Tell the handlers of every new safeguarding report that none of them has opened; return how many reports.

    After one hour, two, four, eight and so on. What fell due while the portal was off is told once; running it
    again tells nobody twice [PWP-71, CRO-69].
    """
    now = now or timezone.now()
    handlers = Access.objects.filter(incident=OuterRef("pk"), standing=Access.Standing.HANDLER)
    unopened = Incident.objects.awaiting_triage().filter(safeguarding=True, reported_at__lte=now - FIRST_TIME_AFTER)
    unopened = unopened.exclude(Exists(handlers.filter(seen_at__isnull=False))).select_related("school")
    told = 0
    for incident in unopened.iterator(chunk_size=200):
        stage = ((now - incident.reported_at) // FIRST_TIME_AFTER).bit_length()
        led = incident.access.filter(standing=Access.Standing.HANDLER).values_list("user_id", flat=True)
        with transaction.atomic():
            report_received(incident, led, stage)
        told += 1
    return told
