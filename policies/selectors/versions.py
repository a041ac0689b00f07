"""Versions among themselves: which one people were last asked about, and whose acknowledgement still counts."""

from collections.abc import Sequence
from uuid import UUID

from policies.models import PolicyVersion

EVER_IN_FORCE = (PolicyVersion.Status.PUBLISHED, PolicyVersion.Status.SUPERSEDED)


def acknowledged_by(versions: Sequence[PolicyVersion]) -> dict[UUID, list[UUID]]:
    """Return, by version, the ids of the versions whose acknowledgement counts for it, itself the first; one query.

    A minor change is not acknowledged anew: whoever acknowledged the major version that it corrects, or any
    correction of that in between, has done so.
    """
    ranks = PolicyVersion.objects.filter(
        policy__in={version.policy_id for version in versions}, status__in=EVER_IN_FORCE
    ).order_by("policy", "-number")
    counting: dict[UUID, list[UUID]] = {}
    rows = list(ranks.values_list("policy", "number", "pk", "is_major"))
    for version in versions:
        counts, reached = [version.pk], version.is_major
        for policy, number, pk, is_major in rows:
            if not reached and policy == version.policy_id and number < version.number:
                counts.append(pk)
                reached = is_major
        counting[version.pk] = counts
    return counting


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """Return the wording that was in force before `version`, or is while it is drafted; None for the first one."""
    earlier = PolicyVersion.objects.filter(policy=version.policy_id, number__lt=version.number)
    return earlier.filter(status__in=EVER_IN_FORCE).order_by("-number").first()
