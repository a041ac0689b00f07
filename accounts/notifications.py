"""Telling people: a line in the portal and a mail that says only that something waits."""

from uuid import uuid4

from django.urls import reverse

from accounts.mailing import MAIL_SUBJECT, owe_mail
from accounts.models import Appointment, Membership, Notification, School, User
from accounts.selectors import who_may_confirm
from policyportal.lib.outbox import queue_mail


def notify(
    *,
    user: User,
    school: School,
    event: str,
    subject: str,
    path: str,
    key: str,
    mail: bool = True,
    urgent: bool = False,
) -> Notification:
    """Tell `user` once: one line in the portal and one mail, both inside the caller's transaction.

    The mail goes as the person chose, and not in the school's quiet hours; one about safeguarding is `urgent` and goes
    at once. Without `mail` the caller owes the mail itself, one for several lines, by `accounts.mailing.owe_mail`.

    `key` names the event and its thing; the same key for the same person again changes nothing. `subject` is shown
    in the portal after sign-in and may say what kind of thing waits, never whom it concerns.
    """
    dedupe_key = f"{key}:{user.pk}"
    notification, new = Notification.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "user": user,
            "school": school,
            "event": event,
            "subject": subject,
            "path": path,
            "urgent": urgent,
        },
    )
    if new and mail:
        owe_mail([notification], key=dedupe_key, path=path)
    return notification


def second_step_changed(*, user: User, school: School | None, what: str) -> None:
    """Tell somebody that a way of signing in as them was added or taken away, in case it was not they who did it."""
    path, key = reverse("mfa_index"), f"second-step-changed:{uuid4()}"
    if school is None:
        queue_mail(to=user, subject=MAIL_SUBJECT, path=path, dedupe_key=key)
    else:
        notify(user=user, school=school, event="second_step_changed", subject=what, path=path, key=key)


def appointment_proposed(appointment: Appointment) -> None:
    """Tell whoever may confirm it that an appointment waits."""
    for post in who_may_confirm(appointment):
        notify(
            user=post.user,
            school=appointment.school,
            event="appointment_proposed",
            subject="An appointment waits for a second person",
            path=appointment.get_absolute_url(),
            key=f"appointment_proposed:{appointment.pk}",
        )


def appointment_decided(appointment: Appointment, actor: Membership, reason: str) -> None:
    """Tell whoever proposed it that an appointment was decided on."""
    notify(
        user=appointment.proposed_by.user,
        school=appointment.school,
        event="appointment_decided",
        subject="An appointment that you proposed was decided on",
        path=appointment.get_absolute_url(),
        key=f"appointment_decided:{appointment.pk}",
    )


def post_given(post: Membership) -> None:
    """Tell somebody who works here already that they hold another post."""
    notify(
        user=post.user,
        school=post.school,
        event="post_given",
        subject="You were given another post",
        path=reverse("portal:home"),
        key=f"post_given:{post.pk}",
    )
