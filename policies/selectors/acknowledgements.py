"""Who is asked to acknowledge a version, what exactly they are shown, and who has done so."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from accounts.models import Membership, Role, School, User
from accounts.rules import GOVERNORS, holds
from policies.models import Acknowledgement, Audience, Clause, PolicyVersion, Reference, Reminder, Scenario
from policies.rules import ACKNOWLEDGING
from policies.selectors.changes import Change, changes_between, summary_of
from policies.selectors.standing import counting

STATEMENTS = {
    "has_read": "I have read the policy",
    "has_understood": "I understand it",
    "will_follow": "I will follow it",
}

# What people asked as staff are to the school, the closest first: whoever holds several posts is the first of these.
GROUPS = (
    ("staff", "Staff"),
    ("governors", "Governors"),
    ("volunteers", "Volunteers"),
    ("contractors", "Contractors"),
    ("agency", "Agency staff"),
)
Employment = Membership.Employment
_AGENCY = Q(employment=Employment.AGENCY)
_GOVERNORS = Q(role__in=GOVERNORS) | Q(employment=Employment.GOVERNOR)
_VOLUNTEERS = Q(role=Role.VOLUNTEER) | Q(employment=Employment.VOLUNTEER)
_POSTS = {
    "staff": ~_AGENCY & ~_GOVERNORS & ~_VOLUNTEERS & ~Q(role=Role.CONTRACTOR),
    "governors": ~_AGENCY & _GOVERNORS,
    "volunteers": ~_AGENCY & ~_GOVERNORS & _VOLUNTEERS,
    "contractors": ~_AGENCY & Q(role=Role.CONTRACTOR),
}


@dataclass(frozen=True)
class Shown:
    """What a person acknowledges: the notices first, then every clause for them, and what to read alongside.

    `former` is the acknowledgement they gave before, of this policy, and `changes` what is different since then.
    """

    notices: list[Clause]
    clauses: list[Clause]
    related: list[Reference]
    scenarios: list[Scenario]
    former: Acknowledgement | None
    changes: list[Change]


def shown_to_staff(version: PolicyVersion, membership: Membership) -> Shown:
    """Return what the acknowledgement page of a version shows somebody [PWP-96, CRO-92, MLC-84, MLC-06]."""
    found = version.clauses.of_school(membership.school_id)
    clauses = [clause for clause in found if clause.shown_at_acknowledgement or clause.for_staff]
    related = version.policy.references.filter(kind=Reference.Kind.RELATED_POLICY)
    former = former_of(version, membership)
    changes = changes_between(former.version, version, membership.school_id) if former else []
    return Shown(
        notices=[clause for clause in clauses if clause.shown_at_acknowledgement],
        clauses=[clause for clause in clauses if not clause.shown_at_acknowledgement],
        related=list(related.filter(cited=Reference.Cited.LISTED)),
        scenarios=list(version.scenarios.all()),
        former=former,
        changes=[change for change in changes if change.concerns(Audience.STAFF)],
    )


def former_of(version: PolicyVersion, membership: Membership) -> Acknowledgement | None:
    """Return the last acknowledgement that a person gave to this policy, up to this version, or None."""
    given = Acknowledgement.objects.filter(
        user=membership.user_id, version__policy=version.policy_id, version__number__lte=version.number
    )
    return given.select_related("version__policy").order_by("-version__number", "-acknowledged_at").first()


def acknowledgement_text(version: PolicyVersion, membership: Membership) -> str:
    """Return the very words that the page puts before the person, as they are kept with the acknowledgement."""
    shown = shown_to_staff(version, membership)
    lines = [str(version), ""]
    if shown.former:
        lines += [f"Changed since version {shown.former.version.number}:", *filter(None, [version.changes])]
        lines += [summary_of(shown.changes)]
        for change in shown.changes:
            lines.append(" ".join([f"{change.label}: {change.heading}: {change.clause.text}", *change.also]))
        lines.append("")
    lines += [*(clause.text for clause in shown.notices), ""]
    lines += [f"{clause}: {clause.text}" for clause in shown.clauses]
    lines += ["", *(f"To be read with: {reference.title}" for reference in shown.related)]
    for scenario in shown.scenarios:
        lines += ["", scenario.text, *(f"- {option}" for option in scenario.options), scenario.explanation]
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


def people_asked(version: PolicyVersion, membership: Membership) -> QuerySet[User]:
    """Return the people whom this reader may chase.

    Each with `acknowledged_at`, `reminded_at`, `group` (one of GROUPS) and `posts_here`.

    The office and leaders see everybody of their school, a manager their own staff [MLC-20].
    """
    posts = posts_asked(membership.school).filter(school__policies=version.policy)
    if not holds(membership, "chase_acknowledgements"):
        posts = posts.filter(line_manager__user=membership.user)
    given = counting(version, membership.school).filter(user=OuterRef("pk")).order_by("-acknowledged_at")
    told = Reminder.objects.filter(version=version, user=OuterRef("pk"), superseded=False)
    told = told.exclude(kind=Reminder.Kind.REVIEW).order_by().values("user")
    theirs = posts.filter(user=OuterRef("pk"))
    groups = [When(Exists(theirs.filter(condition)), then=Value(group)) for group, condition in _POSTS.items()]
    return (
        User.objects.filter(pk__in=posts.values("user"))
        .annotate(
            group=Case(*groups, default=Value("agency")),
            acknowledged_at=Subquery(given.values("acknowledged_at")[:1]),
            reminded_at=Subquery(told.annotate(last=Max("recorded_at")).values("last")),
        )
        .prefetch_related(Prefetch("memberships", queryset=posts.select_related("school"), to_attr="posts_here"))
    )


def manages_somebody(membership: Membership) -> bool:
    """Tell whether anybody reports to whoever holds this post."""
    return posts_asked(membership.school).filter(line_manager__user=membership.user).exists()


def acknowledgement_of(version: PolicyVersion, membership: Membership) -> Acknowledgement | None:
    """Return the acknowledgement of a person that counts for a version, the latest, or None."""
    given = counting(version, membership.school).filter(user=membership.user_id)
    return given.select_related("version").order_by("-acknowledged_at").first()


def chased(
    people: QuerySet[User], school: School, state: str, *, group: str = "", employment: str = "", name: str = ""
) -> QuerySet[User]:
    """Narrow the people asked: whether they have acknowledged, who they are to `school`, what they are called."""
    if state != "all":
        people = people.filter(acknowledged_at__isnull=state == "outstanding")
    if group:
        people = people.filter(group=group)
    if employment:
        people = people.filter(pk__in=posts_asked(school).filter(employment=employment).values("user"))
    return people.filter(name__icontains=name) if name else people


def counts_of(people: QuerySet[User]) -> dict[str, int]:
    """Return how many were asked and how many have answered, in one query."""
    found = people.order_by().aggregate(all=Count("pk"), acknowledged=Count("acknowledged_at"))
    return {**found, "outstanding": found["all"] - found["acknowledged"]}


def groups_of(people: QuerySet[User]) -> list[tuple[str, str, int, int]]:
    """Return, of each group that is asked, its key and name, how many were asked and how many have answered."""
    rows = people.order_by().values("group").annotate(asked=Count("pk"), done=Count("acknowledged_at"))
    found = {row["group"]: row for row in rows}
    return [(key, name, found[key]["asked"], found[key]["done"]) for key, name in GROUPS if key in found]


def listed(people: QuerySet[User]) -> list[list]:
    """Return the chase list as rows of a spreadsheet; two queries however many there are."""
    names = dict(GROUPS)
    return [
        [
            person.name,
            names[person.group],
            ", ".join(post.title for post in person.posts_here),
            ", ".join(post.get_employment_display() for post in person.posts_here),
            person.acknowledged_at,
            person.reminded_at,
        ]
        for person in people.order_by("name", "pk")
    ]
