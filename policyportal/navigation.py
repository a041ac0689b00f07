"""The way around the portal: what each page is called, where it is, and which capability shows it."""

from django.urls import reverse

from accounts.models import Membership
from accounts.rules import holds

NAVIGATION = (
    ("Home", "portal:home", "read_notifications"),
    ("Incidents", "incidents:incident_list", "view_incidents"),
    ("Moderation", "moderation:item_list", "flag_items"),
    ("Channels", "channels:channel_list", "view_channels"),
    ("Policies", "policies:policy_list", "view_policies"),
    ("Guide", "policies:guide", "acknowledge_policies"),
    ("People", "accounts:person_list", "view_people"),
    ("Classes", "accounts:class_list", "view_families"),
    ("Lessons", "policies:lesson_list", "view_lessons"),
    ("Dashboard", "portal:dashboard", "view_dashboard"),
    ("History", "portal:audit", "view_audit"),
    ("Monitoring", "incidents:monitoring_list", "log_monitoring"),
    ("Seal", "portal:seal", "view_seal"),
    ("Who looked", "incidents:look_list", "oversee_looks"),
    ("Who looked", "incidents:look_counts", "count_looks"),
)
# Pages that anybody may open are addressed by the school, and by what else is said here.
PUBLIC = {"policies:guide": ("staff",)}
OF_AN_OPEN_SCHOOL = {"policies:guide", "incidents:report_create"}


def address_of(name: str, membership: Membership) -> str:
    """Return the address of a page for somebody working in a school."""
    return reverse(name, args=(membership.school.slug, *PUBLIC[name]) if name in PUBLIC else ())


def is_closed(name: str, membership: Membership) -> bool:
    """Tell whether a page is for an open school only, and this one is still being set up."""
    return membership.school.opened_at is None and name in OF_AN_OPEN_SCHOOL


def navigation(membership: Membership | None, path: str) -> list[dict]:
    """Return the links that the person's posts open; the nearest one to the page shown is marked."""
    if membership is None:
        return []
    links = [
        {"label": label, "url": address_of(name, membership), "current": False}
        for label, name, capability in NAVIGATION
        if holds(membership, capability) and not is_closed(name, membership)
    ]
    leading_here = [link for link in links if path.startswith(link["url"]) and (link["url"] != "/" or path == "/")]
    if leading_here:
        max(leading_here, key=lambda link: len(link["url"]))["current"] = True
    return links
