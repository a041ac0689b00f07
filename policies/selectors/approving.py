"""How far a version is on its way to being approved: who signed, who is still to, and who was consulted."""

from dataclasses import dataclass, field

from accounts.models import Membership, User
from policies.models import Consultation, Policy, PolicyVersion, Route, Signature
from policies.rules import SIGNING, can_sign_off, signatures_needed, signing_role, wrote_alone
from policies.wording import writers_of


@dataclass(frozen=True)
class Consulted:
    """A group that is to be asked about a change, or was; `row` is None while it has not been."""

    group: str
    is_needed: bool
    row: Consultation | None = None

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if self.row and self.row.answered_on:
            return "Answered"
        return "Asked" if self.row else "Not asked yet"

    @property
    def tone(self) -> str:
        """How good that is."""
        return "good" if self.row and self.row.answered_on else "waiting"


@dataclass(frozen=True)
class Approval:
    """The route of a version, and how far it has come on it."""

    route: str
    needed: int
    standing: list[Signature] = field(default_factory=list)
    voided: list[Signature] = field(default_factory=list)
    consulted: list[Consulted] = field(default_factory=list)
    could_sign: int = 0

    @property
    def missing(self) -> int:
        """How many signatures are still to come."""
        return max(0, self.needed - len(self.standing))

    @property
    def too_few(self) -> str:
        """A warning where fewer people could sign than have to, "" otherwise."""
        if self.could_sign >= self.needed:
            return ""
        return (
            f"Too few people may sign this version: {self.could_sign} of {self.needed}. Nobody signs off what they "
            "wrote alone. Appoint somebody, or change who approves the policy."
        )


def route_words(policy: Policy) -> str:
    """Return by which way a policy's versions are approved, in words."""
    words = str(policy.get_route_display())
    if policy.route == Route.SIGNATURES:
        return f"{words}: {policy.signatures_needed} of the headteacher and the governors"
    return f"{words}: {policy.route_body}" if policy.route_body else words


def approval_of(version: PolicyVersion) -> Approval:
    """Return how far a version is on its route, in a constant number of queries."""
    policy = version.policy
    signatures = list(version.signatures.select_related("signed_by"))
    posts = Membership.objects.current().filter(school__policies=policy, role__in=SIGNING[policy.route])
    writers = writers_of([version])[version.pk]
    people = set(posts.values_list("user_id", flat=True))
    return Approval(
        route=route_words(policy),
        needed=signatures_needed(policy),
        standing=[signature for signature in signatures if signature.voided_at is None],
        voided=[signature for signature in signatures if signature.voided_at],
        consulted=consulted_on(version),
        could_sign=sum(not wrote_alone(person, version, writers) for person in people),
    )


def consulted_on(version: PolicyVersion) -> list[Consulted]:
    """Return every group that the policy asks before a change, and whoever else was asked."""
    rows = {row.group: row for row in version.consultations.all()}
    needed = version.policy.groups_consulted if version.number > 1 else []
    groups = [Consulted(group, True, rows.pop(group, None)) for group in needed]
    return groups + [Consulted(group, False, row) for group, row in rows.items()]


def consultations_missing(version: PolicyVersion, *, asked: bool = False) -> list[str]:
    """Return the groups whose answer to a change is not recorded; with `asked`, those that were not even asked."""
    needed = [consulted for consulted in consulted_on(version) if consulted.is_needed]
    if asked:
        return [one.group for one in needed if not (one.row and one.row.asked_on)]
    return [one.group for one in needed if not (one.row and one.row.answered_on and one.row.words.strip())]


def awaiting_signature(membership: Membership, versions: list[PolicyVersion]) -> set:
    """Return the ids of those versions in review that wait for this person's signature; a constant number of queries.

    The versions are of policies that serve the school worked in, with their policy and signatures at hand.
    """
    writers = writers_of(versions) if versions else {}
    return {
        version.pk
        for version in versions
        if version.status == PolicyVersion.Status.IN_REVIEW
        and signing_role(membership, version.policy)
        and not wrote_alone(membership.user_id, version, writers[version.pk])
        and not any(
            signature.signed_by_id == membership.user_id and signature.voided_at is None
            for signature in version.signatures.all()
        )
    }


def signers_of(version: PolicyVersion) -> list[Membership]:
    """Return a post of each person who may sign the version, in any school that the policy serves."""
    policy = version.policy
    posts = Membership.objects.current().filter(school__policies=policy, role__in=SIGNING[policy.route])
    posts = posts.select_related("user", "school").order_by("user", "school")
    return [post for post in posts if can_sign_off(post, version)]


def has_signed(person: User, version: PolicyVersion) -> bool:
    """Tell whether this person's signature to the version stands."""
    return version.signatures.standing().filter(signed_by=person).exists()
