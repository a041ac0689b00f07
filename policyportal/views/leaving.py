"""The page on which somebody is marked as a leaver: what they hold, when it ends, and why."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.forms.people import LeaverForm
from accounts.models import Membership
from accounts.rules import can_mark_as_leaver, has_ended, holds
from policyportal.leaving import held_by, mark_as_leaver
from policyportal.lib.templatetags.portal import counted, day
from policyportal.lib.workflow import Refused


@needs("manage_people")
def leaver_mark(request, pk):
    """Show what somebody holds here, and end all of it in one act."""
    posts = Membership.objects.visible_to(request.membership)
    person = get_object_or_404(posts.select_related("user", "school"), pk=pk)
    if has_ended(person) or not can_mark_as_leaver(request.membership, person):
        raise Http404
    form = LeaverForm(request.POST or None)
    if form.is_valid():
        try:
            ended = mark_as_leaver(person, by=request.membership, **form.leaving())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, told(person, ended))
            return redirect(person)
    held = held_by(person, request.membership)
    context = {
        "form": form,
        "person": person,
        "why_not": held.why_not,
        "held": sections(held, shows_channels=holds(request.membership, "view_channels")),
        "cases": counted(held.cases, "open case") if held.cases else "",
        "trail": [("People", reverse("accounts:person_list")), (person.person_name, person.get_absolute_url())],
    }
    return render(request, "policyportal/leaver_mark.html", context)


def sections(held, *, shows_channels):
    """Return what somebody holds, list by list; channels only by number to whoever may not see them."""
    authorised = [f"{row.channel}: {row.allows.lower()}" for row in held.authorisations]
    known = [f"{channel}, {channel.platform}" for channel in held.channels]
    if not shows_channels:
        authorised = [counted(len(authorised), "authorisation")] if authorised else []
        known = [counted(len(known), "channel")] if known else []
    lists = [
        ("Posts that end", [post.title for post in held.posts]),
        ("Authorisations that end", authorised),
        ("Channels whose credentials must then be changed", known),
        ("People who need another line manager", [str(post) for post in held.reports]),
    ]
    return [{"heading": heading, "lines": lines} for heading, lines in lists if lines]


def told(person, ended):
    """Say what has happened and what is still to be done."""
    if ended.leaving.done_at is None:
        words = [f"The last day of {person.person_name} is {day(ended.leaving.last_day)}. Everything ends after it."]
    else:
        words = [f"{person.person_name} has left. Their next click is refused."]
    if ended.changes:
        words.append(f"The credentials of {counted(ended.changes, 'channel')} are to be changed.")
    if ended.reports:
        whom = "1 person" if ended.reports == 1 else f"{ended.reports} people"
        words.append(f"Choose another line manager for {whom}.")
    return " ".join(words)
