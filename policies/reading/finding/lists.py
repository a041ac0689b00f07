"""The three lists of a policy: what may be posted on the school's channels, what never, what is removed on sight."""

import re

from policies.reading.document import Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.passages import Listing, Passage, listings, once, or_absent, sentences, stated
from policies.reading.finding.tables import platforms_in

PUBLISH = (
    r"(?:post(?:s|ed|ing)?|publish(?:es|ed)?|share[sd]?|sharing|put up|put|upload(?:s|ed|ing)?|"
    r"find|see|seen|feature[sd]?|appear[s]?|show[ns]?|announce[sd]?)"
)
PUBLISHES = re.compile(rf"\b{PUBLISH}\b", re.IGNORECASE)
NOT = re.compile(
    r"\b(?:not|never|nothing|no|neither|avoid|keep out|won['’]t|don['’]t|doesn['’]t|mustn['’]t)\b", re.IGNORECASE
)
REMOVES = re.compile(
    r"\b(?:delete[sd]?|deleting|remove[sd]?|removing|take[sn]?\s+down|taking\s+down|hide[sn]?|"
    r"hidden|clear(?:ed)?\s+away|come[s]?\s+down)\b",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\b(?:the (?:school|academy|nursery|federation|trust)|(?:the|both) (?:schools|academies)|we|our|us|"
    r"school (?:accounts?|channels?|pages?)|"
    r"official|(?:staff|those|people|whoever) (?:responsible|who (?:run|manage|look))|school['’]s)\b",
    re.IGNORECASE,
)
# A rule for a person's own use, or for what a group of people must do, is no list of the school's channels.
SUBJECT = re.compile(
    r"^(?:\W*(?:when|while|if|in)\b[^,]{0,120},\s*)?(?:all\s+|any\s+)?(?P<who>staff|employees?|"
    r"pupils?|students?|children|parents?|carers?|families|governors?|volunteers?|"
    r"teachers?|you|members of staff|everyone|anyone|the school (?:expects|encourages|considers|"
    r"asks)|we (?:expect|ask|encourage))\b",
    re.IGNORECASE,
)
PERSONAL = re.compile(r"\b(?:personal|their own|private accounts?|your own)\b", re.IGNORECASE)
RESPONSIBLE = re.compile(
    r"^(?:staff|those|people|members of staff)\s+(?:responsible|who|in charge|looking after)\b", re.IGNORECASE
)
STAFF = re.compile(r"^(?:(?:all|our)\s+)?(?:staff|employees?|members of staff|teachers?)\b", re.IGNORECASE)
# Duties of those who post that bind the content of a post.
ABOUT_CONTENT = re.compile(
    r"\b(?:tag(?:ging)?\s+(?:photo\w*|pictures?|images?|pupils?|students?|staff)|(?:post|share|"
    r"upload|publish)\w*\s+(?:\w+\s+){0,3}(?:photo\w*|pictures?|images?|videos?)|"
    r"permission[^.;]{0,80}(?:photo\w*|pictures?|images?|name)|(?:photo\w*|pictures?|"
    r"images?)[^.;]{0,80}permission|"
    r"hyper-?links?|check(?:ing)? (?:any |every |each )?links?|permission is sought before uploading)\b",
    re.IGNORECASE,
)
DUTY = re.compile(
    r"^(?:[^.;]{0,100}?,\s*)?(?:[^.;]{0,60}?\b)?(?:you|staff|employees?|members of staff|posters?|"
    r"we)\s+(?:must|should|may only|are to)\b",
    re.IGNORECASE,
)
SOUGHT = re.compile(
    r"\bpermission (?:is|must be|has to be|should be) (?:sought|obtained|given|asked for|"
    r"held) before (?:uploading|posting|sharing|publishing)\b",
    re.IGNORECASE,
)

FAMILIES = re.compile(r"\b(?:pupil|student|parent|child)", re.IGNORECASE)
# "Comments that will be removed include": what others wrote can only be taken off the school's own pages.
SAID_BY_OTHERS = re.compile(
    r"^(?:any\s+|all\s+)?(?:messages|posts?|content)\b|\b(?:comments?|replies)\b", re.IGNORECASE
)
STAFF_NAMED = re.compile(r"\bstaff\b", re.IGNORECASE)


def find(document: Document) -> list[Fact]:
    """Return the entries of the three lists, and what else binds the content of posts."""
    found = []
    for listing in listings(document):
        found += _entries(listing)
    found += _told_removals(sentences(document))
    found += _conditions(sentences(document))
    return or_absent(
        once(found, "list", "text", "platforms"),
        Kind.CHANNEL_RULE,
        "No list says what may be posted, what never, or what is removed.",
    )


def _which(listing: Listing) -> tuple[str, str, int, str] | None:
    """Return which list it is, how the school binds itself, how sure that is and why; None for any other list."""
    lead = re.sub(r"\s+", " ", listing.lead.text)[-400:]
    subject = SUBJECT.match(lead)
    ours = OURS.search(lead) or RESPONSIBLE.match(lead)
    if PERSONAL.search(lead):
        return None
    removes, publishes = REMOVES.search(lead), PUBLISHES.search(lead)
    ours_or_said = ours or SAID_BY_OTHERS.search(lead)
    if removes and ours_or_said and (not subject or RESPONSIBLE.match(lead)) and not NOT.search(lead):
        return "remove", "will", 92, "It is in the list of what is taken off the school's channels on sight."
    if not publishes or REMOVES.search(lead):
        return None
    negative = NOT.search(lead)
    if subject and not RESPONSIBLE.match(lead):
        if negative and STAFF.match(lead) and re.search(r"\bcontent\b|\bupload", lead, re.IGNORECASE):
            reason = "The list binds staff wherever they post, the school's channels among them."
            return "never", "will", 55, reason
        return None
    if not ours:
        return None
    if negative:
        return "never", "will", 93, "It is in the list of what the school never posts."
    mode = "may" if re.search(r"\b(?:may|can|might|could)\b", lead, re.IGNORECASE) else "will"
    return "may", mode, 92, f"It is in the list of what the school {mode} post."


def _entry(text: str) -> str:
    """Return an entry without the stop at its end; the one of "etc." belongs to the word."""
    return text.rstrip(" ;,") if text.endswith("etc.") else text.rstrip(" ;.,")


def _entries(listing: Listing) -> list[Fact]:
    which = _which(listing)
    if which is None:
        return []
    name, mode, sure, reason = which
    platforms = list(dict.fromkeys(mention.name for mention in platforms_in(listing.lead.text)))
    if len(platforms) == 1:
        reason += f" Its opening words name {platforms[0]}."
    return [
        stated(
            Kind.CHANNEL_RULE,
            {"list": name, "mode": mode, "platforms": platforms, "text": _entry(item.text)},
            item,
            sure,
            reason,
        )
        for item in listing.items
        if 2 < len(item.text) <= 600
    ]


TOLD_REMOVAL = re.compile(
    r"\b(?:we|the school|staff responsible for our \w+(?: \w+)? accounts|"
    r"our \w+ team)\s+(?:will\s+)?(?:always\s+|also\s+)?(?:delete|remove|take down|"
    r"hide)\s+(?P<what>[^.;:]{8,300})",
    re.IGNORECASE,
)


def _told_removals(said: list[Passage]) -> list[Fact]:
    """Read what is removed out of a sentence that is no list."""
    found = []
    for sentence in said:
        match = TOLD_REMOVAL.search(sentence.text[:1500])
        if not match or sentence.text.endswith(":") or PERSONAL.search(sentence.text[:1500]):
            continue
        platforms = [mention.name for mention in platforms_in(sentence.text[:1500])]
        value = {"list": "remove", "mode": "will", "platforms": platforms, "text": match["what"].strip()}
        reason = "The sentence says that the school takes it down."
        found.append(stated(Kind.CHANNEL_RULE, value, sentence, 70, reason, match.span("what")))
    return found


def _conditions(said: list[Passage]) -> list[Fact]:
    """Duties of staff that bind what a post may hold: no tags, first names alone, links checked, permission held."""
    found = []
    for sentence in said:
        text = sentence.text[:1000]
        if not ABOUT_CONTENT.search(text) or re.search(r"\bpersonal (?:accounts?|social)\b", text, re.IGNORECASE):
            continue
        # What is asked of pupils and parents themselves binds no channel of the school.
        for_families = FAMILIES.search(sentence.heading) and not STAFF_NAMED.search(sentence.heading)
        if not SOUGHT.search(text) and (for_families or not DUTY.match(text)):
            continue
        value = {"list": "never", "mode": "will", "platforms": [], "text": text.rstrip(" .;")}
        reason = "The sentence is a condition that a post must meet: what does not meet it is not posted."
        found.append(stated(Kind.CHANNEL_RULE, value, sentence, 60, reason))
    return found
