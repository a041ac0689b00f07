"""What a policy refers to: other policies, laws and guidance, with year and address where they are given."""

import re

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.cited import cited_in, same
from policies.reading.finding.passages import Passage, listings, once, or_absent, sentences, stated
from policies.reading.finding.tables import mentions, table

RELATED = re.compile(
    r"\b(?:related|linked|associated|supporting|relevant|other|"
    r"further)\s+(?:school\s+)?(?:polic\w+|documents?|reading|procedures)"
    r"|\blinks? (?:to|with) (?:our |the )?(?:other )?(?:polic\w+|documents)|\b(?:read|used|"
    r"considered|sits?|works?) "
    r"(?:\w+ )?(?:alongside|beside|together with|in conjunction with)|\bsee also\b|"
    r"\bgoes? (?:hand in hand|together) with\b",
    re.IGNORECASE,
)
LISTS = re.compile(
    r"\b(?:read|used|considered|understood)\b[^.]{0,30}\b(?:in conjunction|alongside|together|"
    r"in line|beside)\b|\bclosely associated\b"
    r"|\b(?:is|are|as is|as are)\s+(?:also\s+)?relevant\b|\bcomply with (?:the|our) (?:school['’s]* )?policy on\b"
    r"|\b(?:sits?|belongs?|goes)\s+(?:alongside|beside|with|together)\b|\blinked (?:to|with)\b",
    re.IGNORECASE,
)
SMALL = r"(?:of|and|to|for|in|the|on)"
ACT = re.compile(
    rf"\b(?P<title>[A-Z][\w'’-]*(?:\s+(?:[A-Z][\w'’-]*|{SMALL}|\([A-Z][\w\s]{{1,40}}\))){{0,10}}?\s+Act)\b"
    r"(?:\s+\(?(?P<year>(?:19|20)\d{2})\b\)?)?"
)
REGULATIONS = re.compile(
    rf"\b(?P<title>[A-Z][\w'’-]*(?:\s+(?:[A-Z][\w'’-]*|{SMALL})){{0,7}}?\s+Regulations?(?:\s+\([A-Z]{{2,8}}\))?)"
    r"(?:\s+\(?(?P<year>(?:19|20)\d{2})\b\)?)?(?!\s+of\b)"
)
UK_GDPR = re.compile(r"\b(?:the\s+)?(?P<title>UK GDPR|GDPR)\b")
LAW = re.compile(r"\b(?:legislation|laws?|statutes?)\b", re.IGNORECASE)
TOPIC = re.compile(
    r"\b(?:copyright|safeguarding|data protection|freedom of information|equality|equalities|"
    r"defamation|libel|human rights|"
    r"employment|privacy|computer misuse|intellectual property|harassment|child protection)\b",
    re.IGNORECASE,
)
UK_LAW = re.compile(r"\b(?:UK|English|British) law\b")
LINK = re.compile(r"<?(?P<url>https?://[^\s<>\"')\]]{4,300})>?")
STATE = re.compile(r"\bgov\.uk|legislation\.gov", re.IGNORECASE)
YEAR = re.compile(r"^[\s,(\"”’']{0,5}(?:[A-Za-z]{3,6}\)?[\s,(]{0,3})?(?:September\s+)?(?P<year>20\d{2})\b")


def find(document: Document) -> list[Fact]:
    """Return the related policies, those cited in the body alone, the laws and the guidance."""
    said = sentences(document)
    return [
        *or_absent(_policies(document, said), Kind.RELATED_POLICY, "No other policy is named."),
        *or_absent(_laws(said), Kind.LEGISLATION, "No law is named."),
        *or_absent(_guidance(said), Kind.GUIDANCE, "No guidance is named."),
    ]


def _policies(document: Document, said: list[Passage]) -> list[Fact]:
    """Each policy once: where it is listed as related, that counts; otherwise where the body first cites it."""
    listed: list[Fact] = []
    in_lists: set[int] = set()
    for listing in listings(document):
        if not (RELATED.search(listing.lead.text[-300:]) or RELATED.search(listing.lead.heading)):
            continue
        for item in listing.items:
            title = item.text.rstrip(" .;,")
            if len(title) <= 120 and not _is_law(title) and not re.search(r"[.!?]\s", title):
                in_lists.add(item.block)
                reason = "It is in the list of related policies."
                listed.append(_policy(title[:1].upper() + title[1:], "listed", item, 93, reason))
    cited = []
    for sentence in said:
        if sentence.block in in_lists or sentence.kind == BlockKind.HEADING:
            continue
        beside = bool(LISTS.search(sentence.text[:1500])) or bool(RELATED.search(sentence.heading))
        for name in cited_in(sentence.text):
            at = (name.start, name.end)
            if beside:
                reason = "The sentence names it as a policy to be read with this one."
                listed.append(_policy(name.title, "listed", sentence, 82, reason, at))
            else:
                reason = "The text leans on it without listing it."
                cited.append(_policy(name.title, "body", sentence, 82, reason, at))
    return _each_once([*listed, *cited])


def _policy(
    title: str, cited: str, passage: Passage, sure: int, reason: str, at: tuple[int, int] | None = None
) -> Fact:
    return stated(Kind.RELATED_POLICY, {"title": title, "cited": cited}, passage, sure, reason, at)


def _each_once(facts: list[Fact]) -> list[Fact]:
    kept: list[Fact] = []
    for fact in facts:
        title = (fact.value or {})["title"]
        if not any(same(title, (other.value or {})["title"]) for other in kept):
            kept.append(fact)
    return kept


def _is_law(text: str) -> bool:
    return bool(
        ACT.search(text) or REGULATIONS.search(text) or UK_GDPR.search(text) or mentions(text, "guidance", "guidance")
    )


def _law(title: str, year: str | None, passage: Passage, sure: int, reason: str, at: tuple[int, int]) -> Fact:
    value: dict[str, str | int] = {"title": re.sub(r"\s+", " ", title)}
    if year:
        value = {"title": f"{value['title']} {year}", "year": int(year)}
    return stated(Kind.LEGISLATION, value, passage, sure, reason, at)


def _laws(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:3000]
        taken = []
        for pattern in (ACT, REGULATIONS):
            for match in pattern.finditer(text):
                title = re.sub(r"^(?:(?:The|In|Under|See|And|With|By)\s+)+", "", match["title"])
                if len(title.split()) < (2 if match["year"] else 3) or title.split()[0] in ("This", "Any"):
                    continue
                reason = "It is named as an Act or a regulation" + ("." if match["year"] else ", without its year.")
                taken.append(match.span())
                found.append(_law(title, match["year"], sentence, 93 if match["year"] else 80, reason, match.span()))
        for match in UK_GDPR.finditer(text):
            if not any(start <= match.start() < end for start, end in taken):
                found.append(_law("UK GDPR", None, sentence, 85, "It is named by its short name.", match.span()))
        for mention in mentions(text, "guidance", "guidance"):
            if _row(mention.name)["kind"] == "legislation":
                reason = "It is known as a duty by law."
                found.append(_law(mention.name, None, sentence, 80, reason, (mention.start, mention.end)))
        found += _kinds_of_law(sentence, text)
    return once(found, "title")


def _kinds_of_law(sentence: Passage, text: str) -> list[Fact]:
    """Read "copyright, safeguarding and data protection legislation": laws by their subject, none by its name."""
    found = []
    for law in LAW.finditer(text):
        reach = law.start()
        for topic in reversed(list(TOPIC.finditer(text, max(0, law.start() - 160), law.start()))):
            if not re.fullmatch(r"[\s,/]*(?:(?:and|or)\s*)?(?:,\s*)?", text[topic.end() : reach]):
                break
            title = f"{topic[0][:1].upper()}{topic[0][1:].lower()} law"
            reason = "The law is named by its subject, without an Act."
            found.insert(0, _law(title, None, sentence, 75, reason, topic.span()))
            reach = topic.start()
    if general := UK_LAW.search(text):
        reason = "The law of the country is named as a whole."
        found.append(_law(general[0], None, sentence, 60, reason, general.span()))
    return found


def _row(title: str) -> dict[str, str]:
    return next(row for row in table("guidance")["guidance"] if row["title"] == title)


def _guidance(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:3000]
        links = [match for match in LINK.finditer(text) if STATE.search(match["url"])]
        known = mentions(text, "guidance", "guidance")
        for mention in known:
            row = _row(mention.name)
            if row["kind"] != "guidance":
                continue
            value: dict[str, str | int] = {"title": mention.name}
            if year := YEAR.match(text[mention.end :]):
                value["year"] = int(year["year"])
            value["link"] = ""
            near = [link for link in links if 0 <= link.start() - mention.end < 15]
            if near:
                value["link"] = near[0]["url"].rstrip(".,;")
                links.remove(near[0])
            reason = "It is known as guidance for schools."
            if row["edition"] == "yearly":
                reason += " A new edition comes out every year."
            found.append(stated(Kind.GUIDANCE, value, sentence, 92, reason, (mention.start, mention.end)))
        for link in links:
            before = re.split(
                r"\s(?:and|see|at|with|from|on|in)\s|[,;:(]|\.\s", text[max(0, link.start() - 120) : link.start()]
            )[-1]
            title = re.sub(r"^(?:the|a|an|our)\s+", "", before.strip(" <"), flags=re.IGNORECASE) or link["url"]
            value = {"title": title, "link": link["url"].rstrip(".,;")}
            reason = "The sentence gives the address of a page of the government."
            found.append(stated(Kind.GUIDANCE, value, sentence, 85, reason, link.span("url")))
    return once(found, "title")
