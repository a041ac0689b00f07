"""What a school shows to everybody, signed in or not: its policy and a guide for each audience."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify

from policies.models import Audience
from policies.rules import can_edit_guides_of
from policies.selectors.guides import audiences_of, guide_for, public_schools, versions_in_force
from policies.selectors.policies import clauses_by_heading
from policies.selectors.reviews import standing_of


@login_not_required
def school_page(request, slug):
    """A school's public page: its policy to read and print, its official channels, and how to report."""
    school = get_object_or_404(public_schools(), slug=slug)
    policies = [policy_shown(version, school) for version in versions_in_force(school)]
    context = {
        "school": school,
        "policies": policies,
        "audiences": audiences_of(school),
        "address": request.build_absolute_uri(school.get_absolute_url()),
    }
    return render(request, "policies/school_page.html", context)


def policy_shown(version, school):
    """Return what the public page shows of a policy: its text as it holds in this school, its version and dates."""
    standing = standing_of(version)
    facts = [
        {"label": "Version", "value": str(version.number)},
        {"label": "In force since", "value": version.published_on},
        {"label": "Approved by", "value": version.approver},
        {"label": "Approved on", "value": str(version.stated("approved_on"))},
        {"label": "Next review", "value": str(version.review_due)},
        {"label": "How it stands", "value": standing.label, "tone": standing.tone},
    ]
    parts = [
        (f"{slugify(version.policy.title)}-{number}", heading, clauses)
        for number, (heading, clauses) in enumerate(clauses_by_heading(version, school), start=1)
    ]
    return {"version": version, "facts": facts, "parts": parts}


@login_not_required
def guide(request, slug, audience):
    """What the policy asks of one audience, in plain words; pupils' in big ones."""
    school = get_object_or_404(public_schools(), slug=slug)
    audiences = audiences_of(school)
    if audience not in dict(audiences):
        raise Http404
    page = guide_for(school, audience)
    context = {
        "school": school,
        "guide": page,
        "audience_label": Audience(audience).label,
        "others": [choice for choice in audiences if choice[0] != audience],
        "may_edit": can_edit_guides_of(request.membership, school),
    }
    template = "policies/guide_pupils.html" if audience == Audience.PUPILS else "policies/guide.html"
    return render(request, template, context)
