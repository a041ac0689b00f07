"""Whom the policy serves: schools in the title and in the text, and words that belong to another kind of school."""

import re
from collections.abc import Iterator

from policies.check.context import Context
from policies.check.rules.contact import says
from policies.check.table import Found, Severity, found, in_words, key_of, quoted, rule
from policies.models import Audience

PARTS = ("nursery", "sixth form", "pre-school", "preschool", "children's centre")
SECONDARY = (
    r"\bHead of (House|Year|Secondary|Sixth Form|Faculty)\b",
    r"\bsixth[- ]form(ers?)?\b",
    r"\bfuture employers?\b",
    r"\b(GCSEs?|A-levels?)\b",
    r"\bform tutors?\b",
)


@rule("title-one-school", Severity.PROBLEM)
def title_one_school(context: Context) -> Iterator[Found]:
    """A title that names one of the schools that the policy serves [HEA-03, HEA-04]."""
    named = [one for one in context.schools if one.short_name and one.short_name in context.title]
    others = [one for one in context.schools if one not in named]
    advice = "Name every school in the title, or the federation."
    for school in named if others else ():
        words = f"The title names {school.name} alone, but the policy serves {in_words(o.name for o in others)} too."
        yield found(key_of(school.name), "Title", words, advice)
    meant = context.first(
        r"\bschool[”\"’']?\b[^.]{0,40}\b(all|every|each of the) (of the )?(schools|school|academies)\b[^.]*\b"
        r"(federation|trust|partnership)\b"
    )
    own = [one for one in context.schools if one.name.casefold() in f"{context.title}\n{context.front}".casefold()]
    if meant and len(context.schools) == 1 and own:
        words = f"The title names {own[0].name} alone, but “school” means every school: {quoted(meant.sentence)}"
        yield found(key_of(own[0].name), "Title", words, advice)


@rule("template-residue", Severity.GAP)
def template_residue(context: Context) -> Iterator[Found]:
    """Words of a template that was made for another kind of school [MLC-01, MLC-28]."""
    about = f"{context.title} " + " ".join(f"{one.name} {one.phase} {one.federation}" for one in context.schools)
    foreign = {
        "trust": r"\b(the|this|our|school/|a) ?trust\b(?! (in|that|you))|/trust\b",
        "college": r"\b(school/)?colleges?\b(?! of)",
        "academy": r"\b(the|this|our) academy\b",
        "employer": r"(?<!future )(?<!your )(?<!students' )\bthe employer\b|\bby employer\b",
    }
    for word, pattern in foreign.items():
        hits = [hit for hit in context.hits(pattern) if not says(r"future employers", hit.match[0])]
        if hits and word not in about.casefold():
            yield found(
                word,
                hits[0].passage,
                f"{quoted(hits[0].match[0].strip())} does not fit this school: {quoted(hits[0].sentence)}",
                "Put the school's own word in its place.",
            )


@rule("secondary-words", Severity.GAP)
def secondary_words(context: Context) -> Iterator[Found]:
    """Words of a secondary school in a primary [HEA-01, HEA-45, HEA-48]."""
    if not context.is_primary:
        return
    known = " ".join(context.roles).casefold()
    for pattern in SECONDARY:
        for hit in context.hits(pattern):
            # Staff of a primary may have future employers.
            of_pupils = Audience.PUPILS in hit.passage.audiences or "employer" not in hit.match[0].lower()
            if of_pupils and hit.match[0].casefold() not in known:
                yield found(
                    key_of(hit.match[0]),
                    hit.passage,
                    f"{quoted(hit.match[0])} belongs to a secondary school, and this is a primary.",
                    "Put the school's own word in its place, or take it out.",
                )


@rule("body-title-only", Severity.GAP, wording=True)
def body_title_only(context: Context) -> Iterator[Found]:
    """A part of the school that stands in the title and nowhere else [MLC-01, CRO-01]."""
    names = f"{context.title} " + " ".join(one.name for one in context.schools)
    body = "\n".join(one.text for one in context.body if one.place and one.text.casefold() not in names.casefold())
    for part in PARTS:
        if says(rf"\b{part}\b", names) and not says(rf"\b{part}", body):
            yield found(
                key_of(part),
                "Title",
                f"The title names the {part}; the text never speaks of it.",
                "Say what holds there: who leads it, and whether every rule applies.",
            )


@rule("singular-for-several", Severity.GAP, wording=True)
def singular_for_several(context: Context) -> Iterator[Found]:
    """Several schools in the title, one school and one headteacher in the text [CRO-01, CRO-02]."""
    several = len(context.schools) > 1 or any(
        re.search(r"\band\b.*\bschools\b", one.name, re.I) for one in context.schools
    )
    # "The school office" is one of several, and rightly so.
    hit = context.first(
        r"\bthe (school(?=[’'][s ]|[,.;:)]| (will|may|must|is|has|can|cannot|does|expects|encourages|at|in|to|or)\b)|"
        r"head ?teacher\b)"
    )
    defined = context.first(
        r"\bschool[”\"’']?\b[^.]{0,40}\b(includes|means|refers to|all schools|both)\b|\bboth schools\b"
    )
    if several and hit and not defined:
        yield found(
            "school",
            hit.passage,
            f"The policy serves several schools, and the text speaks of one: {quoted(hit.match[0])}.",
            "Say at the beginning that “the school” means each of them.",
        )
