"""What counts of a reading: the findings that somebody has agreed to, by kind."""

from dataclasses import dataclass
from typing import Any

from accounts.models import School
from policies.models import Proposal, Reading
from policies.reading.facts import Kind
from policyportal.read_in.roles import roles_meant
from policyportal.read_in.words import Value


@dataclass(frozen=True)
class Agreed:
    """What counts of a reading: its proposals that were confirmed or changed, by kind and in the order of the text."""

    proposals: list[Proposal]

    @classmethod
    def of(cls, reading: Reading) -> "Agreed":
        """Return what was agreed to; one query."""
        counting = (Proposal.Decision.CONFIRMED, Proposal.Decision.CHANGED)
        return cls([one for one in reading.proposals.filter(decision__in=counting) if one.settled])

    def of_kind(self, kind: Kind) -> list[Proposal]:
        """Return the proposals of a kind."""
        return [one for one in self.proposals if one.kind == kind]

    def values(self, kind: Kind) -> list[Value]:
        """Return the values of a kind."""
        return [one.settled for one in self.of_kind(kind)]

    def one(self, kind: Kind) -> Value:
        """Return the value of what a policy says once: the surest where it says several; {} where it says none."""
        surest = max(
            self.of_kind(kind),
            key=lambda one: (one.decision == Proposal.Decision.CHANGED, one.confidence),
            default=None,
        )
        return surest.settled if surest else {}

    def roles(self, kind: Kind, school: School) -> list[str]:
        """Return every role that the values of a kind mean."""
        return list(dict.fromkeys(role for value in self.values(kind) for role in roles_meant(value, school)))


def cut(words: str, model: Any, name: str) -> str:
    """Return words as long as the field may be; what is longer ends in an ellipsis."""
    longest = model._meta.get_field(name).max_length
    return words if len(words) <= longest else f"{words[: longest - 1].rsplit(' ', 1)[0]}…"
