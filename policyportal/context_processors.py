"""What every page shows around its content: the school, the way around, the person."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict:
    """Return the school worked in and the person's post, for base.html."""
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "school": membership.school if membership else None,
        "demo": settings.PORTAL_DEMO,
    }
