"""Which things have a past that the history page tells, and for each the rule by which somebody may read it.

Every tracked model stands here; a test fails where one is missing. The rule of a thing's past is the thing's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import (
    Appointment,
    Carer,
    Federation,
    Invitation,
    Leaving,
    Membership,
    Pupil,
    School,
    SchoolClass,
    Site,
    User,
)
from accounts.rules import holds
from accounts.selectors import appointments_open_to
from channels_mgmt.models import (
    Authorisation,
    Channel,
    ChannelRole,
    ChannelRule,
    ContactNote,
    CredentialChange,
    FamilyLink,
    LinksDeclaration,
    Platform,
)
from incidents.access import visible_incidents
from incidents.models import Access, Escalation, Evidence, Incident, MonitoringEntry, Note, Report, Subject
from moderation.models import Author, Block, Capture, Contact, Item
from policies.models import (
    Acknowledgement,
    Attendance,
    Briefing,
    CalendarFeed,
    Campaign,
    Clause,
    Comment,
    Confirmation,
    Consultation,
    Finding,
    GuideIntro,
    InductionDone,
    InductionItem,
    Lesson,
    LessonTopic,
    Policy,
    PolicyVersion,
    Proposal,
    Question,
    Reading,
    Reference,
    Review,
    Scenario,
    ScenarioAnswer,
    Signature,
    Suggestion,
)

IN_FORCE = (PolicyVersion.Status.PUBLISHED, PolicyVersion.Status.SUPERSEDED)
# When somebody is away or starts is for whoever manages people.
OF_A_POST = frozenset({"starts_on", "ends_on", "away_from", "away_until", "seniority"})
# Who told the school is revealed on the incident's own page, with a reason, and nowhere else.
OF_A_REPORTER = frozenset(
    {"reporter", "reporter_kind", "reporter_name", "reporter_contact", "receipt_hash", "form_token", "family_link"}
)

# Which incident led to a review is told on its page alone, to whoever may see the incident.
OF_A_REVIEW = frozenset({"cause", "cause_path"})


@dataclass(frozen=True)
class Kind:
    """One kind of thing in the history.

    `rows(membership)` are the history rows that this person may read. `parent` names the thing whose page shows it,
    where it has none of its own. `beside` is fetched with it, because its name is made of it. `hidden` are fields
    told as "changed", and without the reason, unless the person holds `unhidden_by`. `conceals_author` keeps back
    who made the first row.
    """

    model: type[models.Model]
    name: str
    needs: str
    rows: Callable[[Membership], QuerySet]
    parent: str = ""
    beside: tuple[str, ...] = ()
    hidden: frozenset[str] = field(default=frozenset())
    unhidden_by: str = ""
    conceals_author: bool = False

    @property
    def slug(self) -> str:
        """The kind's part of an address."""
        return self.model._meta.model_name

    def hidden_from(self, membership: Membership) -> frozenset[str]:
        """Return the fields whose words this person may not read."""
        return frozenset() if self.unhidden_by and holds(membership, self.unhidden_by) else self.hidden

    def url_of(self, thing: models.Model) -> str:
        """Return the page that shows the thing, "" where there is none."""
        shower = getattr(thing, self.parent) if self.parent else thing
        return shower.get_absolute_url() if hasattr(shower, "get_absolute_url") else ""


def incident_behind(thing: models.Model) -> Incident | None:
    """Return the incident whose past this is a part of, or None."""
    return thing if isinstance(thing, Incident) else getattr(thing, "incident", None)


def kinds_open_to(membership: Membership) -> list[Kind]:
    """Return the kinds whose past this person may read at all."""
    return [kind for kind in KINDS if holds(membership, kind.needs)]


def of_school(model: type[models.Model]) -> Callable[[Membership], QuerySet]:
    """Return the rule of things that carry their school."""
    return lambda membership: model.history.filter(school_id=membership.school_id)


def of_policy(model: type[models.Model]) -> Callable[[Membership], QuerySet]:
    """Return the rule of what belongs to a policy that serves the school."""
    return lambda membership: model.history.filter(policy_id__in=Policy.objects.visible_to(membership).values("pk"))


def of_incident(model: type[models.Model], key: str = "incident_id") -> Callable[[Membership], QuerySet]:
    """Return the rule of an incident and what belongs to it: whoever may see it, but never who filed it."""

    def rows(membership: Membership) -> QuerySet:
        handled = visible_incidents(membership).exclude(reports__reporter_id=membership.user_id)
        if membership.confidential_waits:
            handled = handled.filter(confidentiality=Incident.Confidentiality.ORDINARY)
        # Asked of each row in turn, newest first, so that a page costs the same however many there are.
        asked = Exists(handled.filter(pk=OuterRef(key)))
        return model.history.filter(asked, school_id=membership.school_id)

    return rows


def _people(membership: Membership) -> QuerySet:
    # Not of those only invited: that another school knows them is not told here.
    come = Membership.objects.visible_to(membership).exclude(accepted_at=None)
    return User.history.filter(id__in=come.values("user_id"))


def _appointments(membership: Membership) -> QuerySet:
    return Appointment.history.filter(id__in=appointments_open_to(membership).values("pk"))


def _versions_open_to(membership: Membership) -> QuerySet:
    versions = PolicyVersion.objects.visible_to(membership)
    return versions if holds(membership, "view_policy_drafts") else versions.filter(status__in=IN_FORCE)


def _versions(membership: Membership) -> QuerySet:
    rows = PolicyVersion.history.filter(id__in=_versions_open_to(membership).values("pk"))
    return rows if holds(membership, "view_policy_drafts") else rows.filter(status__in=IN_FORCE)


def _comments(membership: Membership) -> QuerySet:
    return Comment.history.filter(version_id__in=PolicyVersion.objects.visible_to(membership).values("pk"))


def of_version(model: type[models.Model]) -> Callable[[Membership], QuerySet]:
    """Return the rule of what belongs to a version that the reader may open."""
    return lambda membership: model.history.filter(version_id__in=_versions_open_to(membership).values("pk"))


def _proposals(membership: Membership) -> QuerySet:
    return Proposal.history.filter(reading_id__in=Reading.objects.visible_to(membership).values("pk"))


def _attendances(membership: Membership) -> QuerySet:
    return Attendance.history.filter(briefing_id__in=Briefing.objects.visible_to(membership).values("pk"))


def _own_feeds(membership: Membership) -> QuerySet:
    return CalendarFeed.history.filter(school_id=membership.school_id, user_id=membership.user_id)


def _scenario_answers(membership: Membership) -> QuerySet:
    given = Acknowledgement.objects.visible_to(membership)
    return ScenarioAnswer.history.filter(acknowledgement_id__in=given.values("pk"))


def _questions(membership: Membership) -> QuerySet:
    return Question.history.filter(id__in=Question.objects.visible_to(membership).values("pk"))


def _clauses(membership: Membership) -> QuerySet:
    # Another school's own additions to a policy of several are not told here.
    ours = Q(only_for=None) | Q(only_for=membership.school_id)
    return Clause.history.filter(ours, version_id__in=_versions_open_to(membership).values("pk"))


KINDS: tuple[Kind, ...] = (
    Kind(School, "School", "view_school", lambda membership: School.history.filter(id=membership.school_id)),
    Kind(
        Federation,
        "Federation",
        "view_school",
        lambda membership: Federation.history.filter(id=membership.school.federation_id),
    ),
    Kind(Site, "Site", "view_school", of_school(Site)),
    Kind(User, "Person", "view_people", _people),
    Kind(
        Membership,
        "Post held",
        "view_people",
        of_school(Membership),
        beside=("user", "school"),
        hidden=OF_A_POST,
        unhidden_by="manage_people",
    ),
    Kind(Invitation, "Invitation", "manage_people", of_school(Invitation), "post", ("post__user", "post__school")),
    Kind(Appointment, "Appointment", "view_appointments", _appointments, beside=("user", "school")),
    Kind(Leaving, "Leaving", "manage_people", of_school(Leaving), beside=("user",)),
    Kind(
        Policy,
        "Policy",
        "view_policies",
        lambda membership: Policy.history.filter(id__in=Policy.objects.visible_to(membership).values("pk")),
    ),
    Kind(PolicyVersion, "Policy version", "view_policies", _versions, beside=("policy",)),
    Kind(Clause, "Clause", "view_policies", _clauses, beside=("version__policy",)),
    Kind(
        Reference,
        "Reference",
        "view_policies",
        of_policy(Reference),
        parent="policy",
        beside=("policy",),
    ),
    Kind(
        Confirmation,
        "Finding confirmed",
        "view_policy_drafts",
        lambda membership: Confirmation.history.filter(
            policy_id__in=Policy.objects.visible_to(membership).values("pk")
        ),
        parent="policy",
        beside=("policy",),
    ),
    Kind(Comment, "Comment on a review", "view_policy_drafts", _comments, "version", ("by", "version__policy")),
    Kind(Question, "Question", "view_policies", _questions, beside=("policy",)),
    Kind(GuideIntro, "Guide", "view_policies", of_school(GuideIntro)),
    Kind(
        Acknowledgement,
        "Acknowledgement",
        "chase_acknowledgements",
        of_school(Acknowledgement),
        parent="version",
        beside=("user", "carer", "pupil", "version__policy"),
    ),
    Kind(SchoolClass, "Class", "view_families", of_school(SchoolClass)),
    Kind(Pupil, "Pupil", "view_families", of_school(Pupil)),
    Kind(Carer, "Parent or carer", "view_families", of_school(Carer)),
    Kind(Reading, "Document read in", "manage_policies", of_school(Reading)),
    Kind(Proposal, "Found in a document", "manage_policies", _proposals, "reading", ("reading",)),
    Kind(Finding, "Finding of the check", "view_policy_drafts", of_policy(Finding), "policy", ("policy",)),
    Kind(
        Consultation, "Consultation", "view_policy_drafts", of_version(Consultation), "version", ("version__policy",)
    ),
    Kind(
        Signature,
        "Signature",
        "view_policy_drafts",
        of_version(Signature),
        "version",
        ("signed_by", "version__policy"),
    ),
    Kind(Review, "Review", "view_policy_drafts", of_policy(Review), beside=("policy",), hidden=OF_A_REVIEW),
    Kind(Suggestion, "Suggestion for a review", "edit_policy_drafts", of_school(Suggestion), beside=("policy",)),
    Kind(
        CalendarFeed,
        "Calendar address",
        "read_notifications",
        _own_feeds,
        beside=("user",),
        hidden=frozenset({"address_hash"}),
    ),
    Kind(
        Campaign,
        "Acknowledgements asked for",
        "chase_acknowledgements",
        of_school(Campaign),
        "version",
        ("version__policy",),
    ),
    Kind(Briefing, "Briefing", "lead_briefings", of_school(Briefing)),
    Kind(Attendance, "Attendance", "lead_briefings", _attendances, "briefing", ("user", "briefing")),
    Kind(InductionItem, "Item of the induction", "manage_induction", of_school(InductionItem)),
    Kind(
        InductionDone,
        "Induction confirmed",
        "manage_induction",
        of_school(InductionDone),
        beside=("user", "item"),
    ),
    Kind(
        Scenario, "Question before acknowledging", "view_policy_drafts", of_version(Scenario), "version", ("version",)
    ),
    Kind(
        ScenarioAnswer,
        "Answer before acknowledging",
        "chase_acknowledgements",
        _scenario_answers,
        beside=("scenario",),
    ),
    Kind(LessonTopic, "Lesson topic", "view_lessons", of_school(LessonTopic)),
    Kind(Lesson, "Lesson", "view_lessons", of_school(Lesson), beside=("topic", "school_class")),
    Kind(Platform, "Platform", "view_channels", of_school(Platform)),
    Kind(Channel, "Channel", "view_channels", of_school(Channel)),
    Kind(ChannelRole, "Role on a channel", "view_channels", of_school(ChannelRole), "channel", ("channel",)),
    Kind(
        Authorisation,
        "Authorisation",
        "view_channels",
        of_school(Authorisation),
        parent="channel",
        beside=("channel", "membership__user"),
    ),
    Kind(ChannelRule, "Line of a channel’s lists", "view_channels", of_school(ChannelRule), "channel", ("channel",)),
    Kind(
        CredentialChange,
        "Credentials to change",
        "manage_channels",
        of_school(CredentialChange),
        parent="channel",
        beside=("channel",),
    ),
    Kind(FamilyLink, "Declared link", "decide_links", of_school(FamilyLink)),
    Kind(ContactNote, "Note of excused contact", "decide_links", of_school(ContactNote), "link", ("link",)),
    Kind(LinksDeclaration, "Declaration of links", "decide_links", of_school(LinksDeclaration), beside=("user",)),
    Kind(Author, "Author outside", "view_items", of_school(Author)),
    Kind(Item, "Item to moderate", "view_items", of_school(Item), beside=("channel",)),
    Kind(Capture, "Picture of an item", "view_items", of_school(Capture), "item", ("item",)),
    Kind(Contact, "Contact with an author", "view_items", of_school(Contact), "author", ("author",)),
    Kind(Block, "Block", "view_items", of_school(Block), beside=("author",)),
    Kind(Incident, "Incident", "view_incidents", of_incident(Incident, "id"), conceals_author=True),
    Kind(
        Report,
        "Report",
        "view_incidents",
        of_incident(Report),
        parent="incident",
        beside=("incident",),
        hidden=OF_A_REPORTER,
        conceals_author=True,
    ),
    Kind(
        Subject,
        "Person an incident is about",
        "view_incidents",
        of_incident(Subject),
        parent="incident",
        beside=("incident", "user"),
        conceals_author=True,
    ),
    Kind(
        Access,
        "Access to an incident",
        "view_incidents",
        of_incident(Access),
        parent="incident",
        beside=("incident", "user"),
        conceals_author=True,
    ),
    Kind(Note, "Note", "view_incidents", of_incident(Note), "incident", ("incident",)),
    Kind(
        Evidence,
        "Evidence",
        "view_incidents",
        of_incident(Evidence),
        parent="incident",
        beside=("incident",),
        conceals_author=True,
    ),
    Kind(Escalation, "Asked beyond the host", "view_incidents", of_incident(Escalation), "incident", ("incident",)),
    Kind(MonitoringEntry, "Monitoring", "log_monitoring", of_school(MonitoringEntry)),
)
