"""Telling people: a line in the portal and a mail that says only that something waits."""

from accounts.models import Notification, School, User
from policyportal.lib.outbox import queue_mail

MAIL_SUBJECT = "Something waits for you in the portal"


def notify(
    *, user: User, school: School, event: str, subject: str, path: str, key: str, mail: bool = True
) -> Notification:
    """Tell `user` once: one line in the portal and one mail, both inside the caller's transaction.

    Without `mail` the caller owes the mail itself, one for several lines.

    `key` names the event and its thing; the same key for the same person again changes nothing. `subject` is shown
    in the portal after sign-in and may say what kind of thing waits, never whom it concerns.
    """
    dedupe_key = f"{key}:{user.pk}"
    notification, new = Notification.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"user": user, "school": school, "event": event, "subject": subject, "path": path},
    )
    if new and mail:
        queue_mail(to=user, subject=MAIL_SUBJECT, path=path, dedupe_key=dedupe_key)
    return notification
