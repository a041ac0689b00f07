"""What policies tell whom: one function per event, each inside the caller's transaction."""

from uuid import UUID

from django.urls import reverse

from accounts.models import Membership, Notification, School, User
from accounts.notifications import notify
from accounts.telling import Told, line, tell_all
from policies.models import PolicyVersion, Question, Reference, Reminder
from policies.rules import KEEPERS
from policyportal.lib.outbox import supersede_reminders


def path_of(reminder: Reminder) -> str:
    """Return the page on which the person does what they are reminded of."""
    if reminder.kind == Reminder.Kind.REVIEW:
        return reminder.version.policy.get_absolute_url()
    return reverse("policies:acknowledge", args=[reminder.version_id])


def key_of(reminder: Reminder) -> str:
    """Return what makes this reminder the same one, however often it is told."""
    return f"{reminder.kind}-reminder:{reminder.version_id}:{reminder.owed_on}"


def reminders_recorded(reminders: list[Reminder]) -> None:
    """Tell people of these reminders: each a line for every one of theirs, and one mail for all of them.

    The mail of a single one links to its page, that of several to the home page, where all of them wait. An earlier
    mail that is still unsent, because the mail server was away, is superseded: what is late is told once. The number
    of queries does not grow with the people.
    """
    theirs: dict[UUID, list[Reminder]] = {}
    for reminder in reminders:
        theirs.setdefault(reminder.user_id, []).append(reminder)
    supersede_reminders(list(theirs), [f"{kind}-reminder:" for kind in Reminder.Kind])
    tell_all(
        [
            Told(
                lines=[_line_of(reminder) for reminder in each],
                key=f"{key_of(each[0])}:{user}",
                path=path_of(each[0]) if len(each) == 1 else reverse("portal:home"),
            )
            for user, each in theirs.items()
        ]
    )


def _line_of(reminder: Reminder) -> Notification:
    title = reminder.version.policy.title
    review = reminder.kind == Reminder.Kind.REVIEW
    return line(
        user=reminder.user,
        school=reminder.school,
        event="review_due" if review else "acknowledgement_due",
        subject=f"Review: {title}" if review else f"Read and acknowledge: {title}",
        path=path_of(reminder),
        key=key_of(reminder),
    )


def version_approved(version: PolicyVersion) -> None:
    """Tell whoever keeps the policy that the version may be published."""
    for user, school in keepers_of(version):
        notify(
            user=user,
            school=school,
            event="version_approved",
            subject=f"Approved, ready to publish: {version}"[:120],
            path=version.get_absolute_url(),
            key=f"version-approved:{version.pk}",
        )


def reference_superseded(reference: Reference) -> None:
    """Tell whoever keeps the policy that something it rests on has been superseded."""
    version = reference.policy.versions.published().first()
    for user, school in keepers_of(version) if version else []:
        notify(
            user=user,
            school=school,
            event="reference_superseded",
            subject=f"Superseded, review the policy: {reference.title}"[:120],
            path=reference.policy.get_absolute_url(),
            key=f"reference-superseded:{reference.pk}:{reference.last_checked_on}",
        )


def question_asked(question: Question) -> None:
    """Tell the one person to whom the question goes."""
    notify(
        user=question.to,
        school=question.school,
        event="question_asked",
        subject=f"A question about {question.policy}"[:120],
        path=question.get_absolute_url(),
        key=f"question-asked:{question.pk}",
    )


def question_answered(question: Question) -> None:
    """Tell whoever asked."""
    notify(
        user=question.asked_by,
        school=question.school,
        event="question_answered",
        subject=f"Your question about {question.policy} is answered"[:120],
        path=question.get_absolute_url(),
        key=f"question-answered:{question.pk}",
    )


def keepers_of(version: PolicyVersion) -> list[tuple[User, School]]:
    """Return whoever keeps the policy in each school that it serves."""
    posts = Membership.objects.current().filter(school__policies=version.policy_id).holding(*KEEPERS)
    return [(post.user, post.school) for post in posts.select_related("user", "school")]
