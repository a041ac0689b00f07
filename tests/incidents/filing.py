"""Filing reports in tests: through the verb, and through the pages as a browser would."""

import re
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from incidents.models import About, Incident, Report
from incidents.services import file_report

STAFF_ANSWERS = {"about": "pupil", "words": "He wrote something unkind.", "where": "unknown"}


def filed(cast, *, about=About.PARENT, person=None, by=None, school="oakfield", **facts) -> Incident:
    """File a report through the verb and return its incident."""
    facts.setdefault("reporter_kind", Report.Reporter.STAFF if by else Report.Reporter.PARENT)
    facts.setdefault("words", "Something was written.")
    return file_report(school=cast.school(school), about=about, person=person, by=by, **facts)[0]


def details_page(client: Client, start: str, imagery: str = "no") -> str:
    """Answer the first question and return the address of the second page."""
    answer = client.post(start, {"imagery": imagery})
    assert answer.status_code == 302, answer.content
    return answer.url


def public_page(client: Client, kind: str = "parent", imagery: str = "no", school: str = "oakfield") -> str:
    """Return the second page of a public report."""
    return details_page(client, reverse("incidents:public_report_form", args=[school, kind]), imagery)


def staff_page(client: Client, imagery: str = "no") -> str:
    """Return the second page of a report by staff."""
    return details_page(client, reverse("incidents:report_create"), imagery)


def report_by(client: Client, **answers) -> Incident:
    """File a report through the pages as the member of staff signed in there and return its incident."""
    before = set(Incident.objects.values_list("pk", flat=True))
    answer = client.post(staff_page(client), {**STAFF_ANSWERS, **answers})
    assert answer.status_code == 302, answer.content.decode()
    return Incident.objects.exclude(pk__in=before).get()


def receipt_on(client: Client, school: str = "oakfield") -> str:
    """Return the receipt that the thank-you page shows."""
    page = client.get(reverse("incidents:report_thanks", args=[school])).content.decode()
    return "".join(re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}\b(?= |<)", page.split("portal-receipt__code")[1])[:4])


def detail(incident: Incident) -> str:
    """Return the address of an incident."""
    return reverse("incidents:incident_detail", args=[incident.pk])


def nowhere() -> str:
    """Return the address of an incident that does not exist."""
    return reverse("incidents:incident_detail", args=[uuid4()])
