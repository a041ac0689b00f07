"""The headteacher's log of monitoring: what is looked at, of whom, why and until when."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from incidents.forms.monitoring import MonitoringEndForm, MonitoringForm
from incidents.models import MonitoringEntry
from incidents.services import end_monitoring, log_monitoring
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused

TRAIL = "Monitoring log"
TEXT = "Only you, as headteacher, read this. Write what is needed and no more; never a password."


@needs("log_monitoring")
def monitoring_list(request):
    """Every entry of the school, the latest first."""
    entries = MonitoringEntry.objects.visible_to(request.membership).select_related("person", "authorised_by")
    page = page_of(entries, request.GET, order="-starts_on")
    rows = [
        [
            {"text": entry.get_of_display(), "hint": entry.person.name if entry.person else ""},
            {"text": entry.get_purpose_display(), "hint": entry.reason},
            {"text": entry.scope},
            entry.starts_on,
            entry.ends_on
            or {"text": "Goes on: give its last day", "url": reverse("incidents:monitoring_end", args=[entry.pk])},
            entry.authorised_by.name,
        ]
        for entry in page
    ]
    headers = ["Of", "Purpose", "What is looked at", "From", "Until", "Authorised by"]
    return render(request, "incidents/monitoring_list.html", {"page": page, "rows": rows, "headers": headers})


@needs("log_monitoring")
def monitoring_create(request):
    """Log that something is monitored."""
    form = MonitoringForm(request.POST or None, school=request.membership.school)
    return answer(request, form, log_monitoring, "Log monitoring", "The entry is stored.")


@needs("log_monitoring")
def monitoring_end(request, pk):
    """Give the last day of an entry."""
    entry = get_object_or_404(MonitoringEntry.objects.visible_to(request.membership), pk=pk)
    form = MonitoringEndForm(request.POST or None)

    def end(**facts):
        return end_monitoring(entry, **facts)

    return answer(request, form, end, "End monitoring", "Its last day is stored.", about="ends_on")


def answer(request, form, verb, title, done, about=None):
    """Show a form of the log, and do what it asks once it is filled in; `about` names the field of a refusal."""
    if form.is_valid():
        try:
            verb(by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(about, refusal.messages)
        else:
            messages.success(request, done)
            return redirect("incidents:monitoring_list")
    back = reverse("incidents:monitoring_list")
    context = {"form": form, "title": title, "text": TEXT, "back_url": back, "trail": [(TRAIL, back)]}
    return render(request, "incidents/monitoring_form.html", context)
