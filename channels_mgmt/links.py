"""The verbs on links between staff and families: declare one, answer the declaration, name, tell, note contact."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, School
from accounts.rules import holds
from accounts.services.looking import log_view
from channels_mgmt import notifications, rules
from channels_mgmt.models import ContactNote, FamilyLink, LinksDeclaration
from channels_mgmt.selectors import person_named
from policyportal.lib.workflow import NotAllowed, Refused, save_as

NOT_ASKED = "This school does not ask for links to be declared."
OF_LINK = "A declared link"


def declare_link(
    *,
    by: Membership,
    pupil_name: str,
    relation: str,
    pupil_class: str = "",
    platforms: str = "",
    reason: str = "",
    form_token: UUID | None = None,
) -> FamilyLink:
    """Store a link that somebody in post declares of themselves, and return it [GRA-50].

    It also answers the declaration with yes. Tells whoever decides. The same `form_token` again returns the link
    that is there. Refuses a post that declares nothing, and a school that does not ask.
    """
    if not holds(by, "declare_links"):
        raise NotAllowed(OF_LINK)
    link = FamilyLink(
        school=by.school,
        adult=by.user,
        adult_name=by.user.name,
        pupil_name=pupil_name.strip(),
        pupil_class=pupil_class.strip(),
        relation=relation,
        platforms=platforms,
        reason=reason,
        declared_by=by,
        form_token=form_token,
    )
    with transaction.atomic():
        stored = _declare(link, by)
        if not LinksDeclaration.objects.filter(school=by.school_id, user=by.user_id, has_links=True).exists():
            answer_declaration(by=by, has_links=True)
    return stored


def declare_link_by_family(
    *,
    school: School,
    declarer_name: str,
    declarer_contact: str,
    adult_name: str,
    pupil_name: str,
    relation: str,
    pupil_class: str = "",
    platforms: str = "",
    reason: str = "",
    form_token: UUID | None = None,
) -> FamilyLink:
    """Store a link that a parent or carer declares, who has no account, and return it [GRA-50, GRA-51].

    The member of staff is found where the name is theirs beyond doubt; otherwise the headteacher says whom it
    means. Tells whoever decides. The same `form_token` again returns the link that is there. Refuses a school that
    does not ask.
    """
    link = FamilyLink(
        school=school,
        adult=person_named(school, adult_name),
        adult_name=adult_name.strip(),
        pupil_name=pupil_name.strip(),
        pupil_class=pupil_class.strip(),
        relation=relation,
        platforms=platforms,
        reason=reason,
        declarer_name=declarer_name.strip(),
        declarer_contact=declarer_contact.strip(),
        form_token=form_token,
    )
    return _declare(link, None)


def answer_declaration(*, by: Membership, has_links: bool) -> LinksDeclaration:
    """Store whether somebody has links to declare, and return the answer; reminders end with it [GRA-51].

    Tells nobody. A later answer counts from then on. Refuses a post that declares nothing, and a school that does
    not ask.
    """
    if not holds(by, "declare_links"):
        raise NotAllowed("The declaration of links")
    _refuse_unasked(by.school)
    answer = LinksDeclaration(school=by.school, user=by.user, has_links=has_links, answered_at=timezone.now())
    save_as(answer, by, "Has links to declare" if has_links else "Has no links to declare")
    return answer


def name_adult(link: FamilyLink, *, by: Membership, person: Membership) -> FamilyLink:
    """Say which member of staff a family means, and return the link.

    Tells whoever decides from now on: a link of the headteacher goes to the chair. Refuses somebody who does not
    decide on it, a link that was decided, one that staff declared, and a person without a post in the school.
    """
    with transaction.atomic():
        held = FamilyLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        _refuse_other(by, held)
        if held.status != FamilyLink.Status.DECLARED or not held.by_family:
            raise Refused("Whom this link is about is settled.")
        if person.school_id != held.school_id:
            raise Refused("Choose somebody who holds a post in this school.")
        held.adult = person.user
        save_as(held, by, "Member of staff named")
        notifications.link_declared(held)
    return held


def record_told(link: FamilyLink, *, by: Membership) -> FamilyLink:
    """Note that the office told the family how their link was decided. Tells nobody. Again it changes nothing.

    Refuses somebody who does not decide on it, and a link that is undecided or was declared by staff.
    """
    with transaction.atomic():
        held = FamilyLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        _refuse_other(by, held)
        if held.status == FamilyLink.Status.DECLARED or not held.by_family:
            raise Refused("There is nothing to tell a family about this link.")
        if held.declarer_told_at is None:
            held.declarer_told_at = timezone.now()
            save_as(held, by, "Family told")
    return held


def note_contact(
    link: FamilyLink, *, by: Membership, form_token: UUID, words: str = "", noticed_at: datetime | None = None
) -> ContactNote:
    """Note contact that an approved link excuses, and return the note; nobody is alerted [PWP-72, CRO-70].

    The same `form_token` again returns the note that is there. Refuses a link that is not the person's own or is
    not approved (any more).
    """
    with transaction.atomic():
        held = FamilyLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        if held.adult_id != by.user_id or held.school_id != by.school_id:
            raise NotAllowed(OF_LINK)
        if held.status != FamilyLink.Status.APPROVED:
            raise Refused("This link is not an approved exception. Report the contact.")
        known = ContactNote.objects.filter(form_token=form_token, link=held).first()
        if known:
            return known
        note = ContactNote(
            school_id=held.school_id,
            link=held,
            words=words,
            noticed_at=noticed_at,
            written_by=by.user,
            form_token=form_token,
        )
        save_as(note, by, "Noted: approved exception")
    return note


def record_view(link: FamilyLink, *, by: Membership) -> None:
    """Log that somebody looked at another person's link, in the caller's transaction.

    Raises NotLogged where that cannot be stored; the link is then not shown.
    """
    log_view(by=by, model="familylink", thing=link.pk, shown="link")


def _declare(link: FamilyLink, by: Membership | None) -> FamilyLink:
    """Store a link once for its form, and tell whoever decides; a link declared twice at one moment is one."""
    _refuse_unasked(link.school)
    if known := _declared_with(link):
        return known
    try:
        with transaction.atomic():
            save_as(link, by, "Declared")
            notifications.link_declared(link)
    except IntegrityError:
        known = _declared_with(link)
        if known is None:
            raise
        return known
    return link


def _declared_with(link: FamilyLink) -> FamilyLink | None:
    if link.form_token is None:
        return None
    return FamilyLink.objects.filter(school=link.school_id, form_token=link.form_token).first()


def _refuse_unasked(school: School) -> None:
    if not school.declares_links:
        raise Refused(NOT_ASKED)


def _refuse_other(by: Membership, link: FamilyLink) -> None:
    if not rules.can_decide_link(by, link):
        raise NotAllowed(OF_LINK)
