"""The school's own channels: which there are and who sees them, who looks after them, who says who may post."""

import re
from collections.abc import Iterator

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.naming import tidy_who, upper_first, who
from policies.reading.finding.passages import Listing, Passage, is_short, listings, once, or_absent, sentences, stated
from policies.reading.finding.tables import Mention, platforms_in

OWN = r"(?:official|our(?: own)?|school[- ]run|the school(?:['’]s)?|school(?:['’]s)?)"
PLACE = r"(?:channels?|accounts?|pages?|sites?|feeds?|profiles?|platforms?|presence)"
ACCOUNT = re.compile(rf"\b{PLACE}\b", re.IGNORECASE)
# Words that open a list of the school's own channels.
OPENS_LIST = re.compile(
    rf"\b(?:official|our|school(?:['’]s)?|we|places|where)\b[^.]{{0,80}}\b(?:{PLACE[3:-1]}|post|find us|online)\b",
    re.IGNORECASE,
)
HAS = re.compile(
    r"\b(?:(?:the|our|each|every) (?:school|academy|nursery|trust|federation)|"
    r"(?:the|both|our|all) (?:schools|academies)|we)\b[^.;]{0,60}?"
    r"\b(?:has|have|runs?|keeps?|operates?|maintains?|uses?|is on|are on|can be found on|posts? on)\b[^.;]{0,80}?"
    rf"\b(?:official|own|{PLACE[3:-1]}|website)\b",
    re.IGNORECASE,
)
# Accounts that are somebody else's, or places spoken of for another reason.
NOT_OURS = re.compile(
    r"\b(?:personal|private lives|their own|own children|parents?['’]?(?:s['’]?)? groups?|"
    r"informal|class whatsapp|such as|"
    r"should not|must not|do not|never|will not|aged?|minimum age|over 13s?|follow(?:s|ing)? (?:you|other))\b",
    re.IGNORECASE,
)
PRIVATE = re.compile(
    r"\b(?:private|closed to|invitation[- ]only|(?:only )?for parents(?: only)?|parents only|"
    r"seen only by|only (?:seen|open) (?:by|to)|families only|only families|locked)\b",
    re.IGNORECASE,
)
CLOSED = re.compile(r"\bclosed group\b", re.IGNORECASE)
PUBLIC = re.compile(
    r"\b(?:public|open to (?:all|everyone|anyone)|anyone (?:can|may) (?:see|read|follow)|"
    r"everybody (?:can|may) see)\b",
    re.IGNORECASE,
)
WEBSITE = re.compile(
    r"\b(?:an? |the |our )(?:\w+ )?(?:official |own )(?:school )?web\s?site\b|\bour (?:school )?web\s?site\b",
    re.IGNORECASE,
)

MANAGED = re.compile(
    r"\b(?:managed|run|administered|looked after|maintained|operated|kept|cared for|"
    r"updated)\s+(?:jointly\s+|only\s+|solely\s+)?by\s+",
    re.IGNORECASE,
)
MANAGES = re.compile(
    r"^(?P<who>[^.;:]{3,140}?)\s+(?:(?:is|are)\s+(?:jointly\s+)?(?:responsible for|"
    r"in charge of)\s+(?:managing|running|maintaining|updating|administering|looking after|"
    r"the running of|the)?"
    r"|(?:manages?|runs?|administers?|looks? after|keeps?|maintains?)|(?:has|have|"
    r"holds?)\s+administrator rights)\b",
    re.IGNORECASE,
)
AUTHORISED = re.compile(
    r"\b(?:authori[sz]ed|authori[sz]ation|approved|approval|permission|agreed|agreement|appointed|"
    r"named|chosen|consent|say-so|go-ahead)\b[^.;]{0,30}?\b(?:by|of|from|with|given by)\s+",
    re.IGNORECASE,
)
AUTHORISES = re.compile(
    r"^(?P<who>(?:The|Our|Only the|Both)\s[^.;:]{3,80}?)\s+(?:alone\s+)?(?:authori[sz]es?|"
    r"decides?|appoints?|names?|approves?|says?|agrees?)\s+(?:\w+\s+){0,2}(?:who|which|any|every|"
    r"staff|each)\b",
    re.IGNORECASE,
)
SUGGESTS = re.compile(
    r"\b(?:suggestions?|suggest|ideas?|like (?:us )?to (?:see|share|appear|post)|"
    r"would like .{0,60}(?:posted|shared|on our))\b",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"\b(?:speak|talk|send|pass|give|go|e-?mail|contact|tell|ask|let|see|hand|bring|submit|taken?|"
    r"sent|passed|made|e-?mailed|directed|addressed|welcomed by)\b(?:\s+(?:it|them|these|this|"
    r"your idea|your ideas|ideas|"
    r"on)){0,4}\s*(?:to|with|by)?\s+",
    re.IGNORECASE,
)

HAS_THEM = re.compile(r"\b(?:has|have|runs?|operates?|uses?|keeps?|are)\b[^.:]{0,40}:$", re.IGNORECASE)
TOGETHER = re.compile(r"\b(?:together|jointly|along) with\s+|\balongside\s+", re.IGNORECASE)
TAKES = re.compile(r"^(?P<who>[^.;]{3,80}?)\s+(?:welcomes?|collects?|takes?|gathers?)\b")


def find(document: Document) -> list[Fact]:
    """Return the channels, who manages and authorises, and where suggestions go."""
    said = sentences(document)
    reason = "No channel of the school is named."
    return [
        *or_absent(_channels(document, said), Kind.CHANNEL, reason),
        *or_absent(_managed_by(said), Kind.MANAGED_BY, "No sentence says who looks after the accounts."),
        *or_absent(_authorised_by(said), Kind.AUTHORISED_BY, "No sentence says who authorises those who post."),
        *or_absent(_suggestions_to(said), Kind.SUGGESTIONS_TO, "No sentence says to whom suggestions for posts go."),
    ]


def _audience(text: str) -> str:
    if CLOSED.search(text):
        return "closed"
    if PRIVATE.search(text):
        return "private"
    return "public" if PUBLIC.search(text) else ""


def _seen_by(audience: str) -> str:
    if audience:
        return f" The text calls it {audience}."
    return " The text does not say who can see it."


def _channel(mention: Mention, name: str, passage: Passage, around: str, sure: int, reason: str) -> Fact:
    audience = _audience(around)
    value = {"platform": mention.name, "name": name.strip(" .,;"), "audience": audience}
    return stated(Kind.CHANNEL, value, passage, sure, reason + _seen_by(audience), (mention.start, mention.end))


def _channels(document: Document, said: list[Passage]) -> list[Fact]:
    found = []
    for listing in listings(document):
        if _lists_channels(listing):
            found += _listed(listing)
    for sentence in said:
        found += _told(sentence)
    return once(found, "platform")


def _lists_channels(listing: Listing) -> bool:
    """Tell whether a list is one of channels: its opening words speak of them, and its items begin with platforms."""
    lead = listing.lead.text[-300:]
    under_accounts = ACCOUNT.search(listing.lead.heading) and HAS_THEM.search(lead)
    opened = (OPENS_LIST.search(lead) or under_accounts) and not NOT_OURS.search(lead)
    named = [item for item in listing.items if (seen := _platforms(item.text)) and (seen[0].start < 60)]
    short = all(len(item.text) < 200 for item in named)
    if re.search(r"\b(?:post|share|publish|delete|remove|follow)\b[^:]{0,60}$", lead) and not re.search(
        rf"\b{PLACE}\b[^:]{{0,40}}:?$", lead
    ):
        return False
    return bool(opened and named and short and len(named) * 2 >= len(listing.items))


def _listed(listing: Listing) -> Iterator[Fact]:
    for item in listing.items:
        for mention in _platforms(item.text)[:1]:
            name = item.text if is_short(item.text.rstrip(".")) and len(item.text) < 80 else mention.printed
            name = re.sub(
                r"\s*[(–—-]\s*(?:private|public|closed|open)[^)]*\)?\s*$|\s*\(.*$|\s+[–—-]\s.*$|:\s.*$", "", name
            )
            reason = "It is in the list of the school's own channels."
            yield _channel(mention, name, item, item.text, 93, reason)


def _platforms(text: str) -> list[Mention]:
    """Return the platforms in a text with the school's own website among them."""
    found = platforms_in(text[:1500])
    if site := (
        WEBSITE.search(text[:1500]) or re.match(r"(?:the |our )?(?:school )?web\s?site\b", text, re.IGNORECASE)
    ):
        found = sorted([*found, Mention("Website", "website", site.start(), site.end())], key=lambda one: one.start)
    return found


def _told(sentence: Passage) -> Iterator[Fact]:
    """Read channels out of a sentence: "the school has a ... account", "our ... page", a name beginning with @."""
    text = sentence.text[:1500]
    if sentence.kind == BlockKind.HEADING:
        return
    has = HAS.search(text)
    if has and not NOT_OURS.search(text[: has.end() + 120]):
        stop = re.search(r"[;]|\b(?:but|which|and will)\b", text[has.end() :])
        end = has.end() + stop.start() if stop else len(text)
        for mention in _platforms(text):
            if has.start() <= mention.start < end:
                printed = upper_first(mention.printed)
                near = _own_part(text, mention)
                yield _channel(mention, printed, sentence, near, 85, "The sentence says that the school has it.")
    for mention in platforms_in(text):
        before, after = text[max(0, mention.start - 40) : mention.start], text[mention.end : mention.end + 60]
        ours = re.search(
            r"\b(?:our|the school['’]s|school['’]s|official)\s+(?:official\s+|school\s+|public\s+|private\s+)?$",
            before,
            re.IGNORECASE,
        )
        place = re.match(rf"\s+(?:{PLACE[3:-1]}|group)\b", after, re.IGNORECASE)
        if ours and place and not re.search(r"\bpersonal\b", before, re.IGNORECASE):
            audience_words = before[ours.start() :] + after[: place.end() + 30]
            reason = "The sentence speaks of it as the school's own."
            yield _channel(mention, upper_first(mention.printed), sentence, audience_words, 80, reason)
        elif handle := re.match(rf"\s*(?:{PLACE[3:-1]})?\s*[(:,]?\s*(@[A-Za-z0-9_.]{{2,40}})", after, re.IGNORECASE):
            reason = f"The name {handle[1]} stands beside it."
            yield _channel(mention, f"{mention.printed} {handle[1]}", sentence, after, 85, reason)


def _own_part(text: str, mention: Mention) -> str:
    """Return the part of a sentence that is about one platform, so that "private" beside another is not its own."""
    later = [other.start for other in platforms_in(text) if other.start > mention.start]
    joints = [match.start() for match in re.finditer(r"[,;]|\band\b", text)]
    start = max([joint for joint in joints if joint < mention.start], default=0)
    until = min(later, default=len(text))
    between = [joint for joint in joints if mention.end <= joint < until]
    return text[start : between[-1] if later and between else until]


def _about_accounts(sentence: Passage) -> bool:
    text = sentence.text[:1500]
    if re.search(r"\bpersonal\b|\btheir own\b", text, re.IGNORECASE):
        return False
    return bool(ACCOUNT.search(text) or platforms_in(text))


def _managed_by(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        if not _about_accounts(sentence):
            continue
        text = sentence.text[:800]
        for match in MANAGED.finditer(text):
            if named := who(text[match.end() :], 40):
                at = (match.end() + named[1], match.end() + named[2])
                reason = f"The sentence says “{match[0].strip()}” of the accounts."
                found.append(stated(Kind.MANAGED_BY, {"who": upper_first(named[0])}, sentence, 92, reason, at))
        match = MANAGES.match(text)
        if match and (named := who(match["who"], 80)) and not found:
            whole = tidy_who(match["who"]) if named[1] > 0 and len(match["who"]) < 120 else named[0]
            # "The officer looks after the accounts together with the office."
            helped = TOGETHER.search(text, match.end())
            if helped and (other := who(text[helped.end() :], 10)):
                whole = f"{whole} and {other[0]}"
            reason = "The sentence makes them responsible for the accounts."
            found.append(stated(Kind.MANAGED_BY, {"who": upper_first(whole)}, sentence, 88, reason, match.span("who")))
    return once(found, "who")[:3]


def _authorised_by(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:1000]
        if not ACCOUNT.search(text) and not re.search(r"\bpost(?:s|ers?|ing)?\b", text, re.IGNORECASE):
            continue
        teaching = re.search(
            r"\beducational purposes|\bfor teaching|\bclass account|\bcurriculum\b", text, re.IGNORECASE
        )
        matches = [(match.end(), text[match.end() :]) for match in AUTHORISED.finditer(text)]
        if (told := AUTHORISES.match(text)) and re.search(r"\b(?:post|account|channel|page|manage)\w*", text):
            matches.append((told.start("who"), told["who"]))
        for start, words in matches:
            named = who(words, 25)
            if not named or not _is_about_posting(text):
                continue
            reason = "The sentence says who must authorise it."
            if teaching:
                reason = "The sentence is about accounts for teaching; no one else's approval is named."
            at = (start + named[1], start + named[2])
            value = {"who": upper_first(named[0])}
            found.append(stated(Kind.AUTHORISED_BY, value, sentence, 65 if teaching else 90, reason, at))
    return once(found, "who")[:3]


def _is_about_posting(text: str) -> bool:
    """Tell whether permission to post or to keep an account is meant, not a family's or a picture's."""
    posting = re.search(
        r"\b(?:manage|post|run|set up|open|access|create|publish|speak for|account|channel)\w*", text, re.IGNORECASE
    )
    other = re.search(
        r"\b(?:photo\w*|image|exceptions?|family links?|friend request|consented|comments?)\b", text, re.IGNORECASE
    )
    return bool(posting) and not other


def _told_after(sentence: Passage) -> list[Fact]:
    """Read to whom an idea goes out of the sentence that answers the question."""
    for match in TOLD.finditer(sentence.text[:400]):
        if named := who(sentence.text[match.end() : match.end() + 200], 25):
            reason = "The sentence after the question says where suggestions for posts go."
            at = (match.end() + named[1], match.end() + named[2])
            return [stated(Kind.SUGGESTIONS_TO, {"who": upper_first(named[0])}, sentence, 85, reason, at)]
    return []


def _suggestions_to(said: list[Passage]) -> list[Fact]:
    found = []
    for at, sentence in enumerate(said):
        text = sentence.text[:800]
        cue = SUGGESTS.search(text)
        if cue and text.endswith("?") and at + 1 < len(said) and said[at + 1].block == sentence.block:
            # "Have you an idea? Please tell ...": the answer stands in the sentence after.
            found += _told_after(said[at + 1])
        if not cue or not re.search(
            r"\b(?:post|appear|channel|page|account|media|share|feed|online|publish|content)\w*", text, re.IGNORECASE
        ):
            continue
        for match in TOLD.finditer(text):
            if (named := who(text[match.end() :], 25)) and match.end() > cue.start():
                at = (match.end() + named[1], match.end() + named[2])
                reason = "The sentence says where suggestions for posts go."
                value = {"who": upper_first(named[0])}
                found.append(stated(Kind.SUGGESTIONS_TO, value, sentence, 92, reason, at))
                break
        told = TAKES.match(text)
        if told and not found and (named := who(told["who"], 30)):
            reason = "The sentence says who takes suggestions for posts."
            value = {"who": upper_first(named[0])}
            found.append(stated(Kind.SUGGESTIONS_TO, value, sentence, 80, reason, told.span("who")))
    return once(found, "who")[:2]
