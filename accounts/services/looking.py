"""The verb on the access log: write down that somebody looked."""

from uuid import UUID

from django.db import DatabaseError, transaction

from accounts.models import AccessLog, Membership


class NotLogged(Exception):
    """That somebody looked could not be written down, so nothing may be shown."""


def log_view(*, by: Membership, model: str, thing: UUID, shown: str, reason: str = "") -> AccessLog:
    """Store that somebody looked at a part of a thing of the school worked in, in the caller's transaction.

    Tells nobody. Raises NotLogged where the line cannot be stored; the page is then not shown.
    """
    line = AccessLog(
        school_id=by.school_id, user_id=by.user_id, model=model, object_id=thing, shown=shown, reason=reason
    )
    try:
        with transaction.atomic():
            line.save()
    except DatabaseError as fault:
        raise NotLogged from fault
    return line
