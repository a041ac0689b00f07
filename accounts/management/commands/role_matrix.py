"""Writes docs/roles.md from the capability table, so that the page and the code agree."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import Role
from accounts.rules import CAPABILITIES

HEAD = """# Which post may do what

Made from `accounts/rules.py` by `manage.py role_matrix`; a test compares the two. A capability opens a kind of page
or act in the school worked in. Who may see one particular thing is narrower: for incidents it is
`incidents/access.py`, which leaves out whoever a report is about and their line, and keeps sealed cases to their
handler; what may be done with which thing is in [authorisation.md](authorisation.md). A person who holds several
posts may do what any of them may.

"""


def page() -> Path:
    """Return where the page lies."""
    return Path(settings.BASE_DIR) / "docs" / "roles.md"


def render() -> str:
    """Return the page: one row per capability, one column per role."""
    rows = [["", *(role.label for role in Role)], ["---", *([":-:"] * len(Role))]]
    for capability, roles in CAPABILITIES.items():
        rows.append([capability.replace("_", " "), *("●" if role in roles else "" for role in Role)])
    return HEAD + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


class Command(BaseCommand):
    """Write the page."""

    help = "Write docs/roles.md from the table of capabilities."

    def handle(self, *args, **options) -> None:
        page().write_text(render())
