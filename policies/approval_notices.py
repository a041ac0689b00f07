"""What is told of a version on its way to approval: one function per event, each inside the caller's transaction."""

from collections.abc import Iterable

from accounts.models import Membership, School, User
from accounts.notifications import notify
from policies.models import Policy, PolicyVersion, Signature
from policies.rules import KEEPERS, OVERSEERS
from policies.selectors.approving import signers_of


def version_submitted(version: PolicyVersion) -> None:
    """Tell everybody who may sign the version that it waits for them."""
    for post in signers_of(version):
        _tell(post.user, post.school, version, "version_submitted", f"To approve: {version}")


def changes_requested(version: PolicyVersion) -> None:
    """Tell whoever drafted the version that an approver asks for changes; its keepers where they are here no more."""
    posts = Membership.objects.current().filter(school__policies=version.policy_id).select_related("user", "school")
    for post in posts.filter(user=version.drafted_by_id) or posts.holding(*KEEPERS):
        _tell(post.user, post.school, version, "changes_requested", f"Changes requested: {version}")


def signatures_voided(version: PolicyVersion, signatures: Iterable[Signature]) -> None:
    """Tell whoever signed that their signature no longer counts."""
    posts = Membership.objects.current().filter(school__policies=version.policy_id)
    for signature in signatures:
        post = posts.filter(user=signature.signed_by).select_related("user", "school").first()
        if post:
            _tell(post.user, post.school, version, "signature_voided", f"Your signature is void: {version}")


def route_changed(policy: Policy, by: Membership) -> None:
    """Tell those who oversee the school that a policy's versions are approved by another way from now on."""
    posts = Membership.objects.current().filter(school__policies=policy).holding(*OVERSEERS)
    for post in posts.exclude(user=by.user).select_related("user", "school"):
        notify(
            user=post.user,
            school=post.school,
            event="route_changed",
            subject=f"Approved by another way from now on: {policy}"[:120],
            path=policy.get_absolute_url(),
            key=f"route-changed:{policy.history.latest().history_id}",
        )


def _tell(user: User, school: School, version: PolicyVersion, event: str, subject: str) -> None:
    """Tell somebody once for each time that the version was saved."""
    notify(
        user=user,
        school=school,
        event=event,
        subject=subject[:120],
        path=version.get_absolute_url(),
        key=f"{event}:{version.pk}:{version.history.latest().history_id}",
    )
