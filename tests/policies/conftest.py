"""A policy of Oakfield, made by the verbs that people use."""

from datetime import date

import pytest

from policies import services
from policies.models import Clause, Policy, PolicyVersion
from policyportal.lib.dates import Precision
from policyportal.lib.workflow import take

FACTS = {
    "approver_kind": PolicyVersion.Approver.PERSON,
    "approver_name": "Ann Approver",
    "approved_on": date(2026, 3, 31),
    "approved_on_precision": Precision.MONTH,
}


class Desk:
    """Where the policies of a test are made."""

    def __init__(self, cast):
        self.cast = cast

    def policy(self, *slugs: str, title: str = "Social media policy", **facts) -> Policy:
        """Record a policy of these schools (Oakfield unless named)."""
        schools = [self.cast.school(slug) for slug in slugs or ["oakfield"]]
        return services.record_policy(
            title=title, schools=schools, by=self.cast.headteacher, **{"cycle_months": 12, **facts}
        )

    def draft(self, policy: Policy, clauses: int = 3, by=None, **facts) -> PolicyVersion:
        """Draft a version with some clauses for everybody."""
        version = services.draft_version(policy, by=by or self.cast.headteacher, **{**FACTS, **facts})
        for number in range(1, clauses + 1):
            self.clause(version, number)
        return version

    def clause(self, version: PolicyVersion, number: int, **facts) -> Clause:
        """Add one clause to a draft."""
        defaults = {
            "code": f"C-{number}",
            "section": "1",
            "heading": "Purpose",
            "kind": Clause.Kind.RULE,
            "text": f"Rule number {number}.",
            "for_staff": True,
            "for_pupils": True,
            "for_parents": True,
        }
        return services.add_clause(version, by=self.cast.headteacher, **{**defaults, **facts})

    def submitted(self, version: PolicyVersion, **facts) -> PolicyVersion:
        """Have the head hand it over for approval."""
        return take("submit", version, self.cast.headteacher, **facts)

    def approved(self, version: PolicyVersion, by=None, **facts) -> PolicyVersion:
        """Have it handed over, and the chair approve it unless another is named."""
        return take("approve", self.submitted(version), by or self.cast.chair, **facts)

    def publish(self, version: PolicyVersion, **facts) -> PolicyVersion:
        """Have the chair approve it and the head publish it; `facts` are what it is handed over with."""
        take("approve", self.submitted(version, **facts), self.cast.chair)
        return take("publish", version, self.cast.headteacher)

    def published(self, *slugs: str, clauses: int = 3, policy: dict | None = None, **facts) -> PolicyVersion:
        """Record, draft, approve and publish a policy in one go."""
        return self.publish(self.draft(self.policy(*slugs, **(policy or {})), clauses, **facts))


@pytest.fixture
def desk(cast) -> Desk:
    """The desk at which a test's policies are made."""
    return Desk(cast)
