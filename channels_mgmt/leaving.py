"""What ends on the school's channels when somebody leaves: their authorisations, and credentials that they knew."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, School, User
from channels_mgmt.models import Authorisation, Channel, ChannelRole, CredentialChange
from channels_mgmt.notifications import credentials_due
from policyportal.lib.dates import today
from policyportal.lib.workflow import save_as


def channels_known_to(user: User, school: School) -> QuerySet[Channel]:
    """Return the school's channels in use whose credentials this person may know.

    Those on which they were ever authorised, and those that a role which they ever held here manages: a password
    outlasts the post in which somebody learned it.
    """
    authorised = Authorisation.objects.filter(channel=OuterRef("pk"), membership__user=user)
    held = Membership.objects.filter(school=school, user=user).values("role")
    managed = ChannelRole.objects.filter(channel=OuterRef("pk"), manages=True, role__in=held)
    channels = Channel.objects.filter(school=school).ours().in_use()
    return channels.filter(Q(Exists(authorised)) | Q(Exists(managed)))


def standing_authorisations(user: User, school: School) -> QuerySet[Authorisation]:
    """Return the authorisations of this person in the school that are neither revoked nor over."""
    mine = Authorisation.objects.standing().filter(school=school, membership__user=user)
    return mine.select_related("channel", "school", "membership__user")


def end_authorisation(authorisation: Authorisation, by: Membership | None, reason: str) -> Authorisation:
    """End an authorisation at once. Whether `by` may, and whom to tell, is for whoever calls this."""
    authorisation.revoked_at = timezone.now()
    authorisation.revoked_by = by.user if by is not None else None
    authorisation.revoked_reason = reason
    save_as(authorisation, by, reason)
    return authorisation


def close_behind(user: User, school: School, *, by: Membership | None, reason: str) -> list[CredentialChange]:
    """End every authorisation of somebody who leaves, and owe a change of the credentials that they knew.

    Tells whoever manages those channels. Doing it again changes nothing. Returns the changes newly owed.
    """
    for authorisation in standing_authorisations(user, school).select_for_update(of=("self",)):
        end_authorisation(authorisation, by, reason)
    owed = CredentialChange.objects.due().filter(leaver=user).values("channel")
    due_on = today() + timedelta(days=school.credential_days)
    changes = []
    for channel in channels_known_to(user, school).exclude(pk__in=owed):
        change = CredentialChange(school=school, channel=channel, leaver=user, due_on=due_on)
        save_as(change, by, reason)
        credentials_due(change)
        changes.append(change)
    return changes


def chase_credentials() -> int:
    """Tell the managers of each channel once a day that credentials are due or overdue; return how many are."""
    changes = list(CredentialChange.objects.due().filter(due_on__lte=today()).select_related("channel", "school"))
    for change in changes:
        credentials_due(change, today())
    return len(changes)
