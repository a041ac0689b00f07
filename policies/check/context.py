"""What a rule of the check is given: the facts of a policy, its text in passages, and what the register holds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from policies.models import Audience, PolicyVersion
from policies.reading.document import BlockKind, Document
from policies.reading.facts import Kind
from policyportal.lib.dates import Precision, StatedDate

NUMBERED = re.compile(r"^(?P<number>\d+(?:\.\d+)*)[.)]?\s+(?P<title>\S.*)$")
MARKS = re.compile(r"^[\s>•➤▪●◦*·–-]+(?=\S)")
SENTENCES = re.compile(r"(?<=[.!?;])[”’\")]*\s+(?=[A-Z“‘\"(*])")
AUDIENCES = {
    Audience.PUPILS: re.compile(r"(?<!their )\b(pupils?|students?|child(ren)?)\b", re.I),
    Audience.PARENTS: re.compile(r"\b(parents?|carers?|famil(y|ies))\b", re.I),
    Audience.STAFF: re.compile(r"\b(staff|employees?|governors?|volunteers?|teachers?)\b", re.I),
}


@dataclass(frozen=True)
class Passage:
    """A heading, paragraph or item of the text, with the headings above it and the words that lead to a list."""

    number: int
    kind: str
    text: str
    section: str = ""
    heading: str = ""
    above: tuple[str, ...] = ()
    lead: str = ""
    page: int | None = None
    audiences: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Where it stands, in words for a reader."""
        words = f"{self.section} {self.heading}".strip()
        return words or (f"Page {self.page}" if self.page else "")

    @property
    def under(self) -> str:
        """Every heading that it stands under, from the top down, with its own."""
        return " / ".join((*self.above, self.heading))

    @property
    def sentences(self) -> list[str]:
        """Its sentences, roughly."""
        return [part.strip() for part in SENTENCES.split(self.text) if part.strip()]


@dataclass(frozen=True)
class Hit:
    """Where a pattern was met."""

    passage: Passage
    sentence: str
    match: re.Match[str]


@dataclass(frozen=True)
class ServedSchool:
    """A school that the policy serves."""

    name: str
    short_name: str = ""
    phase: str = ""
    federation: str = ""


@dataclass(frozen=True)
class NamedChannel:
    """A channel as the policy names it; `audience` is empty where it does not say who can see it."""

    platform: str
    name: str = ""
    audience: str = ""


@dataclass(frozen=True)
class Cited:
    """A policy, law or guidance that the policy leans on; `kind`, `standing` and the rest as of Reference."""

    kind: str
    title: str
    listed: bool = True
    year: int | None = None
    edition: str = ""
    standing: str = ""


@dataclass(frozen=True)
class RegisteredChannel:
    """A channel of the register: its platform's names, and whether it is open to everybody."""

    platform: str
    name: str
    school: str
    aliases: tuple[str, ...] = ()
    minimum_age: int | None = None
    is_public: bool = False
    managers: tuple[str, ...] = ()
    authorisers: tuple[str, ...] = ()
    has_rules: bool = False


@dataclass(frozen=True)
class Register:
    """What an upper app knows of the schools that the policy serves: their channels, and the ages of platforms."""

    channels: tuple[RegisteredChannel, ...] = ()
    minimum_ages: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Context:
    """A policy as the rules see it, read from a document or from what the portal stores.

    `verbatim` says that the passages are the document's own words. `facts` are the values that the reader found, by
    kind; None where nobody has read the document. `today` is the day of the check.
    """

    title: str
    today: date
    schools: tuple[ServedSchool, ...] = ()
    passages: tuple[Passage, ...] = ()
    headers: tuple[str, ...] = ()
    verbatim: bool = False
    is_draft: bool = False
    facts: dict[str, list[dict[str, Any]]] | None = None
    approver_kind: str = PolicyVersion.Approver.NOT_STATED
    approver_name: str = ""
    approver_role: str = ""
    minute: str = ""
    issued: str = ""
    signed: str = ""
    approved_on: StatedDate = StatedDate(None, Precision.NONE)
    last_reviewed_on: StatedDate = StatedDate(None, Precision.NONE)
    review_due_on: StatedDate = StatedDate(None, Precision.NONE)
    cycle_months: int | None = None
    contents: tuple[dict[str, str], ...] = ()
    channels: tuple[NamedChannel, ...] | None = None
    cited: tuple[Cited, ...] = ()
    register: Register | None = None
    # The words of the schools for the roles that they have.
    roles: tuple[str, ...] = ()
    year_starts: tuple[int, int] = (9, 1)
    _found: dict[str, list[Hit]] = field(default_factory=dict, compare=False)

    @cached_property
    def text(self) -> str:
        """All of the text, a passage a line."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def front(self) -> str:
        """What stands before the first passage under a heading of the body: titles, names, dates."""
        return "\n".join([self.title, *self.headers, *(one.text for one in self.passages if not one.place)])

    def hits(self, pattern: str) -> list[Hit]:
        """Return where a pattern is met in a sentence, letter case aside unless the pattern says otherwise."""
        if pattern not in self._found:
            sought = re.compile(pattern, re.I)
            self._found[pattern] = [
                Hit(passage, sentence, match)
                for passage in self.passages
                if passage.kind != BlockKind.CONTENTS
                for sentence in passage.sentences
                if (match := sought.search(sentence))
            ]
        return self._found[pattern]

    def first(self, pattern: str) -> Hit | None:
        """Return the first place at which a pattern is met."""
        return next(iter(self.hits(pattern)), None)

    def stated(self, kind: Kind) -> list[dict[str, Any]]:
        """Return the values of a kind that the reader found."""
        return (self.facts or {}).get(kind, [])

    @property
    def body(self) -> list[Passage]:
        """Everything but headings and contents."""
        return [one for one in self.passages if one.kind not in (BlockKind.HEADING, BlockKind.CONTENTS)]

    @cached_property
    def sections(self) -> list[tuple[str, str]]:
        """The numbered sections of the body in order, as number and title."""
        found = {one.section: one.heading for one in self.passages if one.section and one.kind != BlockKind.CONTENTS}
        return list(found.items())

    def lists(self, lead: str) -> Iterator[Passage]:
        """Yield the items of every list whose leading words match."""
        sought = re.compile(lead, re.I)
        return (one for one in self.passages if one.lead and sought.search(one.lead))

    @property
    def is_primary(self) -> bool:
        """Whether every school it serves is for children under twelve."""
        young = re.compile(r"\b(primary|infants?|juniors?|first school|nursery)\b", re.I)
        return bool(self.schools) and all(young.search(f"{one.phase} {one.name}") for one in self.schools)

    @cached_property
    def is_about_channels(self) -> bool:
        """Whether it is a policy on social media: of another one nobody expects that it names channels."""
        return bool(re.search(r"\bsocial (media|network)", f"{self.title}\n{self.text}", re.I))

    @property
    def base_of_cycle(self) -> StatedDate:
        """From when the cycle counts: the last review or, without one, the approval."""
        return self.last_reviewed_on or self.approved_on

    @property
    def due_by_cycle(self) -> StatedDate:
        """When the next review is due by the cycle."""
        if not self.cycle_months:
            return StatedDate(None, Precision.NONE)
        return self.base_of_cycle.plus_months(self.cycle_months)


Filler = Callable[[PolicyVersion], Register]
_FILLERS: list[Filler] = []


def fills_register(filler: Filler) -> Filler:
    """Let an upper app say what its register of channels holds for the schools of a version."""
    _FILLERS[:] = [filler]
    return filler


def register_for(version: PolicyVersion) -> Register | None:
    """Return what the register holds, where an upper app keeps one."""
    return _FILLERS[0](version) if _FILLERS else None


def passages_of(document: Document) -> list[Passage]:
    """Return the blocks of a document with the headings and leading words that they stand under."""
    found: list[Passage] = []
    above: list[tuple[int, str]] = []
    section, lead = "", ""
    for number, block in enumerate(document.blocks):
        text = MARKS.sub("", block.text).strip()
        if block.kind == BlockKind.HEADING:
            numbered = NUMBERED.match(text)
            section, title = (numbered["number"], numbered["title"]) if numbered else ("", text)
            level = len(section.split(".")) if section else block.level
            above = [(depth, words) for depth, words in above if depth < level] + [(level, title.strip())]
            text = title.strip()
        if block.kind != BlockKind.ITEM:
            lead = text
        titles = tuple(words for _, words in above)
        found.append(
            Passage(
                number,
                str(block.kind),
                text,
                section,
                titles[-1] if titles else "",
                titles[:-1],
                lead if block.kind == BlockKind.ITEM else "",
                block.page,
                audiences_of(titles),
            )
        )
    return found


def audiences_of(titles: tuple[str, ...]) -> frozenset[str]:
    """Return for whom a part is written, as the nearest heading that names somebody tells."""
    for title in reversed(titles):
        named = frozenset(one for one, pattern in AUDIENCES.items() if pattern.search(title))
        if named:
            return named
    return frozenset()
