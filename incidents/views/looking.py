"""Who looked at what is confidential: at one incident, and what each overseer may know of all of them."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import render
from django.urls import reverse

from accounts.decorators import needs
from incidents.looks import counted_by_month, looks_at, looks_overseen_by, with_references, words_for
from incidents.rules import can_read_looks
from incidents.services import record_view
from incidents.views.handling import LIST, found, opens_incidents
from policyportal.lib.paging import page_of

LATEST_FIRST = "-at"
TITLE = "Who looked"
ALL_OF_IT = "Each time that a page, a file, a form or the history of this incident was opened. Nobody can change it."
OF_OTHERS = (
    "Each time that a head or a designated safeguarding lead opened something confidential. What it says is not shown."
)
AS_NUMBERS = "How often something confidential was opened. Sealed reports are left out."


@opens_incidents
@transaction.atomic
def incident_looks(request, pk):
    """Who looked at one incident, when, at which part, and why where they had to say."""
    incident = found(request, pk)
    if not can_read_looks(request.membership, incident):
        raise PermissionDenied
    record_view(incident, request.membership, "looks")
    page = page_of(looks_at(incident), request.GET, order=LATEST_FIRST)
    return show(
        request,
        intro=ALL_OF_IT,
        headers=["When", "Who", "What", "Why"],
        rows=[[look.at, look.user.name, words_for(look), {"text": look.reason}] for look in page],
        page=page,
        trail=[(LIST, reverse("incidents:incident_list")), (incident.reference, incident.get_absolute_url())],
    )


@needs("oversee_looks")
def look_list(request):
    """What heads and designated leads looked at: when, who, and at which part of which incident."""
    page = page_of(looks_overseen_by(request.membership), request.GET, order=LATEST_FIRST)
    references = with_references(page)
    return show(
        request,
        intro=OF_OTHERS,
        headers=["When", "Who", "What", "Incident", "Gave a reason"],
        rows=[
            [
                look.at,
                look.user.name,
                words_for(look),
                references[look.object_id],
                {"text": "Yes" if look.reason else ""},
            ]
            for look in page
        ],
        page=page,
    )


@needs("count_looks")
def look_counts(request):
    """How often something confidential was looked at, by month."""
    rows = [
        [month.strftime("%B %Y"), looks, incidents, people, revealed]
        for month, looks, incidents, people, revealed in counted_by_month(request.membership)
    ]
    headers = ["Month", "Looks", "Incidents", "People", "Times the reporter was shown"]
    return show(request, intro=AS_NUMBERS, headers=headers, rows=rows)


def show(request, **context):
    """Return a page of looks."""
    return render(request, "incidents/looks.html", {"title": TITLE, **context})
