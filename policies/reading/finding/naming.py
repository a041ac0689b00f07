"""Who is meant: the words for a post, a group or a body cut out of the sentence that names them."""

import re

from policies.reading.finding.tables import roles_in

# Between two roles of one phrase stand no more than such words.
JOINED = re.compile(
    r"(?:[\s,/&+()]|and|or|the|a|an|their|your|our|other|relevant|any|all|another|members?|of|from|both|either)*"
)
BEFORE = re.compile(
    r"(?:\b(?:an?\s+)?(?:limited|small)\s+number\s+of\s+|\bmembers?\s+of\s+(?:the\s+)?|"
    r"\bsenior\s+|\bappropriate\s+)$",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    r"^(?:either\s+|both\s+)?(?:(?:a|an|any|the|your|our|their|his|"
    r"her)\s+)?(?:(?:appropriate\s+)?members?\s+of\s+)?"
    r"(?:(?:the|our|your)\s+)?",
    re.IGNORECASE,
)


def who(text: str, beyond: int = 60) -> tuple[str, int, int] | None:
    """Return the first run of roles in a text with its start and end, or None where none begins within `beyond`."""
    found = roles_in(text[:400])
    if not found or found[0].start > beyond:
        return None
    start, end = found[0].start, found[0].end
    for mention in found[1:]:
        if not JOINED.fullmatch(text[end : mention.start]):
            break
        end = mention.end
    if before := BEFORE.search(text[max(0, start - 40) : start]):
        start -= before.end() - before.start()
    return tidy_who(text[start:end]), start, end


def tidy_who(words: str) -> str:
    """Return a phrase for somebody without the article and without "a member of"."""
    words = re.sub(r"\s+", " ", words).strip(" ,;:.()")
    if re.match(r"(?:an?\s+)?(?:limited|small)\s+number", words, re.IGNORECASE):
        return words[:1].upper() + words[1:]
    return ARTICLE.sub("", words) or words


def upper_first(words: str) -> str:
    """Return the words with a capital at their beginning."""
    return words[:1].upper() + words[1:]
