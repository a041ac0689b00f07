"""Who may see which incident: one definition, behind every list, page, count, file and history of this app."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from accounts.rules import holds
from incidents.models import Access, Incident, IncidentQuerySet, Report, Subject

ORDINARY = Incident.Confidentiality.ORDINARY
CONFIDENTIAL = Incident.Confidentiality.CONFIDENTIAL
SEALED = Incident.Confidentiality.SEALED


def visible_incidents(membership: Membership) -> IncidentQuerySet:
    """Return the incidents that this person may see in the school worked in.

    Only in a post held today. Never one that they are a subject of or are kept from. An ordinary one by their role or
    because it was led to them; a confidential one only where it was led to them; a sealed one only as its handler.
    """
    everything = Incident.objects.visible_to(membership)
    if not membership.roles:
        return everything.none()
    mine = Access.objects.filter(incident=OuterRef("pk"), user_id=membership.user_id)
    about_me = Subject.objects.filter(incident=OuterRef("pk"), user_id=membership.user_id)
    # Access goes with the post in which it was given.
    led = mine.filter(as_role__in=membership.roles)
    handles = Exists(led.filter(standing=Access.Standing.HANDLER))
    on_the_list = Exists(led.filter(standing__in=[Access.Standing.HANDLER, Access.Standing.READER]))
    open_to_me = Q(confidentiality=SEALED) & Q(handles)
    open_to_me |= Q(confidentiality=CONFIDENTIAL) & Q(on_the_list)
    open_to_me |= Q(confidentiality=ORDINARY) & Q(on_the_list)
    if holds(membership, "view_ordinary_incidents"):
        open_to_me |= Q(confidentiality=ORDINARY)
    return (
        everything.filter(open_to_me)
        .exclude(Exists(about_me))
        .exclude(Exists(mine.filter(standing=Access.Standing.EXCLUDED)))
    )


@dataclass(frozen=True)
class Standing:
    """How a person stands to an incident that they may see."""

    handles: bool
    filed: bool
    by_role: bool
    left_alone: bool

    @property
    def may_handle(self) -> bool:
        """Its handlers; for an ordinary one everybody whose role opens it; never who filed it.

        Where every handler has left their post, whoever may read it steps in, so that nothing lies unseen.
        """
        return not self.filed and (self.handles or self.by_role or self.left_alone)

    @property
    def may_read_notes(self) -> bool:
        """Everybody who may see it but who filed it: a reporter is told its status, never the handlers' notes."""
        return not self.filed


def standing_in(membership: Membership, incident: Incident) -> Standing | None:
    """Return how this person stands to this incident, in one query; None where they may not see it."""
    handlers = Access.objects.filter(incident=OuterRef("pk"), standing=Access.Standing.HANDLER)
    in_post = Membership.objects.current().filter(
        school_id=OuterRef("school_id"), user_id=OuterRef("user_id"), role=OuterRef("as_role")
    )
    found = (
        visible_incidents(membership)
        .filter(pk=incident.pk)
        .values_list(
            Exists(handlers.filter(user_id=membership.user_id, as_role__in=membership.roles)),
            Exists(Report.objects.filter(incident=OuterRef("pk"), reporter_id=membership.user_id)),
            Exists(handlers.filter(Exists(in_post))),
            "confidentiality",
        )
        .first()
    )
    if found is None:
        return None
    handles, filed, somebody_handles, confidentiality = found
    by_role = confidentiality == ORDINARY and holds(membership, "view_ordinary_incidents")
    return Standing(handles=handles, filed=filed, by_role=by_role, left_alone=not somebody_handles)


def may_see(membership: Membership, incident: Incident) -> bool:
    """Tell whether this person may see this incident, by the same definition."""
    return visible_incidents(membership).filter(pk=incident.pk).exists()


def led_to(membership: Membership) -> IncidentQuerySet:
    """Return the visible incidents that this person is to deal with."""
    mine = Access.objects.filter(
        incident=OuterRef("pk"),
        user_id=membership.user_id,
        as_role__in=membership.roles,
        standing=Access.Standing.HANDLER,
    )
    return visible_incidents(membership).filter(Exists(mine))


def may_open_incidents(membership: Membership | None) -> bool:
    """Tell whether this person has a list of incidents at all: by role, or because one was led to them."""
    if membership is None:
        return False
    return holds(membership, "view_incidents") or visible_incidents(membership).exists()
