"""The verbs of the check: running it when asked, and saying what becomes of a finding."""

from accounts.models import Membership
from policies.check.running import Outcome, check_policy
from policies.models import Finding, Policy
from policies.rules import can_manage
from policyportal.lib.workflow import NotAllowed, take


def check_now(policy: Policy, *, by: Membership) -> Outcome:
    """Check a policy because somebody asks for it, and return what was found. Tells nobody.

    Refuses whoever may not manage the policy.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Check the policy")
    return check_policy(policy)


def decide_finding(finding: Finding, step: str, *, by: Membership, reason: str = "") -> Finding:
    """Say what becomes of a finding: accept, mend, dismiss or reopen; return it as stored [PWP-38].

    Tells nobody. Refuses whoever may not manage the policy, and to leave something as it is without a reason.
    """
    return take(step, finding, by, reason)
