"""The verbs of reminding: one person by hand, and everybody who is owed a reminder."""

from datetime import date

from django.db import transaction

from accounts.models import Membership, User
from policies import notifications, owed
from policies.models import PolicyVersion, Reminder
from policies.rules import can_chase
from policies.selectors.acknowledgements import post_asked
from policies.selectors.standing import counting
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused


def remind(version: PolicyVersion, person: User, *, by: Membership) -> Reminder:
    """Remind one person of an acknowledgement they owe and return the log entry [MLC-20].

    Tells them once a day at most, whoever presses. Refuses whoever may not chase this person, a version that is not
    in force, and a person who has acknowledged or is not asked to.
    """
    post = post_asked(version, person, by.school)
    if post is None:
        raise Refused(f"{person} is not asked to acknowledge this policy.")
    if not can_chase(by, post):
        raise NotAllowed("Remind")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("This version is not in force. Remind people of the one that is.")
    if counting(version, by.school).filter(user=person).exists():
        raise Refused(f"{person} has acknowledged the policy already.")
    with transaction.atomic():
        reminder, is_new = Reminder.objects.get_or_create(
            version=version,
            user=person,
            kind=Reminder.Kind.ASKED,
            owed_on=today(),
            defaults={"school": by.school, "stage": 0, "by": by.user},
        )
        if is_new:
            notifications.reminders_recorded([reminder])
    return reminder


def record_due_reminders(day: date | None = None) -> int:
    """Record and tell every reminder that is owed today (or on `day`); return how many were recorded.

    Safe to run twice, in two places at once, and to be killed anywhere [PWP-04, CRO-06, PWP-95].
    """
    return owed.record(day or today())
