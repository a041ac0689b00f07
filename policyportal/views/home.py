"""The page that greets everybody: what waits for them, and what they may come to do."""

from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import needs
from policyportal.selectors import actions_of, by_urgency, everything_waiting, summed_up
from policyportal.views.induction import welcome


@needs("read_notifications")
def home(request):
    """What waits for me.

    A governor is led to the review dashboard by the first action, not sent there: what waits for a governor, a
    version to approve or a case only the chair may see, would be missed behind a redirect.
    """
    now = timezone.now()
    waiting = everything_waiting(request.membership)
    groups = [
        {"heading": group.heading, "tasks": [task_of(one) for one in group.tasks]}
        for group in by_urgency(waiting, now)
    ]
    context = {
        "summary": summed_up(waiting, now),
        "groups": groups,
        "actions": actions_of(request.membership),
        "welcome": welcome(request.membership),
    }
    return render(request, "policyportal/home.html", context)


def task_of(waiting):
    """Shape one waiting thing for the task list."""
    return {
        "title": waiting.title,
        "url": waiting.url,
        "hint": waiting.detail,
        "due": waiting.due,
        "status": "Safeguarding" if waiting.first else "",
        "tone": "bad",
    }
