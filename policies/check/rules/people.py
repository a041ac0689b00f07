"""Posts, bodies and people that the text gives a part to: named, defined, and under one name."""

import re
from collections.abc import Iterator

from policies.check.context import Context
from policies.check.table import Found, Severity, found, in_words, key_of, quoted, rule
from policies.models import Audience

# The leaders of a school as one body, under the names that schools give it.
BODIES = {
    "Senior Leadership Team": r"\bsenior leadership (team|group)\b|\bSLT\b",
    "Leadership Group": r"(?<!senior )\bleadership group\b",
    "Leadership Team": r"(?<!senior )\bleadership team\b",
    "Senior Management Team": r"\bsenior management team\b|\bSMT\b",
}
# Posts that a school does not have by law or custom, so that the text has to say who is meant.
UNDEFINED = {
    "managers": r"(?<!line )(?<!business )(?<!senior )(?<!IT )(?<!site )(?<!office )(?<!network )\bmanagers\b",
    "senior manager": r"\bsenior manager\b",
    "senior management": r"\bsenior management\b(?! team)",
    "head teacher/manager": r"\bhead ?teacher ?/ ?manager\b",
    "lead safeguarding officer": r"\b(lead )?safeguarding officer\b",
    "appropriate person": r"\b(relevant|appropriate|responsible) (person|manager|officer)\b",
}
OUTSIDE = r"(provider|company|host|council|authority|contractor)s?(\s*\([A-Z]{2,4}\))?"


@rule("body-two-names", Severity.PROBLEM)
def body_two_names(context: Context) -> Iterator[Found]:
    """One body under two names, or two bodies [PWP-19, PWP-22]."""
    named = {name: hit for name, pattern in BODIES.items() if (hit := context.first(pattern))}
    if len(named) > 1:
        hit = next(iter(named.values()))
        yield found(
            key_of(" ".join(sorted(named))),
            hit.passage,
            f"{in_words(quoted(name) for name in named)} may be one body under several names.",
            "Use one name, or say who belongs to each.",
        )


@rule("role-undefined", Severity.GAP)
def role_undefined(context: Context) -> Iterator[Found]:
    """A duty for a post that the text does not define [MLC-19, MLC-48, MLC-52, MLC-55, MLC-57]."""
    known = " ".join(context.roles).casefold()
    for name, pattern in UNDEFINED.items():
        hit = context.first(pattern)
        defined = context.first(rf"({pattern})[^.]{{0,20}}\b(means|includes|refers to|is the)\b")
        if hit and not defined and name not in known:
            yield found(
                key_of(name),
                hit.passage,
                f"Who is meant by {quoted(hit.match[0])} is not said.",
                "Name the post as the school calls it, or say who is meant.",
            )


@rule("role-whose", Severity.HINT)
def role_whose(context: Context) -> Iterator[Found]:
    """A post beside an outside body, without a word of whose it is [MLC-60]."""
    hit = context.first(rf"\b(\w+ ){{0,2}}{OUTSIDE} (IT |ICT |network )(manager|technician|administrator|lead)\b")
    if hit:
        yield found(
            key_of(hit.match[0]),
            hit.passage,
            f"{quoted(hit.match[0])} can be somebody of the school or of the other body.",
            "Say whose member of staff is meant.",
        )


@rule("people-unnamed", Severity.GAP, wording=True)
def people_unnamed(context: Context) -> Iterator[Found]:
    """People with rights or a signature whom the text does not tell [HEA-92, HEA-93, HEA-113]."""
    hit = context.first(
        r"\b(a (limited|small) number of|certain|selected|some) (members of )?staff\b[^.]*\brights\b[^.]*"
    )
    if hit:
        yield found(
            "administrators",
            hit.passage,
            f"Who they are is not said: {quoted(hit.match[0])}.",
            "Name the posts, and keep the people in the register of authorised posters.",
        )
    agencies = context.first(r"\b(other|external|outside) (agenc(y|ies)|companies|contractors)\b[^.]*\brights\b")
    if agencies:
        yield found(
            "agencies",
            agencies.passage,
            f"Which agencies may post is not said: {quoted(agencies.sentence)}",
            "Name the agency and the member of staff who answers for it.",
        )
    signed = context.first(r"\b(co-?chairs?|chair) of governors\b")
    names = f"{context.approver_name} {context.approver_role}"
    if signed and context.signed and not re.search(r"[A-Z][a-z]+ [A-Z][a-z]+(?! of)", _without_bodies(names)):
        yield found(
            "signatories",
            signed.passage,
            f"It is signed by the {signed.match[0].lower()}, and no name is given.",
            "Add the names of those who signed.",
        )


def _without_bodies(words: str) -> str:
    """Return what is left of names when committees, chairs and bodies are taken out."""
    body = r"[\w, ]*\b(committee|governors|board|body|chairs?)\b[\w ]*"
    return re.sub(body, "", words, flags=re.I)


@rule("parents-contact-missing", Severity.HINT, wording=True)
def parents_contact_missing(context: Context) -> Iterator[Found]:
    """Parents are to come to the school, and to whom is not said [GRA-27, GRA-44]."""
    asked = r"\b(contact (us|the school)|made to the school|speak to (us|the school))( directly)?\b"
    hits = [hit for hit in context.hits(asked) if re.search(r"\bparents?\b|concern|complaint", hit.sentence, re.I)]
    named = r"\b(head ?teacher|head of|school office|office staff|class teacher|deputy|business manager|@)"
    by_name = [
        one
        for one in context.passages
        if Audience.PARENTS in one.audiences or re.search(r"\bparents?\b", one.text, re.I)
        if re.search(rf"\b(contact|speak to|ask|tell|write to|e-?mail)\b[^.]*{named}", one.text, re.I)
    ]
    if hits and not by_name:
        yield found(
            "parents",
            hits[0].passage,
            f"Parents are asked to come to the school, and nobody is named: {quoted(hits[0].sentence)}",
            "Name a post or an address that parents can turn to.",
        )
