"""What a version needs before it is signed, approved and published, and what a signature does."""

from django.utils import timezone

from accounts.models import Membership
from policies.approval_notices import signatures_voided
from policies.models import PolicyVersion, Route, Signature
from policies.rules import signatures_needed, signing_role
from policies.selectors.approving import consultations_missing
from policies.wording import sha256_of, touched_since
from policyportal.lib.dates import Precision, today
from policyportal.lib.workflow import save_as

Approver = PolicyVersion.Approver
TEXT_CHANGED = (
    "The text or its dates have changed since they were signed, so the approval is void, even if the change was taken "
    "back. Withdraw the version to draft and have it approved again."
)

APPROVAL_FACTS = (
    "approver_kind",
    "approver_name",
    "approver_role",
    "approved_on",
    "approved_on_precision",
    "approved_on_raw",
    "minute_reference",
)
MINUTED = (Route.COMMITTEE, Route.FULL_BOARD)


def approver_missing(version: PolicyVersion) -> str:
    """Say who must be named before the version is approved or published [PWP-02]."""
    if version.approver_kind == Approver.NOT_STATED:
        return "Say who approved it: a named person, a committee or the full governing body."
    if version.approver_kind != Approver.GOVERNING_BODY and not version.approver_name.strip():
        return "Give the name of the person or committee that approved it."
    return ""


def text_missing(version: PolicyVersion) -> str:
    """Ask for something to read."""
    return "" if version.clauses.exists() else "Write the text first: this draft has no clauses yet."


def first_is_minor(version: PolicyVersion) -> str:
    """Refuse a first version that corrects another one."""
    earlier = version.policy.versions.filter(number__lt=version.number).exclude(status__in=PolicyVersion.PENDING)
    if version.is_major or earlier.exists():
        return ""
    return "Nobody has been asked about an earlier version, so this one is acknowledged by everybody."


def body_missing(version: PolicyVersion) -> str:
    """Ask which committee it is that approves."""
    unnamed = version.policy.route == Route.COMMITTEE and not version.policy.route_body.strip()
    return "Name the committee that approves this policy, on the policy's page." if unnamed else ""


def approver_unnamed(version: PolicyVersion) -> str:
    """Say who must be named; where the route says who signs, their signature names them [PWP-02]."""
    return approver_missing(version) if version.policy.route == Route.HEAD_OR_GOVERNORS else body_missing(version)


def minute_missing(version: PolicyVersion) -> str:
    """Ask where the meeting that agreed wrote so."""
    if version.policy.route not in MINUTED:
        return ""
    if not version.minute_reference.strip():
        return "Give the minute that records the decision."
    return "" if version.approved_on else "Give the date of the meeting."


def consultation_unasked(version: PolicyVersion) -> str:
    """Say who must be asked before a change, where the policy demands it [MLC-85]."""
    return " ".join(
        f"Ask {group} first and record when: this policy is changed only after consulting them."
        for group in consultations_missing(version, asked=True)
    )


def consultation_missing(version: PolicyVersion) -> str:
    """Say whose answer is missing before a change, where the policy demands one [MLC-85]."""
    return " ".join(
        f"Record what {group} said first: this policy is changed only after consulting them."
        for group in consultations_missing(version)
    )


def signed_text_changed(version: PolicyVersion) -> str:
    """Refuse a signature beside those given to another text."""
    return TEXT_CHANGED if is_changed_since_signed(version) else ""


def approval_void(version: PolicyVersion) -> str:
    """Refuse to publish anything but the text that was approved, even where a change was taken back."""
    if version.signatures.standing().count() < signatures_needed(version.policy):
        return "The approval no longer stands. Withdraw the version to draft and have it approved again."
    changed = is_changed_since_signed(version) or sha256_of(version) != version.approved_sha256
    return TEXT_CHANGED if changed else ""


def is_changed_since_signed(version: PolicyVersion) -> bool:
    """Tell whether the text is another one than somebody signed, or was so in between."""
    signatures = list(version.signatures.standing())
    if not signatures:
        return False
    now = sha256_of(version)
    return any(signature.text_sha256 != now for signature in signatures) or touched_since(
        version, min(signature.signed_at for signature in signatures)
    )


def sign(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Store the signature of `actor` to the text as it stands."""
    signature = Signature(
        version=version,
        signed_by=actor.user,
        as_role=signing_role(actor, version.policy),
        text_sha256=sha256_of(version),
    )
    save_as(signature, actor, "Signed")


def state_approval(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Write down who approved it by which route, and the hash of what was approved."""
    version.approved_sha256 = sha256_of(version)
    policy = version.policy
    if policy.route == Route.HEAD_OR_GOVERNORS:
        return
    kind, name = {
        Route.COMMITTEE: (Approver.COMMITTEE, policy.route_body),
        Route.FULL_BOARD: (Approver.GOVERNING_BODY, policy.route_body),
    }.get(policy.route, (Approver.PERSON, ""))
    signers = [signature.signed_by.name for signature in version.signatures.standing().select_related("signed_by")]
    version.approver_kind = kind
    version.approver_name = name if kind != Approver.PERSON else " and ".join(signers)[:150]
    role = actor.school.label_of(signing_role(actor, policy))
    version.approver_role = {
        Approver.PERSON: role if len(signers) == 1 else policy.get_route_display(),
    }.get(kind, f"signed by {actor.user.name}, {role}")[:100]
    if policy.route not in MINUTED:
        version.approved_on, version.approved_on_precision, version.approved_on_raw = today(), Precision.DAY, ""


def void_signatures(version: PolicyVersion, actor: Membership | None, reason: str) -> None:
    """Void every signature that stands, with the reason, and tell whoever signed."""
    standing = list(version.signatures.standing().select_related("signed_by"))
    for signature in standing:
        signature.voided_at, signature.voided_reason = timezone.now(), reason[:200]
        save_as(signature, actor, reason)
    version.approved_sha256 = ""
    signatures_voided(version, standing)
