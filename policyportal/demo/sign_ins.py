"""Who may be tried out: one person for each role, from as few schools as hold them all."""

from accounts.models import Role
from accounts.selectors import demo_posts
from policyportal.demo.load import PASSWORD


def sign_ins() -> list[tuple[str, ...]]:
    """Return a head and then a row for each role that somebody holds in a demo school."""
    first = {}
    for post in demo_posts().order_by("school__name", "seniority", "starts_on"):
        first.setdefault(post.role, post)
    rows = [
        (str(role.label), first[role].school.short_name, first[role].user.name, first[role].user.email, PASSWORD)
        for role in Role
        if role in first
    ]
    return [("Role", "School", "Name", "E-mail address", "Password"), *rows]
