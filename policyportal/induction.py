"""What somebody owes when they join a school: each step done or outstanding, with its page and its day."""

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import Membership
from accounts.rules import holds, second_step_needed_from
from channels_mgmt.selectors import answer_due, answer_of, own_links
from policies.selectors.acknowledgements import posts_asked
from policies.selectors.induction import owed_by
from policies.selectors.policies import policies_with_version
from policies.selectors.standing import standing_for
from policyportal.lib.dates import today

LINKS = "Say whether you have links with families"


@dataclass(frozen=True)
class FirstStep:
    """One thing that is owed at joining."""

    title: str
    url: str
    done: bool
    due: date | None = None
    detail: str = ""


def first_steps(membership: Membership) -> list[FirstStep]:
    """Return what this person owes at joining, in the order of doing it; a constant number of queries."""
    return [*_second_step(membership), *_policies(membership), *_pack(membership), *_links(membership)]


def is_new(membership: Membership) -> bool:
    """Tell whether the person joined so lately that they are welcomed: in the days given for the policy."""
    first = min(post.starts_on for post in membership.posts)
    return today() - first <= timedelta(days=membership.school.acknowledgement_days)


def _second_step(membership: Membership) -> list[FirstStep]:
    """Where the post needs one; recovery codes alone are none."""
    needed_from = second_step_needed_from(membership)
    if needed_from is None:
        return []
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    done = Authenticator.objects.filter(user=membership.user_id, type__in=kinds).exists()
    detail = "Your post reads what is confidential, so a password alone is not enough"
    return [FirstStep("Set up a second step", reverse("mfa_index"), done, needed_from, detail)]


def _policies(membership: Membership) -> list[FirstStep]:
    """Every policy in force; of one acknowledged in an earlier wording, the new one waits on the home page instead."""
    if not holds(membership, "acknowledge_policies"):
        return []
    post = posts_asked(membership.school).filter(user=membership.user_id).select_related("school").first()
    policies = [policy for policy in policies_with_version(membership) if policy.in_force and policy.for_staff]
    given = membership.user.acknowledgements.filter(version__policy__in=policies)
    done = set(given.values_list("version__policy_id", flat=True))
    standing = standing_for([policy.in_force[0] for policy in policies], membership.user_id)
    return [
        FirstStep(
            f"Read and acknowledge: {policy}",
            reverse("policies:acknowledge", args=[policy.in_force[0].pk]),
            policy.pk in done,
            standing.asked(policy.in_force[0], post)[1],
        )
        for policy in policies
        if post
    ]


def _pack(membership: Membership) -> list[FirstStep]:
    """What the school's own induction pack asks, each from the first day."""
    if not holds(membership, "acknowledge_policies"):
        return []
    return [
        FirstStep(
            f"Read and confirm: {owing.item}",
            reverse("policies:induction_item", args=[owing.item.pk]),
            owing.done is not None,
            owing.due,
        )
        for owing in owed_by(membership)
    ]


def _links(membership: Membership) -> list[FirstStep]:
    """The declaration where the school asks for it: answered, and what was said to be there declared [GRA-51]."""
    if not (membership.school.declares_links and holds(membership, "declare_links")):
        return []
    answer = answer_of(membership)
    if answer is None:
        return [FirstStep(LINKS, reverse("channels:links_answer"), False, answer_due(membership))]
    if answer.has_links and not own_links(membership).exists():
        detail = "You said that you have some. Declare each of them"
        return [FirstStep("Declare your links with families", reverse("channels:link_create"), False, None, detail)]
    detail = "" if answer.has_links else "You said that you have none"
    return [FirstStep(LINKS, reverse("channels:own_link_list"), True, None, detail)]
