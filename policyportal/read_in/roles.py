"""Which posts of the portal a policy means when it names who does something."""

import re
from collections.abc import Iterable
from typing import Any

from accounts.models import Role, School

# How schools call these posts, longer words first: "headteacher" is no teacher.
WORDS: tuple[tuple[str, str], ...] = (
    (Role.DEPUTY_HEAD, r"deputy head ?teachers?|deputy heads?|heads? of school|assistant head ?teachers?"),
    (Role.HEAD_OF_HOUSE, r"heads? of (?:house|year)"),
    (Role.DEPUTY_DSL, r"deputy (?:designated safeguarding leads?|dsls?)|ddsls?"),
    (Role.DSL, r"designated safeguarding (?:leads?|officers?|persons?)|dsls?|safeguarding leads?"),
    (Role.HEADTEACHER, r"(?:executive |acting )?head ?teachers?|executive heads?|principals?"),
    (Role.CHAIR, r"(?:co-?)?chairs? of (?:the )?(?:governors?|governing (?:body|board))"),
    (Role.SENIOR_LEADER, r"senior lead(?:ers?|ership)(?: team)?(?: members?)?|slt|leadership team"),
    (Role.BUSINESS_MANAGER, r"(?:school )?business managers?|sbms?|bursars?"),
    (
        Role.COMPUTING_LEAD,
        r"(?:computing|ict|it|online safety|e-safety) (?:lead(?:er)?s?|co-?ordinators?|managers?)",
    ),
    (Role.DPO, r"data protection officers?|dpos?"),
    (Role.OFFICE, r"(?:school |front )?office(?: staff)?|admin(?:istrat(?:ors?|ive staff|ion staff))?(?: staff)?"),
    (Role.SUPPORT_STAFF, r"(?<=teaching and )support staff|support staff|teaching assistants?"),
    (Role.TEACHER, r"(?:class )?teachers?|teaching(?: staff)?(?= and|,|$)|teaching staff"),
    (Role.GOVERNOR, r"governors?|governing (?:body|board)"),
    (Role.VOLUNTEER, r"volunteers?"),
    (Role.CONTRACTOR, r"contractors?|agency (?:staff|workers?)"),
)


def words_of(who: Any) -> str:
    """Return the words of a policy that name somebody, whether it named one or several."""
    return who if isinstance(who, str) else ", ".join(str(one) for one in who or ())


def roles_named(who: Any, school: School) -> list[str]:
    """Return the roles that these words mean, in the order of the portal; [] where they mean none that it knows.

    The school's own words for its roles come first.
    """
    left, found = words_of(who).casefold(), set()
    own = sorted(school.role_labels.items(), key=lambda pair: len(pair[1]), reverse=True)
    for role, pattern in [*((role, re.escape(word.casefold())) for role, word in own if word), *WORDS]:
        left, times = re.subn(rf"\b(?:{pattern})\b", " ", left)
        if times:
            found.add(role)
    return in_order(found)


def in_order(roles: Iterable[str]) -> list[str]:
    """Return roles in the order of the portal."""
    wanted = set(roles)
    return [role.value for role in Role if role in wanted]


def roles_meant(value: dict[str, Any], school: School) -> list[str]:
    """Return the roles of a settled finding: those that a person chose, otherwise those that its words mean."""
    return value["roles"] if "roles" in value else roles_named(value.get("who", ""), school)
