"""Federations, schools and their sites, the roles there are, and the base of whatever belongs to a school."""

from datetime import time
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from policyportal.lib.models import Tracked

if TYPE_CHECKING:
    from accounts.models.people import Membership

AT_LEAST_ONE = [MinValueValidator(1)]


class Role(models.TextChoices):
    """A post in a school. What each may do stands in one place: `accounts.rules.CAPABILITIES`."""

    HEADTEACHER = "headteacher", "Headteacher"
    DEPUTY_HEAD = "deputy_head", "Deputy headteacher"
    SENIOR_LEADER = "senior_leader", "Senior leader"
    DSL = "dsl", "Designated safeguarding lead"
    DEPUTY_DSL = "deputy_dsl", "Deputy designated safeguarding lead"
    OFFICE = "office", "Office staff"
    BUSINESS_MANAGER = "business_manager", "School business manager"
    COMPUTING_LEAD = "computing_lead", "Computing lead"
    HEAD_OF_HOUSE = "head_of_house", "Head of House"
    TEACHER = "teacher", "Teacher"
    SUPPORT_STAFF = "support_staff", "Support staff"
    VOLUNTEER = "volunteer", "Volunteer"
    CONTRACTOR = "contractor", "Contractor or agency worker"
    GOVERNOR = "governor", "Governor"
    CHAIR = "chair", "Chair of governors"
    TRUST_OFFICER = "trust_officer", "Trust or federation officer"
    DPO = "dpo", "Data protection officer"
    TECHNICAL_ADMINISTRATOR = "technical_administrator", "Technical administrator"


class Accent(models.TextChoices):
    """The colours that a school may choose from; each was checked for contrast against white text."""

    PLUM = "plum", "Plum"
    NAVY = "navy", "Navy"
    FOREST = "forest", "Forest"
    TEAL = "teal", "Teal"
    BURGUNDY = "burgundy", "Burgundy"
    SLATE = "slate", "Slate"
    INDIGO = "indigo", "Indigo"
    RUST = "rust", "Rust"


def default_seal_roles() -> list[str]:
    """Return who keeps the head of the sealed history unless a school says otherwise."""
    return [Role.CHAIR, Role.DPO]


class Federation(Tracked):
    """A trust or federation of schools."""

    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class School(Tracked):
    """A school, and everything in which it may differ from the next one."""

    slug = models.SlugField("short web name", unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    federation = models.ForeignKey(Federation, on_delete=models.PROTECT, null=True, blank=True, related_name="schools")
    phase = models.CharField(max_length=60, blank=True)
    motto = models.CharField(max_length=200, blank=True)
    email = models.EmailField("office e-mail address", blank=True)
    telephone = models.CharField("office telephone", max_length=40, blank=True)
    roll = models.PositiveIntegerField("pupils on roll", null=True, blank=True)
    accent = models.CharField("colour", max_length=20, choices=Accent, default=Accent.NAVY)
    # Words of this school, where it does not use the portal's own: {"deputy_head": "Head of School"}.
    role_labels = models.JSONField(default=dict, blank=True)
    # Which of the school's procedures governs a report about whom: {"staff": "Staff handbook"}.
    procedures = models.JSONField(default=dict, blank=True)
    # The roles to whom ideas for posts go.
    suggestion_roles = models.JSONField(default=list, blank=True)
    year_starts_month = models.PositiveSmallIntegerField(
        default=9, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    year_starts_day = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    moderation_target_hours = models.PositiveSmallIntegerField(
        "hours to decide on a comment", default=24, validators=AT_LEAST_ONE
    )
    block_threshold = models.PositiveSmallIntegerField(
        "upheld comments before a block is proposed", default=3, validators=AT_LEAST_ONE
    )
    takedown_hours = models.PositiveSmallIntegerField("hours for a takedown", default=24, validators=AT_LEAST_ONE)
    acknowledgement_days = models.PositiveSmallIntegerField(
        "days to acknowledge the policy", default=14, validators=AT_LEAST_ONE
    )
    # How long before a briefing of staff its lead is reminded.
    briefing_reminder_days = models.PositiveSmallIntegerField("days before a briefing to remind its lead", default=7)
    # Days before (positive) and after (negative) its due date on which a review is reminded of, weekly afterwards;
    # a policy may have its own.
    review_milestones = models.JSONField("days before a review to remind", default=list, blank=True)
    credential_days = models.PositiveSmallIntegerField(
        "days to change a channel’s credentials after somebody left", default=1, validators=AT_LEAST_ONE
    )
    # When its portal opened: until then it is being set up, and nobody can tell it anything.
    opened_at = models.DateTimeField("opened", null=True, blank=True, default=timezone.now)
    # The first of the two people who open it; the second confirms who holds which post.
    opening_asked_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opening_asked_at = models.DateTimeField(null=True, blank=True)
    second_factor_grace_days = models.PositiveSmallIntegerField("days to set up a second step", default=14)
    # Between these times no mail goes out, except for safeguarding.
    quiet_from = models.TimeField("quiet from", default=time(19))
    quiet_until = models.TimeField("quiet until", default=time(7))
    # Whose accounts may be linked for signing in: Google's by their domain, Microsoft's by their tenant's id.
    google_domains = models.JSONField(default=list, blank=True)
    microsoft_tenants = models.JSONField(default=list, blank=True)
    # What this school's own exports call things: {"Work Email": "email"} and {"Class Teacher": "teacher"}.
    import_columns = models.JSONField(default=dict, blank=True)
    import_roles = models.JSONField(default=dict, blank=True)
    # Whether staff and families declare existing links between them.
    declares_links = models.BooleanField("links with families are declared", default=False)
    # The roles to whom the head of the sealed history is mailed each day.
    seal_roles = models.JSONField(default=default_seal_roles, blank=True)
    # Whether use of the network is monitored only where the head reasonably believes that somebody broke the policy.
    monitoring_needs_grounds = models.BooleanField("monitoring needs a recorded reasonable belief", default=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("policies:school_page", args=[self.slug])

    def label_of(self, role: str) -> str:
        """Return this school's own word for a role."""
        return self.role_labels.get(role) or Role(role).label


class SchoolOwnedQuerySet(models.QuerySet):
    """Rows of one school."""

    def visible_to(self, membership: "Membership"):
        """Only the rows of the school that is worked in; apps narrow it further."""
        return self.filter(school_id=membership.school_id)


class SchoolOwned(Tracked):
    """A domain row that belongs to one school."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")

    objects = SchoolOwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Site(SchoolOwned):
    """One of the establishments that a school consists of: its nursery, its infant and junior schools."""

    name = models.CharField(max_length=150)
    website = models.URLField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_site_per_name")]

    def __str__(self) -> str:
        return self.name
