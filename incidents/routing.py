"""Who is led to a report and who is kept from it: one pure function of the report and of the school's posts.

It carries out the routing by subject: by the person complained of, never by seniority alone, and never to that person
[PWP-61, PWP-71, MLC-48, HEA-43, HEA-44, GRA-52, GRA-53].
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import Role
from accounts.rules import GOVERNORS, LEADERSHIP, SAFEGUARDING, STAFF
from incidents.models import About, Incident

ORDINARY = Incident.Confidentiality.ORDINARY
CONFIDENTIAL = Incident.Confidentiality.CONFIDENTIAL
SEALED = Incident.Confidentiality.SEALED

COMPLAINTS = "Complaints procedure"


@dataclass(frozen=True)
class Post:
    """One post that a person holds on the day of the report. `managers` are the people above it, nearest first."""

    user_id: UUID
    role: str
    seniority: int = 100
    away: bool = False
    managers: tuple[UUID, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Facts:
    """What the way of a report depends on.

    `held_for` are people whom its words name as if it were about them, `linked` those with a declared link to a pupil
    whom it names: they are kept from it, whatever post they hold [GRA-50].
    """

    about: str
    subjects: frozenset[UUID] = frozenset()
    reporter: UUID | None = None
    safeguarding: bool = False
    is_concern: bool = False
    tell_leaders: bool = False
    held_for: frozenset[UUID] = frozenset()
    linked: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Led:
    """A person, and the post in which the report reaches them."""

    user_id: UUID
    role: str


@dataclass(frozen=True)
class Route:
    """Where a report goes. The first of `handlers` acts now; `told` are the people who hear of it at once."""

    confidentiality: str
    handlers: tuple[Led, ...]
    readers: tuple[Led, ...]
    excluded: frozenset[UUID]
    told: tuple[UUID, ...]
    reason: str
    procedure: str


@dataclass(frozen=True)
class Row:
    """One row of the routing table: the groups of posts to try in turn, who reads, who is kept from it."""

    confidentiality: str
    groups: tuple[tuple[Post, ...], ...]
    why: str
    readers: tuple[Post, ...] = ()
    excluded: frozenset[UUID] = frozenset()
    tell_readers: bool = False


@dataclass(frozen=True)
class Roll:
    """The posts of a school on one day, by role and by person."""

    posts: tuple[Post, ...]
    label_of: Callable[[str], str] = field(default=lambda role: Role(role).label)

    def holding(self, *roles: str) -> tuple[Post, ...]:
        """Posts of these roles, in the order of the roles and then the most senior first."""
        wanted = [post for post in self.posts if post.role in roles]
        return tuple(sorted(wanted, key=lambda post: (roles.index(post.role), post.seniority)))

    def people(self, *roles: str) -> frozenset[UUID]:
        """Everybody who holds one of these roles."""
        return frozenset(post.user_id for post in self.posts if post.role in roles)

    def hold(self, people: Iterable[UUID], *roles: str) -> bool:
        """Tell whether any of `people` holds one of these roles."""
        return not self.people(*roles).isdisjoint(people)

    def most_senior(self, roles: Iterable[str], without: frozenset[UUID]) -> tuple[Post, ...]:
        """The one most senior person in school who is not in `without`."""
        there = [p for p in self.posts if p.role in roles and not p.away and p.user_id not in without]
        return tuple(sorted(there, key=lambda post: post.seniority)[:1])

    def line_of(self, people: Iterable[UUID]) -> frozenset[UUID]:
        """The managers between these people and the headteacher, who stays case manager for all staff."""
        heads = self.people(Role.HEADTEACHER)
        line: set[UUID] = set()
        for post in self.posts:
            if post.user_id in set(people):
                for manager in post.managers:
                    if manager in heads:
                        break
                    line.add(manager)
        return frozenset(line)

    def tree_of(self, people: Iterable[UUID]) -> frozenset[UUID]:
        """Everybody who stands under these people in some line."""
        return frozenset(post.user_id for post in self.posts if set(people) & set(post.managers))

    def label(self, role: str) -> str:
        """The school's own word for a role, to stand inside a sentence."""
        label = self.label_of(role)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def route(facts: Facts, roll: Roll, procedures: Mapping[str, str]) -> Route:
    """Return where a report goes: whom it is led to, who may read it, who is kept from it, why, and the procedure.

    Nobody handles a report about them or one that they filed; where nobody of a row is left, the next row takes it,
    then the chair, then the trust officer. `reason` says so in the school's own words for its roles.
    """
    row = _row(facts, roll)
    excluded = row.excluded | facts.subjects | facts.held_for | facts.linked
    barred = excluded | ({facts.reporter} if facts.reporter else set())
    overseers = () if row.confidentiality == SEALED else (roll.holding(Role.CHAIR),)
    groups = [*row.groups, *overseers, roll.holding(Role.TRUST_OFFICER)]
    handlers, notes = _first_present(groups, len(row.groups), barred, roll)
    readers = [post for post in row.readers if post.user_id not in excluded]
    if row.confidentiality != SEALED:
        # Who would have handled what they filed themselves may still read it.
        readers += [
            p for group in row.groups for p in group if p.user_id == facts.reporter and p.user_id not in excluded
        ]
    led = _people(handlers)
    reading = tuple(one for one in _people(readers) if one.user_id not in {h.user_id for h in led})
    told = [one.user_id for one in led]
    told += [one.user_id for one in reading if row.tell_readers and one.user_id != facts.reporter]
    procedure = procedures.get("concern", COMPLAINTS) if facts.is_concern else procedures.get(facts.about, "")
    return Route(
        confidentiality=row.confidentiality,
        handlers=led,
        readers=reading,
        excluded=excluded,
        told=tuple(told),
        reason=" ".join([row.why, *notes])[:300],
        procedure=procedure,
    )


def _row(facts: Facts, roll: Roll) -> Row:
    """Return the row of the table that the report falls under; of several subjects the gravest decides."""
    if facts.held_for:
        return _held(facts.held_for, roll)
    if facts.subjects:
        return _about_a_person_with_a_post(facts, roll)
    if facts.about == About.STAFF:
        return _about_staff(facts, roll)
    return _about_others(facts, roll)


def _held(named: frozenset[UUID], roll: Roll) -> Row:
    chair = roll.label(Role.CHAIR)
    why = f"Held for the {chair} to look at first: its words name somebody who would otherwise handle it."
    if roll.hold(named, Role.CHAIR) and roll.hold(named, Role.HEADTEACHER):
        return Row(SEALED, (), why)
    return Row(SEALED, (roll.holding(Role.CHAIR),), why)


def _about_a_person_with_a_post(facts: Facts, roll: Roll) -> Row:
    subjects, chairs = facts.subjects, roll.holding(Role.CHAIR)
    chair, head = roll.label(Role.CHAIR), roll.label(Role.HEADTEACHER)
    about_head = roll.hold(subjects, Role.HEADTEACHER)
    # Nobody whom the head manages; a chair who also helps in class stays the chair.
    staff = roll.people(*STAFF) - roll.people(Role.CHAIR)
    if roll.hold(subjects, Role.CHAIR):
        if about_head:
            return Row(SEALED, (), f"About the {chair} and the {head}.", excluded=staff)
        return Row(SEALED, (chairs,), f"About the {chair}: another holder of that post takes it.")
    if about_head:
        return Row(SEALED, (chairs,), f"About the {head}: the {chair} takes it.", excluded=staff)
    if roll.hold(subjects, *GOVERNORS, Role.TRUST_OFFICER):
        return Row(SEALED, (chairs,), f"About a governor or officer: the {chair} takes it.")
    return _about_staff(facts, roll)


def _about_staff(facts: Facts, roll: Roll) -> Row:
    """The headteacher is case manager. The designated lead reads, and acts where a child may be at risk."""
    subjects, heads = facts.subjects, roll.holding(Role.HEADTEACHER)
    leads = roll.holding(Role.DSL)
    why = f"About a member of staff: the {roll.label(Role.HEADTEACHER)} is case manager."
    kept = roll.line_of(subjects) | roll.tree_of(subjects)
    own_line = roll.line_of([facts.reporter]) if facts.reporter else frozenset()
    if own_line & subjects:
        kept |= own_line
    if roll.hold(subjects, Role.DSL):
        kept |= roll.people(*SAFEGUARDING)
    # Every line leads to the headteacher, who may also be a deputy lead; only as a subject are they kept out.
    kept -= roll.people(Role.HEADTEACHER)
    if roll.hold(subjects, Role.DSL):
        return Row(CONFIDENTIAL, (heads,), why, excluded=kept)
    if roll.hold(subjects, *LEADERSHIP):
        return Row(CONFIDENTIAL, (heads,), why, excluded=kept)
    if facts.safeguarding or roll.hold(subjects, Role.DEPUTY_DSL):
        kept -= roll.people(Role.DSL) if roll.hold(subjects, Role.DEPUTY_DSL) else frozenset()
        return Row(CONFIDENTIAL, ((*heads, *leads),), why, excluded=kept)
    return Row(CONFIDENTIAL, (heads,), why, readers=leads, excluded=kept)


def _about_others(facts: Facts, roll: Roll) -> Row:
    """Pupils, parents, the community and whoever was not said."""
    heads, leads = roll.holding(Role.HEADTEACHER), roll.holding(Role.DSL)
    deputies = roll.holding(Role.DEPUTY_DSL)
    barred = frozenset({facts.reporter} - {None}) | roll.people(Role.HEADTEACHER, *SAFEGUARDING)
    on_duty = roll.most_senior(STAFF, barred)
    if all(post.away for post in (*heads, *leads)):
        # With both away it goes to the most senior person in school, whether or not a deputy lead is there.
        deputies += on_duty
    head = roll.label(Role.HEADTEACHER)
    if facts.safeguarding:
        why = f"A child may be at risk: the {roll.label(Role.DSL)} takes it, the {head} reads."
        groups = ((*leads, *deputies), heads, on_duty)
        readers = roll.holding(Role.HEADTEACHER, *sorted(LEADERSHIP)) if facts.tell_leaders else heads
        return Row(CONFIDENTIAL, groups, why, readers=readers, tell_readers=True)
    if facts.about == About.PUPIL:
        why = f"About a pupil: the {head} and the {roll.label(Role.DSL)} both hear of it."
        return Row(ORDINARY, ((*heads, *leads), deputies, on_duty), why)
    if facts.tell_leaders:
        # Whom the school calls its senior managers act together with the head [MLC-52].
        leaders = roll.holding(Role.HEADTEACHER, *sorted(LEADERSHIP - {Role.HEADTEACHER}))
        return Row(ORDINARY, (leaders, leads, deputies, on_duty), f"For the leaders: the {head} or another takes it.")
    return Row(ORDINARY, (heads, leads, deputies, on_duty), f"About conduct: the {head} takes it.")


def _first_present(
    groups: Iterable[tuple[Post, ...]], own: int, barred: frozenset[UUID], roll: Roll
) -> tuple[list[Post], list[str]]:
    """Return who handles it, those in school first, and what the reason has to add.

    Groups are tried in turn until somebody of one is in school; whoever is away stays on it for their return
    [HEA-44]. The first `own` groups are the row's own.
    """
    handlers: list[Post] = []
    notes: list[str] = []
    for place, group in enumerate(groups):
        fit = [post for post in group if post.user_id not in barred]
        there = [post for post in fit if not post.away]
        handlers += fit
        if there:
            away = [post for post in handlers if post.away]
            if away:
                notes.append(f"The {roll.label(away[0].role)} is away, so the {roll.label(there[0].role)} acts.")
            elif place and (own or place > 1):
                notes.append(f"Nobody before may handle it, so the {roll.label(there[0].role)} does.")
            break
    else:
        notes.append("Nobody who may handle it is in school." if handlers else "Nobody qualifies to handle it.")
    return sorted(handlers, key=lambda post: post.away), notes


def _people(posts: Iterable[Post]) -> tuple[Led, ...]:
    """Return each person once, in the post in which they come first."""
    seen: dict[UUID, Led] = {}
    for post in posts:
        seen.setdefault(post.user_id, Led(post.user_id, post.role))
    return tuple(seen.values())


TITLES = r"(?:mr|mrs|ms|miss|mx|dr|sir|madam|rev|prof)\.?\s+"
# "The head" is a person, unless something was done to, on or over it.
HEADS = (
    r"\bhead\s?-?\s?(?:teacher|master|mistress)\b",
    r"\bhead of (?:the )?school\b",
    r"(?<!\bon )(?<!\bin )(?<!\bto )(?<!\bat )(?<!\bover )(?<!\bround )(?<!\baround )"
    r"(?<!\bagainst )\b(?:the|our) head\b"
    r"(?! of (?!school|the school))",
)
LEADS = (r"\bdsl\b", r"\bsafeguarding (?:lead|officer)\b", r"\bdesignated (?:safeguarding )?lead\b")
CHAIRS = (r"\b(?:co-?)?chair(?:man|woman|person)?\b(?: of (?:the )?governors)?",)
WORDS_FOR = {Role.HEADTEACHER: HEADS, Role.DSL: LEADS, Role.CHAIR: CHAIRS}


def named_in(who: str, words: str, roll: Roll) -> frozenset[UUID]:
    """Return the holders of the deciding posts (head, designated lead, chair) whom free text names.

    By full name, title and surname, the word for the post, or, in `who` alone, initials. `words` may be left empty
    where the report says whom it is about.
    """
    text = f"{who}\n{words}".lower()
    named: set[UUID] = set()
    for role, patterns in WORDS_FOR.items():
        labels = (rf"\b{re.escape(roll.label_of(role).lower())}\b",)
        by_post = any(re.search(pattern, text) for pattern in (*patterns, *labels))
        named |= {post.user_id for post in roll.holding(role) if by_post or _is_named(post.name, who, text)}
    return frozenset(named)


def staff_named_in(who: str, roll: Roll) -> frozenset[UUID]:
    """Return everybody with a post whom `who` names, so that they are kept from the report."""
    return frozenset(post.user_id for post in roll.posts if _is_named(post.name, who, who.lower()))


def _is_named(name: str, who: str, text: str) -> bool:
    parts = name.lower().split()
    if len(parts) < 2:
        return False
    initials = "".join(part[0] for part in parts)
    if re.fullmatch(r"(?:[A-Z]\.?\s?){2,4}", who.strip()) and re.sub(r"[^a-z]", "", who.lower()) == initials:
        return True
    surname = re.escape(parts[-1])
    full = re.escape(" ".join(parts))
    return bool(re.search(rf"\b{full}\b", text) or re.search(rf"\b{TITLES}{surname}\b", text))
