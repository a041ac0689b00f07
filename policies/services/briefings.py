"""The verbs of briefings: planning one, recording who was there, catching up, and reminding."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from policies.briefing_notices import briefing_missed, briefing_near
from policies.briefing_workflow import Status
from policies.models import Attendance, Briefing, Clause, Policy
from policies.rules import can_brief, can_lead, can_manage
from policies.selectors.briefings import missed, staff_on, unannounced
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take_along

BATCH = 200


def plan_briefing(
    policy: Policy,
    *,
    by: Membership,
    title: str,
    held_on: date,
    lead: Membership,
    expectations: Collection[Clause] = (),
) -> Briefing:
    """Store that staff will be briefed on a policy, by whom and what it goes through [PWP-94].

    The lead is reminded by itself some days before. Refuses whoever may not, and a lead of another school.
    """
    if not can_brief(by, policy):
        raise NotAllowed("Plan a briefing")
    if lead.school_id != by.school_id:
        raise Refused("The lead must hold a post in this school.")
    briefing = Briefing(school=by.school, policy=policy, title=title, held_on=held_on, lead=lead)
    with transaction.atomic():
        save_as(briefing, by, "Planned")
        briefing.expectations.set(expectations)
    return briefing


def record_attendance(briefing: Briefing, *, by: Membership, present: Collection[UUID]) -> Briefing:
    """Record who of the staff was at a briefing, all at once, against the wording in force [PWP-94].

    Whoever was not there is late, and told to catch up while they are on the staff. Recorded again it is put right:
    who has caught up stays so.
    Refuses whoever may not, a briefing still to come, and one that was cancelled.
    """
    if not can_lead(by, briefing):
        raise NotAllowed("Record who was there")
    with transaction.atomic():
        # Read anew: of two who record it at once the second puts right what the first recorded.
        briefing = Briefing.objects.select_for_update(of=("self",)).get(pk=briefing.pk)
        if briefing.status != Status.HELD:
            briefing = take_along("hold", briefing, by, "Attendance recorded")
        known = {each.user_id: each for each in briefing.attendances.select_for_update()}
        for person in staff_on(briefing.school, briefing.held_on):
            was_there, row = person.pk in present, known.get(person.pk)
            if row is None:
                row = Attendance(briefing=briefing, user=person, present=was_there)
                save_as(row, by, "Attendance recorded")
            elif row.present != was_there:
                row.present = was_there
                save_as(row, by, "Attendance put right")
        briefing_missed(list(missed(today()).filter(briefing=briefing)), today())
    return briefing


def catch_up(attendance: Attendance, *, by: Membership) -> Attendance:
    """Store that somebody has caught up on a briefing that they missed: they say so, or whoever keeps it.

    Tells nobody. Refuses everybody else, and somebody who was there.
    """
    own = attendance.user_id == by.user_id and attendance.briefing.school_id == by.school_id
    if not own and not can_lead(by, attendance.briefing):
        raise NotAllowed("Catch up")
    if attendance.present:
        raise Refused(f"{attendance.user} was there.")
    if attendance.caught_up_on is None:
        attendance.caught_up_on = today()
        save_as(attendance, by, "Caught up")
    return attendance


def switch_briefing_reminders(policy: Policy, *, by: Membership, on: bool) -> Policy:
    """Say whether leads are reminded of a policy's briefings, whatever its text promises [CRO-07].

    Tells nobody. Refuses whoever may not manage the policy.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Switch reminders")
    policy.briefing_reminders = on
    save_as(policy, by, f"Reminders of briefings switched {'on' if on else 'off'}")
    return policy


def remind_of_briefings(day: date | None = None) -> int:
    """Remind leads of what is near and people of what they missed; return how many were told.

    Safe to run twice, late, and in two places at once [PWP-94].
    """
    day = day or today()
    told = sum(_remind_lead(briefing) for briefing in unannounced(day))
    people: dict[UUID, list[Attendance]] = {}
    for each in missed(day):
        people.setdefault(each.user_id, []).append(each)
    late = list(people.values())
    for start in range(0, len(late), BATCH):
        with transaction.atomic():
            told += briefing_missed([each for theirs in late[start : start + BATCH] for each in theirs], day)
    return told


def _remind_lead(briefing: Briefing) -> int:
    """Tell one lead, unless another run was faster."""
    with transaction.atomic():
        locked = Briefing.objects.select_for_update(of=("self",)).get(pk=briefing.pk)
        if locked.reminded_at is not None or locked.status != Status.PLANNED:
            return 0
        briefing_near(briefing)
        locked.reminded_at = timezone.now()
        save_as(locked, None, "Lead reminded")
    return 1
