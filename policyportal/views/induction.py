"""The page that a person who joins a school is led to: what is owed, what is done, and what is good to know."""

from django.shortcuts import render

from accounts.decorators import needs
from policyportal.induction import first_steps, is_new
from policyportal.selectors import actions_of


@needs("read_notifications")
def induction(request):
    """What is owed at joining."""
    membership = request.membership
    steps = first_steps(membership)
    context = {
        "new": is_new(membership),
        "owed": sum(not step.done for step in steps),
        "tasks": [task_of(step) for step in steps],
        "actions": actions_of(membership),
    }
    return render(request, "policyportal/induction.html", context)


def task_of(step):
    """Shape a step for the task list."""
    return {
        "title": step.title,
        "url": step.url,
        "hint": step.detail,
        "due": None if step.done else step.due,
        "status": "Done" if step.done else "To do",
        "tone": "good" if step.done else "waiting",
    }


def welcome(membership):
    """Return what the home page says while something is owed from joining, or None."""
    steps = first_steps(membership)
    owed = sum(not step.done for step in steps)
    if not owed:
        return None
    return {"new": is_new(membership), "done": len(steps) - owed, "all": len(steps)}
