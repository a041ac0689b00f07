"""Everything that falls due by itself, in one place: a sweep, the start of a worker and `run_due` all call it."""

from django.utils import timezone

from accounts.services import empty_old_imports
from accounts.services.families import empty_old_family_imports
from accounts.services.guesses import forget_old_guesses
from accounts.services.passwords import answer_password_requests
from accounts.services.sessions import forget_old_sessions
from channels_mgmt.declarations import remind_undeclared
from channels_mgmt.leaving import chase_credentials
from incidents.services import tell_unopened
from moderation.services import tell_late
from policies.check.running import check_daily
from policies.services import (
    ask_families_anew,
    ask_families_who_joined,
    lapse_changed_approvals,
    open_due_reviews,
    record_due_reminders,
    remind_of_briefings,
    remind_parents_due,
)
from policyportal.leaving import finish_leavings
from policyportal.lib import outbox
from policyportal.lib.chain import seal_new_rows
from policyportal.lib.models import Heartbeat
from policyportal.seals import check_nightly, keep_head


def run_due() -> dict[str, int]:
    """Record the reminders that are owed and send the mail that is due; return how many of each.

    Everything is reckoned from dates in the database, so it may run late, twice or in two places at once.
    """
    # Reminders first: the mails that they owe go out in the same run.
    done = {
        "leavers": finish_leavings(),
        "credentials to change": chase_credentials(),
        "reviews opened": open_due_reviews(),
        "approvals lapsed": lapse_changed_approvals(),
        "reminders": record_due_reminders(),
        "briefings": remind_of_briefings(),
        "parents asked anew": ask_families_anew(),
        "parents who joined asked": ask_families_who_joined(),
        "parents reminded": remind_parents_due(),
        "policies checked": check_daily(),
        "declarations of links": remind_undeclared(),
        "late items": tell_late(),
        "unopened reports": tell_unopened(),
        "new passwords": answer_password_requests(),
        "files of staff emptied": empty_old_imports(),
        "files of classes emptied": empty_old_family_imports(),
        "rows sealed": seal_new_rows(),
        "heads kept": keep_head(),
        "faults in the history": check_nightly(),
        "mails sent": outbox.drain(),
        "old guesses": forget_old_guesses(),
        "old sessions": forget_old_sessions(),
    }
    Heartbeat.objects.update_or_create(name="run_due", defaults={"beat_at": timezone.now()})
    return done
