"""The headteacher's log of monitoring."""

from datetime import date

from accounts.models import Membership, User
from incidents.models import MonitoringEntry
from incidents.rules import can_log_monitoring
from policyportal.lib.workflow import NotAllowed, Refused, save_as


def log_monitoring(
    *,
    by: Membership,
    of: str,
    purpose: str,
    scope: str,
    reason: str,
    starts_on: date,
    ends_on: date | None = None,
    person: User | None = None,
    believed_on: date | None = None,
) -> MonitoringEntry:
    """Store that use of the school's systems is monitored, and return the entry [PWP-97, CRO-93, HEA-62].

    Tells nobody. Refuses whoever may not log it, and, where the school's policy asks for a reasonable belief first,
    an entry about staff that does not name the employee and the day [MLC-78].
    """
    if not can_log_monitoring(by):
        raise NotAllowed("Log monitoring")
    of_staff = of == MonitoringEntry.Of.STAFF
    if not reason.strip():
        raise Refused("Say why it is needed.")
    if by.school.monitoring_needs_grounds and of_staff and not (person and believed_on):
        raise Refused("Your policy asks for a reasonable belief first: name the employee and give the day.")
    entry = MonitoringEntry(
        school=by.school,
        of=of,
        purpose=purpose,
        scope=scope,
        reason=reason,
        starts_on=starts_on,
        ends_on=ends_on,
        person=person if of_staff else None,
        believed_on=believed_on if of_staff else None,
        authorised_by=by.user,
    )
    save_as(entry, by, "Logged")
    return entry


def end_monitoring(entry: MonitoringEntry, by: Membership, *, ends_on: date) -> MonitoringEntry:
    """Store the last day of an entry. Tells nobody.

    Refuses whoever may not log it, an entry of another school, and a day before the first.
    """
    if not can_log_monitoring(by) or entry.school_id != by.school_id:
        raise NotAllowed("End monitoring")
    if ends_on < entry.starts_on:
        raise Refused("It cannot end before it began.")
    entry.ends_on = ends_on
    save_as(entry, by, "Ended")
    return entry
