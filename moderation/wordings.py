"""Courteous wordings to begin a reply with; the moderator changes them before they are sent."""

from dataclasses import dataclass

from accounts.models import School


@dataclass(frozen=True)
class Wording:
    """A reply to begin with, and when it fits."""

    key: str
    title: str
    text: str


WORDINGS = (
    Wording(
        "concern",
        "A concern about the school",
        "Thank you for telling us. We would like to hear more and put it right. Please contact the school office"
        "{reach}, and we will come back to you. If you would rather complain formally, our complaints procedure says "
        "how; the office will send it to you.",
    ),
    Wording(
        "child",
        "Something about one child",
        "Thank you for your message. We do not talk about individual children here. Please contact the school office"
        "{reach}, so that the right person can answer you.",
    ),
    Wording(
        "manner",
        "The way something is said",
        "We welcome what you think of our school, also when it is critical. Please keep to words that everybody here "
        "can read. If something troubles you, contact the school office{reach}.",
    ),
    Wording("question", "A question", "Thank you for asking. "),
    Wording("praise", "Praise", "Thank you for your kind words. We have passed them on."),
)


def wordings_for(school: School) -> list[Wording]:
    """Return the wordings with the school's own ways to reach it."""
    ways = [way for way in (school.email, school.telephone) if way]
    reach = f" ({' or '.join(ways)})" if ways else ""
    return [Wording(wording.key, wording.title, wording.text.format(reach=reach)) for wording in WORDINGS]


def wording_of(school: School, key: str | None) -> str:
    """Return the words of one wording for the school, or "" where there is none of that key."""
    return next((wording.text for wording in wordings_for(school) if wording.key == key), "")
