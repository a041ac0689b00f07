"""The shape in which every app says what waits for somebody; the home page sorts them, oldest deadline first."""

from dataclasses import dataclass
from datetime import date, datetime

from policyportal.lib.dates import start_of_day


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for one person: what, where, and by when.

    `due` is an instant, a day, or None where nothing is promised. `first` puts safeguarding before all else.
    """

    title: str
    url: str
    due: datetime | date | None = None
    detail: str = ""
    first: bool = False

    def sort_key(self) -> tuple:
        """Safeguarding first, then the oldest deadline, then what has none."""
        if self.due is None:
            return (not self.first, 1, 0.0, self.title)
        instant = self.due if isinstance(self.due, datetime) else start_of_day(self.due)
        return (not self.first, 0, instant.timestamp(), self.title)
