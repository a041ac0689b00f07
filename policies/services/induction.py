"""The verbs of the induction pack: choosing what is in it, and confirming it."""

from django.db import IntegrityError, transaction

from accounts.models import Membership
from policies.models import InductionDone, InductionItem
from policies.rules import can_keep_induction
from policies.selectors.induction import owed_by, pack_of, shown_for
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as

FACTS = ("title", "policy", "link", "text", "roles", "days", "in_use")


def add_induction_item(*, by: Membership, **facts) -> InductionItem:
    """Put something into the school's induction pack; joiners find it among their first steps.

    Tells nobody. Refuses whoever may not, and a title that is in the pack already.
    """
    position = pack_of(by.school).count()
    return edit_induction_item(InductionItem(school=by.school, position=position), by=by, **facts)


def edit_induction_item(item: InductionItem, *, by: Membership, **facts) -> InductionItem:
    """Change an item, or take it out of use: who has confirmed it keeps the words they were shown.

    Tells nobody. Refuses whoever may not, a title that is in the pack already, and a policy of other schools.
    """
    if not can_keep_induction(by, item):
        raise NotAllowed("Change the induction pack")
    fill(item, facts, FACTS)
    if pack_of(by.school).filter(title__iexact=item.title).exclude(pk=item.pk).exists():
        raise Refused(f"“{item.title}” is in the pack already.")
    if item.policy and not item.policy.schools.filter(pk=item.school_id).exists():
        raise Refused("That policy does not serve this school.")
    save_as(item, by, "Induction pack changed")
    return item


def confirm_induction(item: InductionItem, *, by: Membership) -> InductionDone:
    """Store that somebody confirmed an item of their induction, with the very words that they were shown.

    The first one counts: a second time returns it unchanged. Tells nobody. Refuses whoever is not asked.
    """
    owing = next((each for each in owed_by(by) if each.item.pk == item.pk), None)
    if owing is None:
        raise NotAllowed("Confirm")
    if owing.done:
        return owing.done
    done = InductionDone(school=by.school, item=item, user=by.user, text_shown=shown_for(item))
    try:
        with transaction.atomic():
            save_as(done, by, "Confirmed")
    except IntegrityError:
        # Pressed twice at once: the other press was first.
        return InductionDone.objects.get(item=item, user=by.user)
    return done
