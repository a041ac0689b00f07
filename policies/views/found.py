"""Finding what a page is about, within what the reader may see, and the way back up from it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from policies.models import Clause, Policy, PolicyVersion


def trail(*things):
    """Return the way back up: the list of policies, then each of these things."""
    return [
        ("Policies", reverse("policies:policy_list")),
        *((str(thing), thing.get_absolute_url()) for thing in things),
    ]


def found_policy(request, pk):
    """Find a policy that serves the school worked in, or answer 404."""
    return get_object_or_404(Policy.objects.visible_to(request.membership), pk=pk)


def found_version(request, pk):
    """Find a version that this reader may see, or answer 404."""
    versions = PolicyVersion.objects.visible_to(request.membership)
    return get_object_or_404(versions.select_related("policy", "drafted_by"), pk=pk)


def found_clause(request, pk):
    """Find a clause of a version that this reader may see, or answer 404."""
    return get_object_or_404(Clause.objects.visible_to(request.membership).select_related("version__policy"), pk=pk)
