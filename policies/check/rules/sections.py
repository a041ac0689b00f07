"""The numbers of sections, and whether the contents page agrees with the body."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from policies.check.context import Context
from policies.check.table import Found, Severity, found, key_of, rule
from policies.reading.document import BlockKind

CONTENTS = "Contents"


def entries(context: Context) -> list[tuple[str, str, str]]:
    """Return the entries of the contents page as number, title and page, each empty where it is not printed."""
    return [
        (str(entry.get("number") or ""), str(entry.get("title") or "").strip(), str(entry.get("page") or "").strip())
        for entry in context.contents
    ]


def chapters(context: Context) -> dict[str, str]:
    """Return the numbers of the body's sections of the first order by their titles."""
    return {title.casefold(): number for number, title in context.sections if re.fullmatch(r"\d+", number)}


@rule("section-missing", Severity.PROBLEM)
def section_missing(context: Context) -> Iterator[Found]:
    """Gaps in the numbers of sections [PWP-38, CRO-39, CRO-08]."""
    advice = "Add what is missing, or number the sections anew."
    pairs = sorted(
        {tuple(int(part) for part in number.split(".")) for number, _ in context.sections if number.count(".") == 1}
    )
    for (chapter, last), (other, following) in pairwise(pairs):
        for missing in range(last + 1, following) if chapter == other else ():
            words = f"Section {chapter}.{missing} is missing between {chapter}.{last} and {chapter}.{following}."
            yield found(f"{chapter}.{missing}", f"After section {chapter}.{last}", words, advice)
    numbers = sorted({int(number) for number in chapters(context).values()})
    for missing in sorted(set(range(1, numbers[-1])) - set(numbers)) if numbers else ():
        yield found(str(missing), "Body", f"Section {missing} is missing from the body.", advice)


@rule("section-twice", Severity.PROBLEM, wording=True)
def section_twice(context: Context) -> Iterator[Found]:
    """Two headings with one number."""
    headings = [
        one for one in context.passages if one.kind == BlockKind.HEADING and one.section and one.text == one.heading
    ]
    for number, times in Counter(one.section for one in headings).items():
        if times > 1:
            words = f"{times} sections carry the number {number}."
            yield found(number, f"Section {number}", words, "Number the sections anew.")


@rule("contents-page-missing", Severity.HINT)
def contents_page_missing(context: Context) -> Iterator[Found]:
    """An entry without a page number [PWP-05, CRO-08]."""
    listed = entries(context)
    # A contents page that prints no pages at all lacks none.
    for number, title, page in listed if any(page for _, _, page in listed) else ():
        if not page:
            words = f"Contents entry {number}, {title}, has no page number."
            yield found(number or key_of(title), CONTENTS, words, "Update the table of contents in the document.")


@rule("contents-broken", Severity.PROBLEM)
def contents_broken(context: Context) -> Iterator[Found]:
    """An entry whose page is an error message [CRO-07]."""
    for number, title, page in entries(context):
        if page and not page.isdecimal():
            words = f"Contents entry {number}, {title}, has a broken page reference: {page}."
            yield found(number or key_of(title), CONTENTS, words, "Update the table of contents in the document.")


@rule("contents-without-section", Severity.PROBLEM)
def contents_without_section(context: Context) -> Iterator[Found]:
    """An entry for a section that the body does not have [CRO-07]."""
    titles = {title.casefold() for _, title in context.sections}
    titles |= {one.text.casefold() for one in context.passages if one.kind == BlockKind.HEADING}
    for number, title, _ in entries(context) if titles else ():
        if title.casefold() not in titles:
            words = f"Contents entry {number}, {title}, has no matching section in the body."
            advice = "Write the section that is promised, or take the entry out."
            yield found(number or key_of(title), CONTENTS, words, advice)


@rule("section-renumbered", Severity.PROBLEM)
def section_renumbered(context: Context) -> Iterator[Found]:
    """A section that the contents page numbers otherwise [CRO-08]."""
    body = chapters(context)
    for number, title, _ in entries(context):
        section = body.get(title.casefold())
        if section and number and section != number:
            words = f"{title} is {number} in the contents and {section} in the body."
            yield found(number, CONTENTS, words, "Number the sections anew and update the table of contents.")
