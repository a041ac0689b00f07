"""The general words by which a sentence of a policy shows whom it binds, what it forbids and what kind it is."""

import re

# Whom a sentence may speak of. The longer names come first, so that "school community" is not read as a part of it.
AUDIENCES = {
    "community": r"(?:whole |wider |entire )?(?:school )?community(?! service)|everyone|everybody|visitors?|members "
    r"of the (?:school|public|academy|trust)|the public|all users",
    "staff": r"staff(?: members?)?|members? of staff|employees?|workers?|teachers?|teaching assistants?|governors?"
    r"|trustees?|volunteers?|contractors?|managers?|head ?teachers?|senior leaders?|account (?:holders|managers)"
    r"|colleagues|adults",
    "pupils": r"pupils?|students?|learners?|(?<!their )(?<!your )child(?:ren)?|young people",
    "parents": r"parents?|carers?|guardians?|famil(?:y|ies)",
}
_NAMED = {audience: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for audience, words in AUDIENCES.items()}
_ANY = "|".join(AUDIENCES.values())
_BEFORE = r"(?:(?:an?|all|any|every|each|no|our|the|those|these|other|current|members of|individual|school|own)\s+)*"
# Audiences listed: "staff, students and parents/carers".
LISTED = rf"{_BEFORE}(?:{_ANY})(?:['’]s?)?(?:(?:\s*(?:,|/|&|\band\b|\bor\b)\s*)+{_BEFORE}(?:{_ANY})(?:['’]s?)?)*"

MODAL = r"(?:must|should|shall|will|may|can|cannot|can't|do|does|are|is|have|has|need|ought)\b"
_SUBJECT = re.compile(rf"(?P<who>{LISTED})[^.;:]{{0,60}}?\s(?:also\s+|never\s+)?{MODAL}", re.I)
# What may stand before the subject: "When using social media, staff must not".
_BEFORE_SUBJECT = re.compile(rf"(?:[^.;:]{{0,120}}, ?)?(?:(?:while|where|if|when|as)\s+)?(?={LISTED})", re.IGNORECASE)
# Those whom the sentence is not about.
_ASIDE = re.compile(rf"\b(?:for|of|to|with|from|about|by|between|on)\s+{LISTED}", re.IGNORECASE)
_YOU = re.compile(r"\byou(?:r|rself)?\b", re.IGNORECASE)
_ADDRESSED = re.compile(
    rf"\b(?:expects?|asks?|encourages?|requires?|reminds?|advises?|urges?|requests?|wants?)\s+(?P<who>{LISTED})", re.I
)
_HEADED = re.compile(rf"\b(?:by|for|of|to)\s+(?P<who>{LISTED})", re.IGNORECASE)
_OPENS = re.compile(rf"(?:[^:–-]{{0,30}}[:–-]\s*)?(?P<who>{LISTED})", re.IGNORECASE)
_THE_SCHOOL = re.compile(r"(?:[^,.;:]{0,60}, ?)?(?:the|this|our)?\s*(?:school|academy|trust|federation|we)\b", re.I)
_EVERYBODY = re.compile(r"\b(?:school community|everyone|everybody|members of the (?:school|academy|trust))\b", re.I)

FORBIDS = re.compile(
    r"(?:^(?:please\s+)?do\s+not\b|\b(?:must|should|shall|will|may|can|are\s+to|is\s+to)\s+"
    r"(?:also\s+|therefore\s+|therefore\s+also\s+)?(?:not|never)(?!\s+(?:be\s+(?:held|limited|liable|responsible|able|used\s+to)|limited|only|necessarily|form"
    r"|constitute|always|imply|private|have\s+to|need))|\b(?:cannot|can't|mustn't|shouldn't|^don't)\b(?!\s+be\s+held)"
    r"|\bnever\s+(?!been)|not\s+therefore|not\s+(?:allowed|permitted|acceptable|tolerated)|\b(?:prohibited|"
    r"forbidden|banned|unacceptable)\b|\bunder\s+no\s+circumstances|\brefrain\s+from|\bdiscouraged\s+from)",
    re.IGNORECASE,
)
# What a list of examples of misuse is called.
CALLS_WRONG = re.compile(
    r"\b(?:inappropriate|unacceptable|prohibited|forbidden|not\s+(?:permitted|allowed|acceptable))\b", re.IGNORECASE
)
# What is said of the thing before it, not of what follows.
_AFTERWARDS = re.compile(
    r"^(?P<what>.{8,160}?)\s+(?:is|are|will\s+be|must\s+be)\s+(?:strictly\s+|also\s+)?(?:not\s+(?:allowed|permitted|acceptable|"
    r"tolerated)|prohibited|forbidden|banned|unacceptable)\s*(?:[.;]|$)",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"(?:not\s+therefore|(?:must|should|shall|will|may|can|do|does|are|is)\s+(?:also\s+|therefore\s+)?(?:not|never)"
    r"(?:\s+(?:also|therefore|allowed\*?|permitted))?(?:\s+to\b)?|cannot|can't|don't|mustn't|shouldn't|never|refrain\s+from"
    r"|discouraged\s+from|under\s+no\s+circumstances\s+should)\s+(?P<what>.+)$",
    re.IGNORECASE,
)

# How a sentence opens that only points to what it forbids.
_NOTED = re.compile(r"^.*?\b(?:note|aware|reminded|remember)\s+that\s+(?:the\s+)?", re.IGNORECASE)

# "Where something cannot be settled": the sentence forbids nothing yet.
_PROVISO = re.compile(r"^(?:if|where|when|unless)\b[^,]*$", re.IGNORECASE)
_PASSIVE = re.compile(r"\bbe\s+(?=\w+(?:ed|ade|ent|own)\b)", re.IGNORECASE)

KINDS = [
    (
        "training",
        re.compile(r"\b(?:training|trained|briefings?|induction|lessons?\s+(?:will|teach|cover|look))\b", re.I),
    ),
    (
        "review",
        re.compile(
            r"\b(?:(?:will|is|are|shall|must|to)\s+be\s+(?:formally\s+)?reviewed|is\s+reviewed|we\s+review|review(?:s|ing)?\s+"
            r"(?:of\s+)?this\s+policy|reviewing\s+of\s+this\s+policy|review\s+(?:date|cycle)|kept\s+under\s+review"
            r"|updated\s+to\s+reflect|amended\s+from\s+time)\b",
            re.I,
        ),
    ),
    (
        "deadline",
        re.compile(
            r"\bwithin\s+(?:\d+|one|two|three|five|seven|ten|a|an|the)\s+(?:\w+\s+)?(?:hours?|days?|weeks?|months?)\b"
            r"|\bas\s+soon\s+as\s+(?:reasonably\s+)?(?:possible|practicable|identified)\b|\bpromptly\b",
            re.I,
        ),
    ),
    (
        "routing",
        re.compile(
            r"\b(?:report(?:ed|s)?\s+(?:\w+\s+){0,8}?to|(?:speak|talk|turn|write|go)\s+to|consult\s+with|contact\s+(?:the|us|a|your)"
            r"|notif(?:y|ied)|raised?\s+with|tell\s+(?:a|the|your)|inform(?:ed)?\s+(?:the|a|your)|refer(?:red)?\s+to\s+the)\b",
            re.I,
        ),
    ),
    (
        "access",
        re.compile(
            r"\b(?:authoris(?:ed|es|e)|authoriz(?:ed|e)|approval\s+of|approved\s+by\s+the|administrator\s+rights"
            r"|(?:managed|run|maintained)\s+by|responsible\s+for\s+managing)\b",
            re.I,
        ),
    ),
    (
        "register",
        re.compile(
            r"\b(?:(?:channels?|accounts?|pages?|sites?)\s+(?:are|is)\s+(?:as\s+follows|listed|our)|official\s+(?:website|"
            r"\w+\s+account|electronic)|read\s+(?:in\s+conjunction|alongside|together|in\s+line)|used\s+in\s+line\s+with"
            r"|minimum\s+age)\b",
            re.I,
        ),
    ),
    (
        "record",
        re.compile(r"\b(?:(?:be|is|are|keep|keeps|kept)\s+(?:\w+\s+){0,2}(?:record(?:s|ed)?|logg?(?:ed)?))\b", re.I),
    ),
    (
        "workflow",
        re.compile(
            r"\b(?:dealt\s+with|investigat(?:e|ed|ion)|disciplin\w+|sanctions?|procedure|will\s+(?:consider|request|"
            r"approach|delete|remove|block)|legal\s+action|police)\b",
            re.I,
        ),
    ),
]
BINDS = re.compile(
    r"\b(?:must|should|shall|will|required?\s+to|expect(?:s|ed)?|are\s+to|ask(?:s|ed)?|need\s+to|has\s+to|have\s+to|"
    r"responsib(?:le|ility)|obliged|encourages?|ensure|do\s+not|never|advised)\b",
    re.IGNORECASE,
)
ORDERS = re.compile(
    r"(?:do\s+not|don't|never|always|please|be|think|ask|provide|ensure|make\s+sure|keep|check|report|respect|use|set"
    r"|tell|remember|avoid|follow)\b",
    re.IGNORECASE,
)
_SHORT_CUT = re.compile(
    r"\s*(?:[;–—]|\s-\s|\s\(|,?\s(?:unless|except|because|especially|such\s+as|even\s+when|e\.g|i\.e|including)\b|\.\s).*$",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_CATEGORY = 120


def audiences_in(text: str) -> list[str]:
    """Return the audiences that a text names, in the order of the policy's own lists."""
    if _EVERYBODY.search(text):
        return ["staff", "pupils", "parents", "community"]
    return [audience for audience in ("staff", "pupils", "parents", "community") if _NAMED[audience].search(text)]


def audiences_of_heading(heading: str) -> list[str]:
    """Return for whom the text under a heading is meant, where the heading says so."""
    found = list(_HEADED.finditer(heading))
    if found:
        return audiences_in(found[0]["who"])
    opened = _OPENS.match(heading)
    return audiences_in(opened["who"]) if opened else []


def audiences_of(sentence: str, under: list[str]) -> list[str]:
    """Return whom a sentence binds; `under` is for whom its heading is meant."""
    sentence = sentence[:400]
    if addressed := _ADDRESSED.search(sentence):
        return audiences_in(addressed["who"])
    before = _BEFORE_SUBJECT.match(sentence)
    if subject := _SUBJECT.match(sentence) or (before and _SUBJECT.match(sentence, before.end())):
        return audiences_in(subject["who"])
    if under or _YOU.search(sentence) or not BINDS.search(sentence):
        return under
    if _THE_SCHOOL.match(sentence):
        return ["staff"]
    named = audiences_in(_ASIDE.sub(" ", sentence))
    return named if len(named) == 1 else []


def kind_of(text: str) -> str:
    """Return the kind of clause that a text makes, by its own words."""
    for kind, pattern in KINDS:
        if pattern.search(text):
            return kind
    return "rule" if BINDS.search(text) or ORDERS.match(text) else "information"


def category_of(text: str) -> str:
    """Return a short name for what a sentence forbids, in its own words; empty where it forbids nothing."""
    if after := _AFTERWARDS.match(text[:400]):
        return shortened(_NOTED.sub("", after["what"]))
    forbids = FORBIDS.search(text)
    if not forbids or _PROVISO.search(text[: forbids.start()]):
        return ""
    found = _DEED.search(text, max(0, forbids.start() - 12))
    name = shortened(_PASSIVE.sub("", found["what"])) if found else ""
    return name if len(name.split()) > 1 or forbids and not forbids.start() else ""


def shortened(text: str) -> str:
    """Return the first words of a text, as a name: no more than a line, no full stop, a capital first."""
    short = _SHORT_CUT.sub("", text).strip(" .;:,")
    if len(short) < 4:
        short = text.strip(" .;:,")
    if len(short) > LONGEST_CATEGORY:
        short = short[: LONGEST_CATEGORY - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
    return short[:1].upper() + short[1:]
