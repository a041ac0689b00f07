"""The text of a version as it is approved: its hash, and whether it was touched after somebody signed it."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from policies.models import Clause, Policy, PolicyVersion
from policyportal.lib.timeline import earlier_of, with_earlier

# What whoever signs agrees to. The approval's own facts come with it; the guide's words and where a clause is carried
# out are the school's to change at any time.
OF_VERSION = (
    "number",
    "is_major",
    "changes",
    "issued_raw",
    "last_reviewed_on",
    "last_reviewed_on_precision",
    "last_reviewed_on_raw",
    "review_due_on",
    "review_due_on_precision",
    "review_due_on_raw",
)
OF_CLAUSE = (
    "code",
    "section",
    "heading",
    "kind",
    "text",
    "only_for_id",
    "for_staff",
    "for_pupils",
    "for_parents",
    "for_community",
    "category",
    "about_staff",
    "about_pupil",
    "about_parent",
    "about_community",
    "risk",
    "shown_at_acknowledgement",
    "shows_channels",
    "shows_minimum_ages",
)
OF_POLICY = ("title",)
# Why a clause is in a new version that nobody has changed yet.
COPIED = "Copied from the version in force"


def sha256_of(version: PolicyVersion) -> str:
    """Return the hash of a version's title, dates and clauses in order, every school's own additions among them."""
    words = {
        "policy": _facts(version.policy, OF_POLICY),
        "version": _facts(version, OF_VERSION),
        "clauses": [_facts(clause, OF_CLAUSE) for clause in version.clauses.order_by("position", "code")],
    }
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


def touched_since(version: PolicyVersion, at: datetime) -> bool:
    """Tell whether anything that is signed was changed after `at`, even where it was changed back."""
    changed = [
        (Clause.history.filter(version_id=version.pk), (*OF_CLAUSE, "position")),
        (PolicyVersion.history.filter(id=version.pk), OF_VERSION),
        (Policy.history.filter(id=version.policy_id), OF_POLICY),
    ]
    return any(_differ(rows.filter(history_date__gt=at), names) for rows, names in changed)


def writers_of(versions: Iterable[PolicyVersion]) -> dict:
    """Return, by version, the ids of those who wrote or changed clauses of it; what was copied into it has no writer.

    One query.
    """
    found: dict = {version.pk: set() for version in versions}
    rows = Clause.history.filter(version_id__in=list(found)).exclude(history_change_reason=COPIED)
    pairs = rows.exclude(history_user_id=None).order_by().values_list("version_id", "history_user_id").distinct()
    for version_id, user_id in pairs:
        found[version_id].add(user_id)
    return found


def _facts(thing: Policy | PolicyVersion | Clause, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(getattr(thing, name)) for name in names}


def _differ(rows: QuerySet, names: tuple[str, ...]) -> bool:
    """Tell whether any of these history rows says something else than the row before it."""
    latest = list(with_earlier(rows))
    earlier = earlier_of(latest) if latest else {}
    for row in latest:
        before = earlier.get(row.history_id)
        if before is None or row.history_type != "~" or _facts(row, names) != _facts(before, names):
            return True
    return False
