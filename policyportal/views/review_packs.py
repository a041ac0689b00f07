"""The review pack: one page that a governor with ten minutes reads, on screen or on paper."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.rules import holds
from policies.selectors.reviewing import due_words, reviews_of
from policyportal.review_pack import MOST, pack_of


@needs("view_policy_drafts")
def review_pack(request, pk):
    """What changed, what is open, the figures as governors are told them, and what people suggest."""
    review = get_object_or_404(reviews_of(request.membership), pk=pk)
    pack = pack_of(review, request.membership)
    context = {
        "pack": pack,
        "review": review,
        "facts": facts_of(pack),
        "stats": stats_of(pack),
        "outside_headers": ["What", "How it stands", "Since"],
        "outside_rows": [[one.title, one.words, one.on] for one in pack.outside],
        "finding_headers": ["Finding", "Where", "What to do"],
        "finding_rows": [finding_row(finding) for finding in pack.findings[:MOST]],
        "more_findings": max(0, len(pack.findings) - MOST),
        "verify_rows": [finding_row(finding) for finding in pack.to_verify[:MOST]],
        "years": [
            {
                "label": year.release.year.label,
                "until": year.release.until,
                "total": year.table.shown.total.words,
                "rows": year.rows,
            }
            for year in pack.years
        ],
        "changes": pack.changes[:MOST],
        "more_changes": max(0, len(pack.changes) - MOST),
        # Governors read what was suggested, not by whom.
        "names_suggesters": holds(request.membership, "edit_policy_drafts"),
        "suggestions": pack.suggestions[:MOST],
        "more_suggestions": max(0, len(pack.suggestions) - MOST),
        "trail": [
            ("Policies", reverse("policies:policy_list")),
            ("Reviews", reverse("policies:review_list")),
            (str(review), review.get_absolute_url()),
        ],
    }
    return render(request, "policyportal/review_pack.html", context)


def facts_of(pack):
    """Return why and when, as a summary list shows it."""
    rows = [
        {"label": "What led to the review", "value": pack.review.get_trigger_display()},
        {"label": "To be done by", "value": pack.review.due_on},
        *due_words(pack.version),
        {"label": "Last reviewed", "value": str(pack.version.stated("last_reviewed_on"))},
        {"label": "In force", "value": f"Version {pack.version.number}", "url": pack.version.get_absolute_url()},
    ]
    return [row for row in rows if row["value"]]


def stats_of(pack):
    """Return the pack in five numbers, each the size of a part of it."""
    told = pack.told
    stats = [
        {"number": len(pack.outside), "label": "Changed outside"},
        {"number": len(pack.findings), "label": "Findings open"},
        {"number": len(pack.changes), "label": "Clauses changed"},
        {"number": len(pack.suggestions), "label": "Suggestions"},
    ]
    if told:
        stats.insert(0, {"number": told.rate, "label": "Have acknowledged", "trend": f"{told.done} of {told.asked}"})
    return stats


def finding_row(finding):
    """Shape a finding as a row: what, where, and what to do."""
    return [
        {"text": finding.message, "hint": finding.get_severity_display()},
        finding.place or "The whole policy",
        finding.advice,
    ]
