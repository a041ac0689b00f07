"""A person's private calendar: making and taking back its address, and what a calendar program reads there."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import needs
from policies import services
from policies.ics import written
from policies.selectors.calendar import calendar_of, entries_of, reader_of
from policies.views.found import trail


@needs("view_policies")
def calendar(request):
    """Whether somebody's calendar reads along here, and since when; a new address is shown this once."""
    address = ""
    if request.method == "POST":
        secret = services.make_calendar(request.membership)
        address = f"{settings.PORTAL_URL.rstrip('/')}{reverse('policies:calendar_feed', args=[secret])}"
    context = {"feed": calendar_of(request.membership), "address": address, "trail": trail()}
    return render(request, "policies/calendar.html", context)


@require_POST
@needs("view_policies")
def calendar_revoke(request):
    """Take the address back: it stops working at once."""
    if services.revoke_calendar(request.membership):
        messages.success(request, "The address no longer works.")
    return redirect("policies:calendar")


@login_not_required
@require_safe
def calendar_feed(request, secret):
    """What a calendar program reads: the address itself says whose calendar it is, no session is asked for.

    Unknown, taken back, and of somebody without a post are one answer.
    """
    membership = reader_of(secret)
    if membership is None:
        return HttpResponseNotFound("Not found.\n", content_type="text/plain; charset=utf-8")
    name = f"{membership.school.short_name} – policy dates"
    content = written(name, entries_of(membership))
    etag = f'"{sha256(content).hexdigest()}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
