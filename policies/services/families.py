"""The verbs by which families answer, a carer by a link, a class by its teacher; and by which they are chased."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Membership, Pupil, School, SchoolClass
from policies import parents
from policies.family_rules import can_record_for
from policies.models import Acknowledgement, AcknowledgementRequest, Audience, Campaign, PolicyVersion
from policies.rules import can_campaign
from policies.selectors.families import (
    carers_asked,
    carers_of_class,
    fingerprint,
    given_for,
    pupils_asked,
    running_campaign,
    text_shown,
)
from policies.selectors.standing import year_began, year_of
from policyportal.lib.dates import LONDON, today
from policyportal.lib.workflow import NotAllowed, Refused, save_as

ASK_FIRST = "Parents are not being asked about this version. Ask them first."
# How many days before the last one parents who have not answered are reminded once by themselves.
REMINDED_BEFORE = 3


@transaction.atomic
def acknowledge_by_link(
    request: AcknowledgementRequest, *, has_read: bool, has_understood: bool, will_follow: bool
) -> Acknowledgement:
    """Store that a carer read, understood and will follow a version, with the very words that they were shown.

    The link has then been used. The first answer counts: a second time returns it unchanged. Tells nobody. Refuses
    a version that is not in force, and anything less than all three [PWP-09, CRO-12, GRA-16].
    """
    locked = AcknowledgementRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    version, school = request.campaign.version, request.campaign.school
    former = given_for(version, school, Audience.PARENTS).filter(carer=request.carer_id).first()
    if former is None:
        if not parents.is_current(request):
            raise Refused("The policy has changed since. Ask the school for the one that is in force.")
        if not (has_read and has_understood and will_follow):
            raise Refused("Tick all three statements to confirm.")
        words = text_shown(version, school, Audience.PARENTS)
        former = _given(version, school, words, timezone.now(), audience=Audience.PARENTS, carer_id=request.carer_id)
        former = _store(former, None, "Acknowledged by a link of their own")
    if locked.used_at is None:
        locked.used_at = timezone.now()
        locked.save(update_fields=["used_at"])
    return former


@transaction.atomic
def record_class(
    version: PolicyVersion, school_class: SchoolClass, *, by: Membership, on: date, present: Iterable[Pupil]
) -> list[Acknowledgement]:
    """Store that these children of a class went through the pupils' guide together on a day; return what is new.

    Whoever was away stays outstanding. The words of the guide are kept with each. Tells nobody. Refuses whoever may
    not record for this class, a version that is not in force or does not ask pupils, a day to come, before the
    version or before the school year where it is confirmed yearly, and nobody at all; a child of another class is
    not recorded.
    """
    if not can_record_for(by, school_class):
        raise NotAllowed("Record for this class")
    if version.status != PolicyVersion.Status.PUBLISHED or not version.policy.for_pupils:
        raise Refused("Pupils are not asked about this version.")
    if on > today():
        raise Refused("The day must not lie in the future.")
    if version.published_on and on < version.published_on:
        raise Refused("This version was not in force yet on that day.")
    school = school_class.school
    began = year_began(version.policy, school)
    if began and on < began:
        raise Refused("That day was in an earlier school year. Pupils go through it anew in this one.")
    chosen = {pupil.pk for pupil in present}
    if not chosen:
        raise Refused("Tick who was there.")
    outstanding = pupils_asked(version, school_class).filter(pk__in=chosen, acknowledged_at=None)
    # Nobody asked at what hour of the day it was.
    at = datetime.combine(on, time(12), tzinfo=LONDON) if on < today() else timezone.now()
    words = text_shown(version, school, Audience.PUPILS)
    whose = {"audience": Audience.PUPILS, "recorded_by": by.user}
    given = [_given(version, school, words, at, pupil_id=pupil.pk, **whose) for pupil in outstanding]
    return [_store(one, by, f"Went through it with class {school_class}") for one in given]


def remind_parents(
    version: PolicyVersion, *, by: Membership, school_class: SchoolClass | None = None
) -> tuple[int, int]:
    """Owe every carer who has not answered, of a class or of the school, a mail with their link.

    Returns how many were told and how many have no address. Each is told once a day at most. Refuses whoever may not
    chase, and a version about which parents are not being asked.
    """
    campaign = _asking(version, by)
    carers = carers_of_class(version, school_class) if school_class else carers_asked(version, by.school)
    outstanding = list(carers.filter(acknowledged_at=None))
    reachable = [carer for carer in outstanding if carer.email]
    with transaction.atomic():
        told = parents.tell(campaign, reachable)
    return told, len(outstanding) - len(reachable)


def print_slips(version: PolicyVersion, school_class: SchoolClass, *, by: Membership) -> list[parents.Slip]:
    """Return a slip for every carer of a class who has no address and has not answered, each with a new code.

    A slip printed before opens nothing any more. Refuses as `remind_parents` does.
    """
    campaign = _asking(version, by)
    carers = list(carers_of_class(version, school_class).filter(acknowledged_at=None, email=""))
    with transaction.atomic():
        return parents.print_slips(campaign, carers)


def remind_parents_due() -> int:
    """Remind parents once, some days before a campaign's last day; return how many mails. Safe to run twice."""
    running = Campaign.objects.filter(audience=Audience.PARENTS, ended_on=None, reminded_on=None, due_on__gte=today())
    told = 0
    for campaign in running.select_related("school", "version__policy"):
        days_left = (campaign.due_on - today()).days
        if days_left > REMINDED_BEFORE or campaign.started_on == today():
            continue
        with transaction.atomic():
            held = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
            if held.reminded_on is None:
                held.reminded_on = today()
                save_as(held, None, "Parents reminded")
                told += parents.ask_parents([campaign])
    return told


def ask_families_who_joined() -> int:
    """Ask carers who came to the school while a campaign runs; return how many mails. Safe to run twice."""
    running = Campaign.objects.filter(audience=Audience.PARENTS, ended_on=None, due_on__gte=today())
    told = 0
    for campaign in running.select_related("school", "version__policy"):
        asked = carers_asked(campaign.version, campaign.school).filter(acknowledged_at=None).exclude(email="")
        told += parents.tell(campaign, list(asked.exclude(Exists(campaign.requests.filter(carer=OuterRef("pk"))))))
    return told


def _asking(version: PolicyVersion, by: Membership) -> Campaign:
    if not can_campaign(by, version):
        raise NotAllowed("Chase parents")
    campaign = running_campaign(version, by.school)
    if campaign is None:
        raise Refused(ASK_FIRST)
    return campaign


def _given(version: PolicyVersion, school: School, words: str, at: datetime, **whose: Any) -> Acknowledgement:
    return Acknowledgement(
        school=school,
        version=version,
        school_year=year_of(version.policy, school),
        acknowledged_at=at,
        has_read=True,
        has_understood=True,
        will_follow=True,
        text_shown=words,
        text_sha256=fingerprint(words),
        **whose,
    )


def _store(given: Acknowledgement, by: Membership | None, reason: str) -> Acknowledgement:
    """Store an answer, or return the one that another press stored first."""
    try:
        with transaction.atomic():
            save_as(given, by, reason)
    except IntegrityError:
        return Acknowledgement.objects.get(
            version=given.version, carer=given.carer_id, pupil=given.pupil_id, school_year=given.school_year
        )
    return given
