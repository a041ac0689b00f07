"""What a policy leans on, as tables: related policies, laws, guidance."""

from django.urls import reverse

from policies.models import Reference
from policyportal.lib.templatetags.portal import day as in_words

RELATED = ["Policy", "Named", "Link"]
CHECKED = ["Title", "Standing", "Last checked"]
TONES = {
    Reference.Standing.CURRENT: "good",
    Reference.Standing.SUPERSEDED: "bad",
    Reference.Standing.TO_VERIFY: "waiting",
}


def registers_of(references: dict[str, list[Reference]], may_check: bool) -> dict[str, dict]:
    """Return a table for each kind of reference; whoever may check one finds a link to do so in its row."""
    last = ["Check"] if may_check else []
    return {
        kind: {
            "headers": [*(RELATED if kind == Reference.Kind.RELATED_POLICY else CHECKED), *last],
            "rows": [_row(reference, may_check) for reference in found],
        }
        for kind, found in references.items()
    }


def _row(reference: Reference, may_check: bool) -> list:
    if reference.kind == Reference.Kind.RELATED_POLICY:
        cited = reference.cited == Reference.Cited.BODY
        row = [
            {"text": reference.title, "hint": hint_of(reference)},
            {"text": reference.get_cited_display(), "tone": "waiting" if cited else ""},
            {"text": "Link missing", "tone": "bad"} if reference.link_missing else _link("Open", reference),
        ]
    else:
        row = [
            {**_link(reference.title, reference), "hint": hint_of(reference)},
            {"text": reference.get_standing_display(), "tone": TONES[Reference.Standing(reference.standing)]},
            reference.last_checked_on or "Not yet",
        ]
    check = {"text": "Check", "url": reverse("policies:reference_edit", args=[reference.pk])}
    return [*row, check] if may_check else row


def hint_of(reference: Reference) -> str:
    """Return what else is known of a reference: its edition, who keeps it, when its own review is due, a note."""
    known = [
        reference.edition and f"Edition {reference.edition}.",
        reference.owner and f"Kept by {reference.owner}.",
        reference.review_due_on and f"Its own review is due {in_words(reference.review_due_on)}.",
        reference.note,
    ]
    return " ".join(words for words in known if words)


def _link(words: str, reference: Reference) -> dict[str, str]:
    return {"text": words, "url": reference.link} if reference.link else {"text": words}
