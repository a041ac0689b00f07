"""Makes the demo schools, or shows how to sign in to them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from policyportal.demo.activity import enliven, quiet_schools
from policyportal.demo.load import PASSWORD, load_all
from policyportal.demo.sign_ins import sign_ins


class Command(BaseCommand):
    """`demo` stores the schools that are not there yet; `demo --show` prints one sign-in for each role."""

    help = "Make the demo schools with invented people, or show how to sign in to them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --show."""
        parser.add_argument("--show", action="store_true", help="print one sign-in for each role and store nothing")

    def handle(self, *args: Any, show: bool, **options: Any) -> None:
        """Store or show; refuses where real people work."""
        if settings.IN_PRODUCTION:
            raise CommandError("PORTAL_ENV is production. Demo schools do not belong where real people work.")
        if show:
            self.stdout.write(table(sign_ins()))
            self.stdout.write(f"\nEverybody's password: {PASSWORD}")
            return
        schools = load_all()
        for school in quiet_schools():
            enliven(school)
        if schools:
            self.stdout.write("Stored: " + ", ".join(school.short_name for school in schools))
        else:
            self.stdout.write("The demo schools are there already.")


def table(rows: list[tuple[str, ...]]) -> str:
    """Return the rows as columns of text, the first row as their heads."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
