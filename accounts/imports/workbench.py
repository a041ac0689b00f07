"""A file on somebody's workbench: how its rows are read, and what they would change in the school as it stands now."""

from accounts.imports.plan import Known, KnownPerson, Plan, plan_of
from accounts.imports.rows import RowReader, StaffRow
from accounts.models import Membership, Role, School, StaffImport, User
from policyportal.lib.dates import today


def labels_of(school: School) -> dict[str, str]:
    """Return the roles by the names that they have: the portal's, and before them this school's."""
    return {role.label: role.value for role in Role} | {school.label_of(role): role.value for role in Role}


def reader_of(staff_import: StaffImport) -> RowReader:
    """Return what reads the rows of a file, as the school's people have said that it is to be read."""
    school = staff_import.school
    return RowReader(
        staff_import.columns,
        labels=labels_of(school),
        roles=school.import_roles,
        counts_from_1904=staff_import.counts_from_1904,
    )


def plan_for(staff_import: StaffImport, by: Membership) -> Plan:
    """Return what the file would change; three queries, however many rows it has."""
    rows = reader_of(staff_import).read(staff_import.rows)
    return plan_of(rows, known_in(staff_import.school, rows), by)


def known_in(school: School, rows: list[StaffRow]) -> Known:
    """Return everybody who holds or held a post in the school, and which addresses are somebody else's."""
    people: dict = {}
    posts = Membership.objects.filter(school=school).select_related("user").order_by("seniority", "starts_on")
    for post in posts:
        post.school = school
        person = people.setdefault(post.user_id, KnownPerson(post.user))
        post.user = person.user
        (person.ended if post.ends_on and post.ends_on < today() else person.held).append(post)
    for person in people.values():
        working = [post for post in person.held if post.accepted_at and post.starts_on <= today()]
        for post in person.held:
            # They are at hand; each would be asked for again.
            post.posts = working
    others = Membership.objects.exclude(school=school).filter(user_id__in=people)
    for user_id in others.values_list("user_id", flat=True).distinct():
        people[user_id].elsewhere = True
    emails = {row.email for row in rows if row.email} - {person.user.email.lower() for person in people.values()}
    return Known(people, set(User.objects.filter(email__in=emails).values_list("email", flat=True)))
