"""How the seal of the history stands, for whoever looks after the portal: no content, no names, no numbers."""

from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import needs
from policyportal.seals import standing

HEADERS = ["What", "How it stands", "Last seen"]
FAULT_HEADERS = ["Table", "Id", "What is wrong"]


@needs("view_seal")
def seal(request):
    """Whether the history is sealed, guarded and as the portal left it."""
    now = standing()
    context = {
        "healthy": now.is_sealing and not now.is_damaged,
        "headers": HEADERS,
        "rows": rows_of(now),
        "head": [{"label": "Day", "value": now.head.day}, {"label": "Head", "value": now.head.hash}]
        if now.head
        else [],
        "fault_headers": FAULT_HEADERS,
        "faults": [[fault["table"] or "The chain", fault["thing"], fault["words"]] for fault in now.faults],
    }
    return render(request, "policyportal/seal.html", context)


def rows_of(now):
    """Return each part of the seal with how it stands and when that was last seen."""
    guarded = "Guarded" if not now.unguarded else f"Open: {', '.join(now.unguarded)}"
    return [
        ["New rows of the history", tag(now.is_sealing, "Sealed", "Not sealed"), now.sealed_at or ""],
        ["Tables of the history", tag(not now.unguarded, guarded, guarded), timezone.now()],
        ["Records against their history", *checked(now.compared, "manage.py run_due compares them each night")],
        ["The whole chain", *checked(now.proved, "manage.py audit verify proves it")],
    ]


def tag(good, yes, no):
    """Return a cell that says how something stands."""
    return {"text": yes if good else no, "tone": "good" if good else "bad"}


def checked(check, otherwise):
    """Return what a check found and when, or how it is made."""
    if check is None:
        return [{"text": "Not yet", "tone": "waiting", "hint": otherwise}, ""]
    return [tag(not check.found, "As the portal left it", "Damaged"), check.at]
