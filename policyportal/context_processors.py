"""What every page shows around its content: the school, the way around, the person."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Membership
from accounts.rules import holds
from accounts.selectors import unread_count
from policyportal.navigation import navigation


def page(request: HttpRequest) -> dict:
    """Return the school worked in, the links that this person may follow, and how much is unread; two queries.

    An error may be shown before the person was looked up.
    """
    membership = getattr(request, "membership", None)
    return {
        "membership": membership,
        "school": membership.school if membership else None,
        "demo": settings.PORTAL_DEMO,
        "navigation": navigation(membership, request.path),
        **account(request, membership),
        "elsewhere": getattr(membership, "elsewhere", []),
        "footer_links": footer_links(membership),
    }


def account(request: HttpRequest, membership: Membership | None) -> dict:
    """Return the links about oneself and the number of unread notifications; the first link is the person."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"account_links": [], "unread": 0}
    choose = reverse("accounts:school_choose")
    sign_in = {"label": "How you sign in", "url": reverse("socialaccount_connections")}
    if membership is None:
        return {"account_links": [{"label": user.name, "url": choose}, sign_in], "unread": 0}
    unread = unread_count(membership)
    told = f"Notifications ({unread} unread)" if unread else "Notifications"
    links = [
        {"label": user.name, "url": membership.get_absolute_url()},
        {"label": told, "url": reverse("accounts:notification_list")},
        {"label": "How you are told", "url": reverse("accounts:notification_choice")},
        sign_in,
        *own_links(membership),
        {"label": "The school", "url": reverse("accounts:school_detail")},
    ]
    if membership.elsewhere:
        links.append({"label": "Your schools", "url": choose})
    return {"account_links": links, "unread": unread}


def own_links(membership: Membership) -> list[dict]:
    """Return the link to what one declared of oneself, in a school that asks for it."""
    if not (membership.school.declares_links and holds(membership, "declare_links")):
        return []
    return [{"label": "Links with families", "url": reverse("channels:own_link_list")}]


def footer_links(membership: Membership | None) -> list[dict]:
    """Return the links at the foot: the public page of the school worked in, once it is open."""
    if membership is None or membership.school.opened_at is None:
        return []
    return [{"label": "The school’s public page", "url": membership.school.get_absolute_url()}]
