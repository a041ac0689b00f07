"""The verbs of reading a policy in: handing in a document, and deciding on what was found in it."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import Membership
from policies.models import Policy, Proposal, Reading
from policies.reading.document import Document, Unreadable
from policies.reading.facts import Fact, Kind
from policies.reading.opening import checked, kind_of_file, open_document, open_text
from policies.reading.reader import facts_of
from policies.rules import can_manage, can_read_in, can_take_over
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, save_as

# Nobody could look through more than this, and no policy says so much.
MOST_FACTS = 1500
LONGEST_REASON = Proposal._meta.get_field("reason").max_length
LONGEST_NAME = Reading._meta.get_field("file_name").max_length
# What every policy should say of itself: where it does not, a person is asked.
ESSENTIAL = (Kind.TITLE, Kind.APPROVER, Kind.APPROVED_ON, Kind.REVIEW_DUE_ON, Kind.CYCLE, Kind.ACKNOWLEDGED_BY)
NOT_STATED = "The document does not say."
MISSED = "The reader missed it; a person added it."


def record_reading(*, by: Membership, content: bytes, file_name: str = "", policy: Policy | None = None) -> Reading:
    """Read a document, store its text and what was found in it as proposals, and return the reading.

    Without `file_name` the content is text that was pasted. `policy` is the one of which it is a new version. Tells
    nobody, and changes nothing else: what is proposed counts once a person has said so. Refuses whoever keeps no
    policies; raises Unreadable, in words for the person who chose it, for what cannot be read.
    """
    if not can_read_in(by) or (policy is not None and not can_manage(by, policy)):
        raise NotAllowed("Read a policy in")
    document = open_document(content, file_name) if file_name else checked(open_text(content.decode()))
    facts = _with_what_is_missing(facts_of(document))
    if len(facts) > MOST_FACTS:
        raise Unreadable("This document says more than one policy does. Choose the policy alone.")
    reading = Reading(
        school=by.school,
        source=kind_of_file(content, file_name) if file_name else Reading.Source.PASTED,
        file_name=file_name[-LONGEST_NAME:],
        sha256=hashlib.sha256(content).hexdigest(),
        blocks=document.as_data(),
        policy=policy,
        read_by=by.user,
    )
    with transaction.atomic():
        save_as(reading, by, "Read in")
        for position, fact in enumerate(facts, start=1):
            save_as(_proposal(reading, position, fact, document), by, "Found in the document")
    return reading


def decide(reading: Reading, *, by: Membership, proposals: Iterable[UUID], decision: str) -> int:
    """Store that these proposals are right, or left out; return how many that changed. Tells nobody.

    What a person has put in the place of what was read stays: right is then what they said.
    Refuses whoever may not take the reading over; raises TooLate once it was taken over or put away.
    """
    if decision not in (Proposal.Decision.CONFIRMED, Proposal.Decision.DROPPED):
        raise Refused("Say whether it is right or left out.")
    with transaction.atomic():
        chosen = list(_open(reading, by).proposals.filter(pk__in=list(proposals)).exclude(decision=decision))
        for proposal in chosen:
            is_own = decision == Proposal.Decision.CONFIRMED and proposal.changed_to is not None
            _settle(proposal, by, Proposal.Decision.CHANGED if is_own else decision, proposal.changed_to)
    return len(chosen)


def change_proposal(proposal: Proposal, *, by: Membership, value: dict[str, Any]) -> Proposal:
    """Put what a person says in the place of what was read, and return the proposal as stored. Tells nobody.

    What was read stays beside it; the same as was read is that it is right. Refuses as `decide` does.
    """
    with transaction.atomic():
        held = _open(proposal.reading, by).proposals.get(pk=proposal.pk)
        is_same = value == held.value
        decision = Proposal.Decision.CONFIRMED if is_same else Proposal.Decision.CHANGED
        _settle(held, by, decision, None if is_same else value)
    return held


def add_proposal(reading: Reading, *, by: Membership, kind: Kind, value: dict[str, Any]) -> Proposal:
    """Store what the document says and the reader did not find, as decided on, and return it. Tells nobody.

    It stands after everything that was found. Refuses as `decide` does, and raises Refused where there is too much.
    """
    with transaction.atomic():
        held = _open(reading, by)
        last = held.proposals.aggregate(last=Max("position"))["last"] or 0
        if last >= MOST_FACTS:
            raise Refused("There is no room for more findings. Take these over, then add the rest in the draft.")
        proposal = Proposal(
            reading=held, position=last + 1, kind=kind, value={}, confidence=100, reason=MISSED, decided_by=by.user
        )
        _settle(proposal, by, Proposal.Decision.CHANGED, value)
    return proposal


def _settle(proposal: Proposal, by: Membership, decision: str, value: dict[str, Any] | None) -> None:
    proposal.decision, proposal.changed_to, proposal.decided_by = decision, value, by.user
    save_as(proposal, by, str(Proposal.Decision(decision).label))


def _open(reading: Reading, by: Membership) -> Reading:
    """Lock and re-read the reading: nobody decides on what somebody else is taking over."""
    held = Reading.objects.select_for_update().get(pk=reading.pk)
    if not can_take_over(by, held):
        raise NotAllowed("Decide on what was read")
    if held.status != Reading.Status.READ:
        raise TooLate(held)
    return held


def _with_what_is_missing(facts: list[Fact]) -> list[Fact]:
    found = {fact.kind for fact in facts}
    return facts + [Fact(kind, None, None, 100, NOT_STATED) for kind in ESSENTIAL if kind not in found]


def _proposal(reading: Reading, position: int, fact: Fact, document: Document) -> Proposal:
    stands = fact.place if fact.place and fact.place.block < len(document.blocks) else None
    return Proposal(
        reading=reading,
        position=position,
        kind=fact.kind,
        value=fact.value or {},
        block=stands and stands.block,
        start=stands.start if stands else 0,
        end=stands.end if stands else 0,
        confidence=fact.confidence,
        reason=fact.reason[:LONGEST_REASON],
    )
