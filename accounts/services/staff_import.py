"""The verbs on a file of staff: open it, say what its columns and words mean, import it, put it away, invite."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.imports.columns import Field, meanings, missing_fields, used_twice
from accounts.imports.files import read_staff_file
from accounts.imports.plan import Kind, PlannedRow, title_of
from accounts.imports.workbench import plan_for
from accounts.models import Membership, School, StaffImport, User
from accounts.rules import TWO_PERSON_ROLES, can_manage_person, holds
from accounts.selectors import never_invited
from accounts.services.joining import send_invitation
from accounts.services.people import change_post, give_post, register_person
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as

KEPT_FOR = timedelta(days=1)
REASON = "Imported from a list of staff"
PUT_AWAY = "This list has been imported or put away already. Choose the file again."


def open_staff_import(*, file_name: str, content: bytes, by: Membership) -> StaffImport:
    """Read a file and store its rows with the meaning of each column, as far as it is known; return it.

    The file itself is not kept. Tells nobody, and changes nobody. Raises FileUnread for a file that cannot be read.
    """
    _ask(by)
    read = read_staff_file(content)
    return StaffImport.objects.create(
        school=by.school,
        by=by,
        file_name=file_name[-150:],
        header=read.header,
        rows=read.rows,
        counts_from_1904=read.counts_from_1904,
        columns=meanings(read.header, by.school.import_columns),
    )


@transaction.atomic
def settle_meanings(
    staff_import: StaffImport, *, by: Membership, columns: Sequence[str], roles: Mapping[str, str]
) -> StaffImport:
    """Store what each column means, and remember it for the school's next file, with what its words for posts mean.

    A word in `roles` that means "" is one that nobody has answered for. Tells nobody. Refuses a field that two
    columns have, and a file without names or addresses.
    """
    held = _open(staff_import, by)
    wrong = used_twice(columns, dict(Field.choices)) + missing_fields(columns)
    if wrong:
        raise Refused(*wrong)
    held.columns = list(columns)
    held.save(update_fields=["columns"])
    school = held.school
    titles = {title: meaning for title, meaning in zip(held.header, columns, strict=True) if title}
    words = {word: role for word, role in roles.items() if role}
    remembered = school.import_columns | titles, school.import_roles | words
    if remembered != (school.import_columns, school.import_roles):
        school.import_columns, school.import_roles = remembered
        save_as(school, by, "What an export of staff calls things")
    return held


@transaction.atomic
def import_staff(staff_import: StaffImport, *, by: Membership, digest: str) -> StaffImport:
    """Store every good row: who is new with a post to be taken up, who is changed; all of them or none.

    Keeps only the rows that were left out, each with the reason, until the next day. Tells nobody: inviting is a
    further step. Refuses a list that is done, and one that would no longer do what `digest` names.
    """
    held = _open(staff_import, by)
    plan = plan_for(held, by)
    if plan.digest != digest:
        raise Refused("Something has changed since you looked. This is what the file would do now.")
    for one in plan.of(Kind.NEW):
        _take_in(one, by)
    for one in plan.of(Kind.CHANGED):
        _change(one, by)
    held.outcome = plan.counts()
    held.rows = [[one.row.number, one.row.cells, " ".join(one.why)] for one in plan.of(Kind.WRONG)]
    held.done_at = timezone.now()
    held.save(update_fields=["outcome", "rows", "done_at"])
    return held


@transaction.atomic
def put_away(staff_import: StaffImport, *, by: Membership) -> None:
    """Forget a file that is not to be imported. Tells nobody."""
    held = _open(staff_import, by)
    held.rows, held.done_at = [], timezone.now()
    held.save(update_fields=["rows", "done_at"])


@transaction.atomic
def invite_imported(*, by: Membership) -> int:
    """Invite everybody of the school whose post came from a list and who was never invited; return how many.

    Tells each of them.
    """
    _ask(by)
    posts = list(never_invited(by))
    for post in posts:
        send_invitation(post, by=by)
    return len(posts)


def empty_old_imports() -> int:
    """Forget the rows of files that were opened a day ago, done or not; return how many files. Safe to run twice."""
    old = StaffImport.objects.filter(created_at__lte=timezone.now() - KEPT_FOR).exclude(rows=[])
    for staff_import in old:
        staff_import.rows = []
        staff_import.done_at = staff_import.done_at or timezone.now()
        staff_import.save(update_fields=["rows", "done_at"])
    return len(old)


def correct_person(user: User, *, by: Membership, reason: str, name: str = "", email: str = "") -> User:
    """Change what a person is called and the address that they sign in with, and return them as stored.

    Refuses whoever `by` may not manage, a person whom another school knows too, the address of somebody whose post
    takes two people, and one that is somebody else's. Tells nobody.
    """
    posts = list(Membership.objects.filter(user=user).select_related("school", "user"))
    if any(not can_manage_person(by, post) for post in posts):
        raise NotAllowed("correct this person")
    held = User.objects.select_for_update().get(pk=user.pk)
    held.name = name or held.name
    if email and email != held.email:
        if any(post.role in TWO_PERSON_ROLES and (not post.ends_on or post.ends_on >= today()) for post in posts):
            raise NotAllowed("change the address of this person")
        if User.objects.filter(email__iexact=email).exists():
            raise Refused(f"The address {email} cannot be given to {held.name}.")
        held.email = email
        # The sign-in library's own note of the old address would go on letting it in.
        EmailAddress.objects.filter(user=held).delete()
    save_as(held, by, reason)
    return held


def _take_in(one: PlannedRow, by: Membership) -> None:
    row = one.row
    give_post(
        user=register_person(email=row.email, name=row.name, by=by),
        school=by.school,
        role=row.role,
        by=by,
        taken_up=False,
        typed_name=row.name,
        job_title=title_of(row, by) if row.word else "",
        starts_on=row.starts_on or today(),
        ends_on=row.ends_on,
        system_id=row.system_id,
    )


def _change(one: PlannedRow, by: Membership) -> None:
    post, changes = one.post, dict(one.changes)
    person = {name: changes.pop(name) for name in ("name", "email") if name in changes}
    if "name" in person and post.typed_name and post.accepted_at is None:
        changes["typed_name"] = person["name"]
    if person and not Membership.objects.filter(user=post.user_id).exclude(school=post.school_id).exists():
        correct_person(post.user, by=by, reason=REASON, **person)
    if changes:
        change_post(post, by=by, reason=REASON, **changes)


def _ask(by: Membership) -> None:
    if not holds(by, "manage_people"):
        raise NotAllowed("import people")


def _open(staff_import: StaffImport, by: Membership) -> StaffImport:
    """Return the file as stored, in our hands until the transaction ends; one import of a school at a time."""
    _ask(by)
    if staff_import.school_id != by.school_id:
        raise NotAllowed("import people of another school")
    school = School.objects.select_for_update().get(pk=by.school_id)
    held = StaffImport.objects.select_for_update(of=("self",)).get(pk=staff_import.pk)
    held.school = school
    if held.done_at is not None:
        raise Refused(PUT_AWAY)
    return held
