"""Asking parents and carers, who have no account: requests, the links made when they are mailed, and slips of paper.

A link names its request under the portal's signature and stands in no table; of a slip's code the table has a hash.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Carer, School
from accounts.quiet import end_of_quiet
from policies.asking import register_ask
from policies.models import AcknowledgementRequest, Audience, Campaign, PolicyVersion
from policies.selectors.families import carers_asked
from policyportal.lib import outbox
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.models import OutboxMail

KIND = "acknowledge"
MAIL_SUBJECT = "Your school asks you to read and confirm something"
# How long its links still open after the last day of a campaign, or after a later reminder: late is better than never.
OPEN_AFTERWARDS = timedelta(days=28)
BATCH = 1000
# No letter that looks like another or like a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
ALIKE = str.maketrans("OIL", "011", " -–")


@dataclass(frozen=True)
class Slip:
    """What is printed for one carer."""

    carer: Carer
    code: str


def ask_parents(campaigns: Iterable[Campaign]) -> int:
    """Owe each carer who has an address and has not answered one mail; return how many were asked.

    The number of queries grows with campaigns and with batches of a thousand, not with people. Safe to run twice.
    """
    told = 0
    for campaign in campaigns:
        asked = carers_asked(campaign.version, campaign.school).filter(acknowledged_at=None).exclude(email="")
        told += tell(campaign, list(asked.order_by("pk")))
    return told


def tell(campaign: Campaign, carers: list[Carer]) -> int:
    """Owe these carers a mail with a link of their own, once a day at most; return how many mails are new."""
    new = 0
    for start in range(0, len(carers), BATCH):
        batch = carers[start : start + BATCH]
        requests = requests_for(campaign, batch)
        fresh = [request for request in requests if request.told_on != today()]
        by_pk = {carer.pk: carer for carer in batch}
        due = end_of_quiet([(campaign.school.quiet_from, campaign.school.quiet_until)], timezone.now())
        if fresh:
            outbox.queue_mails(
                [
                    OutboxMail(
                        dedupe_key=_mail_key(request, today()),
                        address=by_pk[request.carer_id].email,
                        name=by_pk[request.carer_id].name,
                        subject=MAIL_SUBJECT,
                        path=reverse("policies:slip"),
                        link=KIND,
                        due_at=due or timezone.now(),
                    )
                    for request in fresh
                ]
            )
            # One that still waits from an earlier day would say the same twice.
            outbox.supersede([_mail_key(request, request.told_on) for request in fresh if request.told_on])
            pks = [request.pk for request in fresh]
            AcknowledgementRequest.objects.filter(pk__in=pks).update(told_on=today())
        new += len(fresh)
    return new


def requests_for(campaign: Campaign, carers: list[Carer]) -> list[AcknowledgementRequest]:
    """Return the requests to these carers, made where there are none yet, all open for a while; three queries."""
    expires = start_of_day(max(campaign.due_on, today()) + timedelta(days=1)) + OPEN_AFTERWARDS
    AcknowledgementRequest.objects.bulk_create(
        [
            AcknowledgementRequest(school=campaign.school, campaign=campaign, carer=carer, expires_at=expires)
            for carer in carers
        ],
        ignore_conflicts=True,
    )
    requests = campaign.requests.filter(carer__in=[carer.pk for carer in carers])
    # Whoever is reminded long after the last day can still answer.
    requests.filter(expires_at__lt=expires).update(expires_at=expires)
    return list(requests)


def print_slips(campaign: Campaign, carers: list[Carer]) -> list[Slip]:
    """Give each of these carers a new code and return the slips; a slip printed before opens nothing any more."""
    codes = {carer.pk: new_code() for carer in carers}
    requests = requests_for(campaign, carers)
    for request in requests:
        request.slip_hash = hash_of(codes[request.carer_id])
    AcknowledgementRequest.objects.bulk_update(requests, ["slip_hash"])
    return [Slip(carer, in_groups(codes[carer.pk])) for carer in carers]


def token_of(request: AcknowledgementRequest) -> str:
    """Return the secret part of a request's link: its id under the portal's signature, for the address of now."""
    return signing.dumps([str(request.pk), _mark_of(request.carer)], salt=__name__)


def request_in(token: str) -> AcknowledgementRequest | None:
    """Return the request that a link names, or the one for the wording that took its place; None where it is over.

    What is over: a link that the portal did not sign, one past its time, one that went to an address which was wrong,
    a carer who is asked no more, and a campaign that was ended by hand before they answered.
    """
    try:
        pk, mark = signing.loads(token, salt=__name__)
        request = _requests().filter(pk=UUID(pk)).first()
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return _open(request) if request and mark == _mark_of(request.carer) else None


def request_of_code(typed: str) -> AcknowledgementRequest | None:
    """Return the request whose slip bears a code, however it was typed; None where there is none or it is over."""
    return _open(_requests().filter(slip_hash=hash_of(typed)).first())


def link_of(mail: OutboxMail) -> str:
    """Return the path that a mail to a carer links to, or "" when there is nothing to confirm any more."""
    pk = _request_pk(mail)
    request = _open(_requests().filter(pk=pk).first())
    if request is None or str(request.pk) != pk or request.used_at or not _is_asked(request):
        return ""
    # The office has corrected it since: the link is for nobody at the former address.
    if request.carer.email != mail.address:
        return ""
    return reverse("policies:acknowledge_by_link", args=[token_of(request)])


def quiet_until(mail: OutboxMail) -> datetime | None:
    """Return when the quiet hours end that a mail to a carer must wait for, or None. Asked when it is to be sent.

    Thousands take hours to leave, and the portal or the mail server may have been away in between.
    """
    if mail.link != KIND:
        return None
    schools = School.objects.filter(
        pk__in=AcknowledgementRequest.objects.filter(pk=_request_pk(mail)).values("school")
    )
    return end_of_quiet(schools.values_list("quiet_from", "quiet_until"), timezone.now())


def is_current(request: AcknowledgementRequest) -> bool:
    """Tell whether the version that a request is about is the one in force."""
    return request.campaign.version.status == PolicyVersion.Status.PUBLISHED


def new_code() -> str:
    """Return a random code of 60 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def in_groups(code: str) -> str:
    """Return a code as people copy it: in groups of four."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def hash_of(typed: str) -> str:
    """Return what is kept of a code, however it was typed."""
    return salted_hmac(__name__, typed.strip().upper().translate(ALIKE), algorithm="sha256").hexdigest()


def _mail_key(request: AcknowledgementRequest, day: date) -> str:
    return f"{KIND}:{request.pk}:{day.isoformat()}"


def _request_pk(mail: OutboxMail) -> str:
    return mail.dedupe_key.split(":")[1]


def _mark_of(carer: Carer) -> str:
    return salted_hmac(__name__, carer.email, algorithm="sha256").hexdigest()[:16]


def _requests():
    return AcknowledgementRequest.objects.select_related("campaign__version__policy", "campaign__school", "carer")


def _open(request: AcknowledgementRequest | None) -> AcknowledgementRequest | None:
    """Return a request that may still be looked at, or in its place the one of the wording or school year of now."""
    if request is None or request.expires_at <= timezone.now() or request.carer.left_on is not None:
        return None
    if is_current(request) and request.campaign.ended_on is None:
        return request
    newer = _requests().filter(
        carer=request.carer_id,
        campaign__version__policy=request.campaign.version.policy_id,
        campaign__version__status=PolicyVersion.Status.PUBLISHED,
        campaign__ended_on=None,
        expires_at__gt=timezone.now(),
    )
    is_told = request.used_at is not None or not is_current(request)
    return newer.first() or (request if is_told else None)


def _is_asked(request: AcknowledgementRequest) -> bool:
    """Tell whether the carer has a child here and has not answered in any other way."""
    asked = carers_asked(request.campaign.version, request.campaign.school).filter(acknowledged_at=None)
    return is_current(request) and asked.filter(pk=request.carer_id).exists()


outbox.register_link(KIND, link_of)
outbox.register_hold(quiet_until)
register_ask(Audience.PARENTS, ask_parents)
