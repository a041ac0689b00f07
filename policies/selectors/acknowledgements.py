"""Who is asked to acknowledge a version, what exactly they are shown, and who has done so."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Membership, School, User
from accounts.rules import holds
from policies.models import Acknowledgement, Clause, PolicyVersion, Reference, Reminder
from policies.rules import ACKNOWLEDGING

STATEMENTS = {
    "has_read": "I have read the policy",
    "has_understood": "I understand it",
    "will_follow": "I will follow it",
}


@dataclass(frozen=True)
class Shown:
    """What a person acknowledges: the notices first, then every clause for them, and what to read alongside."""

    notices: list[Clause]
    clauses: list[Clause]
    related: list[Reference]


def shown_to_staff(version: PolicyVersion) -> Shown:
    """Return what the acknowledgement page of a version shows [PWP-96, CRO-92, MLC-84, MLC-06]."""
    clauses = [clause for clause in version.clauses.all() if clause.shown_at_acknowledgement or clause.for_staff]
    related = version.policy.references.filter(kind=Reference.Kind.RELATED_POLICY)
    return Shown(
        notices=[clause for clause in clauses if clause.shown_at_acknowledgement],
        clauses=[clause for clause in clauses if not clause.shown_at_acknowledgement],
        related=list(related.filter(cited=Reference.Cited.LISTED)),
    )


def acknowledgement_text(version: PolicyVersion) -> str:
    """Return the very words that the page puts before the person, as they are kept with the acknowledgement."""
    shown = shown_to_staff(version)
    lines = [str(version), "", *(clause.text for clause in shown.notices), ""]
    lines += [f"{clause}: {clause.text}" for clause in shown.clauses]
    lines += ["", *(f"To be read with: {reference.title}" for reference in shown.related)]
    return "\n".join([*lines, "", *STATEMENTS.values()])


def posts_asked(school: School) -> QuerySet[Membership]:
    """Return the posts held today in `school` whose holders a policy asks: staff, governors, volunteers, agency."""
    return Membership.objects.current().filter(school=school, role__in=ACKNOWLEDGING)


def post_asked(version: PolicyVersion, person: User, school: School) -> Membership | None:
    """Return the post for which `person` is asked in `school`, or None where they are not."""
    if not version.policy.for_staff:
        return None
    posts = posts_asked(school).filter(user=person, school__policies=version.policy)
    return posts.select_related("line_manager").order_by("seniority", "starts_on").first()


def due_on(version: PolicyVersion, post: Membership) -> date:
    """Return the day by which the holder of `post` is asked to acknowledge `version`."""
    return max(version.published_on, post.starts_on) + timedelta(days=post.school.acknowledgement_days)


def people_asked(version: PolicyVersion, membership: Membership) -> QuerySet[User]:
    """Return the people whom this reader may chase, each with `acknowledged_at`, `reminded_at` and `posts_here`.

    The office and leaders see everybody of their school, a manager their own staff [MLC-20].
    """
    posts = posts_asked(membership.school).filter(school__policies=version.policy)
    if not holds(membership, "chase_acknowledgements"):
        posts = posts.filter(line_manager__user=membership.user)
    given = Acknowledgement.objects.filter(version=version, user=OuterRef("pk")).order_by()
    told = Reminder.objects.filter(version=version, user=OuterRef("pk"), superseded=False)
    told = told.exclude(kind=Reminder.Kind.REVIEW).order_by().values("user")
    return (
        User.objects.filter(pk__in=posts.values("user"))
        .annotate(
            acknowledged_at=Subquery(given.values("acknowledged_at")[:1]),
            reminded_at=Subquery(told.annotate(last=Max("recorded_at")).values("last")),
        )
        .prefetch_related(Prefetch("memberships", queryset=posts.select_related("school"), to_attr="posts_here"))
    )


def manages_somebody(membership: Membership) -> bool:
    """Tell whether anybody reports to whoever holds this post."""
    return posts_asked(membership.school).filter(line_manager__user=membership.user).exists()


def acknowledgement_of(version: PolicyVersion, person: User) -> Acknowledgement | None:
    """Return the acknowledgement that a person gave to a version, or None."""
    return Acknowledgement.objects.filter(version=version, user=person).first()


def chased(people: QuerySet[User], state: str, employment: str, name: str) -> QuerySet[User]:
    """Narrow the people asked by whether they have acknowledged, how they are employed and what they are called."""
    if state != "all":
        people = people.filter(acknowledged_at__isnull=state == "outstanding")
    if employment:
        people = people.filter(pk__in=Membership.objects.current().filter(employment=employment).values("user"))
    return people.filter(name__icontains=name) if name else people


def counts_of(people: QuerySet[User]) -> dict[str, int]:
    """Return how many were asked and how many have answered, in one query."""
    found = people.order_by().aggregate(all=Count("pk"), acknowledged=Count("acknowledged_at"))
    return {**found, "outstanding": found["all"] - found["acknowledged"]}
