"""Policies and their versions: what was agreed, by whom, and until when."""

import re
from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership, Role, School, User
from accounts.rules import holds
from policyportal.lib.dates import LONDON, Precision, StatedDate, today
from policyportal.lib.models import Tracked


class Audience(models.TextChoices):
    """For whom a clause is written, and a guide page made."""

    STAFF = "staff", "Staff"
    PUPILS = "pupils", "Pupils"
    PARENTS = "parents", "Parents and carers"
    COMMUNITY = "community", "The wider community"


# Whom a policy may ask to acknowledge it; nobody asks the neighbours [HEA-08].
ASKED = (Audience.STAFF, Audience.PUPILS, Audience.PARENTS)


class ReviewState(models.TextChoices):
    """Where a policy stands with its review; never "up to date" without a date to say so."""

    UNKNOWN = "unknown", "No review date"
    UP_TO_DATE = "up_to_date", "Up to date"
    DUE = "due", "Due"
    OVERDUE_BY_CYCLE = "overdue_by_cycle", "Overdue by cycle"
    OVERDUE = "overdue", "Overdue"


class Route(models.TextChoices):
    """By which way a version comes to be approved."""

    HEAD_OR_GOVERNORS = "head_or_governors", "The headteacher or a governor"
    HEAD = "head", "The headteacher"
    COMMITTEE = "committee", "A committee of governors"
    FULL_BOARD = "full_board", "The full governing body"
    CO_CHAIRS = "co_chairs", "The co-chairs of governors"
    SIGNATURES = "signatures", "Several signatures"


class PolicyQuerySet(models.QuerySet):
    """Policies by the schools that they serve."""

    def visible_to(self, membership: Membership):
        """Policies that serve the school worked in."""
        return self.filter(schools=membership.school_id)


class Policy(Tracked):
    """A policy of one school, or one that serves several."""

    title = models.CharField(max_length=200)
    schools = models.ManyToManyField(School, related_name="policies")
    website = models.URLField(blank=True)
    cycle_months = models.PositiveSmallIntegerField("months between reviews", null=True, blank=True)
    for_staff = models.BooleanField("staff acknowledge it", default=True)
    for_pupils = models.BooleanField("pupils acknowledge it", default=False)
    for_parents = models.BooleanField("parents and carers acknowledge it", default=False)
    # How often those who are asked confirm it anew, whether or not it has changed.
    confirmed_yearly = models.BooleanField("confirmed anew each school year", default=False)
    # Who must approve a version, and how many sign it.
    route = models.CharField("approved by", max_length=20, choices=Route, default=Route.HEAD_OR_GOVERNORS)
    route_body = models.CharField("name of the committee or board", max_length=150, blank=True)
    signatures_needed = models.PositiveSmallIntegerField(default=1)
    # Days before (positive) and after (negative) the due date on which a review is reminded of; weekly afterwards.
    review_milestones = models.JSONField(default=list, blank=True)
    # What every review must weigh up, a question each, such as "The latest advice".
    review_questions = models.JSONField(default=list, blank=True)
    # The role to whom questions about it go; where none is named, to the line manager of whoever asks.
    questions_to = models.CharField("questions go to", max_length=40, choices=Role, blank=True)
    # Whether leads are reminded of its briefings; where nobody said, they are if its text promises training [CRO-07].
    briefing_reminders = models.BooleanField("reminders of briefings", null=True, blank=True)
    consults = models.CharField("to be consulted before a change", max_length=100, blank=True)

    # Read by the history library: which schools a policy served is part of its past.
    _history_m2m_fields = ("schools",)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policies:policy_detail", args=[self.pk])

    @property
    def groups_consulted(self) -> list[str]:
        """Each group that is asked before a change; several are parted by commas, semicolons or lines."""
        return [group.strip() for group in re.split(r"[,;\n]", self.consults) if group.strip()]


class PolicyVersionQuerySet(models.QuerySet):
    """Versions by school and status."""

    def visible_to(self, membership: Membership):
        """Versions of policies that serve the school worked in; drafts only for those who work on them."""
        ours = self.filter(policy__schools=membership.school_id)
        if holds(membership, "view_policy_drafts"):
            return ours
        return ours.filter(status__in=[PolicyVersion.Status.PUBLISHED, PolicyVersion.Status.SUPERSEDED])

    def published(self):
        """The one version of each policy that is in force."""
        return self.filter(status=PolicyVersion.Status.PUBLISHED)


class PolicyVersion(Tracked):
    """One wording of a policy, who approved it, and its dates as they were stated."""

    class Status(models.TextChoices):
        DRAFTED = "drafted", "Draft"
        IN_REVIEW = "in_review", "In review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    class Approver(models.TextChoices):
        PERSON = "person", "A named person"
        COMMITTEE = "committee", "A committee"
        GOVERNING_BODY = "governing_body", "The full governing body"
        NOT_STATED = "not_stated", "Not stated"

    class Trigger(models.TextChoices):
        YEARLY = "yearly", "Yearly review"
        LEGISLATION = "legislation", "Legislative change"
        GUIDANCE = "guidance", "Good practice guidance"
        CASE_LAW = "case_law", "Case law"
        INCIDENT = "incident", "Significant incident"
        NEEDS = "needs", "Needs of the school"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFTED)
    # A minor change corrects; a major one is acknowledged anew.
    is_major = models.BooleanField("everybody acknowledges it anew", default=True)
    changes = models.TextField("what has changed, in a few words", blank=True)
    # The text that was approved, by its hash: edited afterwards, the approval is void.
    approved_sha256 = models.CharField(max_length=64, blank=True)
    minute_reference = models.CharField("minute", max_length=100, blank=True)
    issued_raw = models.CharField("date in the title", max_length=60, blank=True)
    approver_kind = models.CharField(max_length=20, choices=Approver, default=Approver.NOT_STATED)
    approver_name = models.CharField(max_length=150, blank=True)
    approver_role = models.CharField(max_length=100, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approved_on_precision = models.CharField(max_length=12, choices=Precision, default=Precision.NONE)
    approved_on_raw = models.CharField(max_length=60, blank=True)
    signed_on_raw = models.CharField("signature as printed", max_length=60, blank=True)
    last_reviewed_on = models.DateField(null=True, blank=True)
    last_reviewed_on_precision = models.CharField(max_length=12, choices=Precision, default=Precision.NONE)
    last_reviewed_on_raw = models.CharField(max_length=60, blank=True)
    last_reviewed_note = models.CharField(max_length=100, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    review_due_on_precision = models.CharField(max_length=12, choices=Precision, default=Precision.NONE)
    review_due_on_raw = models.CharField(max_length=60, blank=True)
    trigger = models.CharField("what led to it", max_length=20, choices=Trigger, blank=True)
    consultation = models.TextField("consultation", blank=True)
    review_answers = models.JSONField("what the last review weighed up", default=dict, blank=True)
    # The contents page as printed: {"number": "2", "title": "Use of official channels", "page": ""} and so on.
    contents = models.JSONField("contents page", default=list, blank=True)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    # A text on the way to being in force: a draft that is written, one that is read, and one that is agreed.
    WRITTEN = (Status.DRAFTED, Status.CHANGES_REQUESTED)
    PENDING = (*WRITTEN, Status.IN_REVIEW, Status.APPROVED)

    class Meta:
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(status="published"), name="one_published_version_per_policy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("policies:version_detail", args=[self.pk])

    @property
    def published_on(self) -> date | None:
        """The day in London on which it came into force."""
        return self.published_at and self.published_at.astimezone(LONDON).date()

    @property
    def approver(self) -> str:
        """Who approved it, as stated: a name, a body, or that nothing was stated."""
        return self.approver_name or self.get_approver_kind_display()

    def stated(self, name: str) -> StatedDate:
        """Return one of the version's dates (`approved_on`, `last_reviewed_on`, `review_due_on`) as it was stated."""
        return StatedDate(getattr(self, name), getattr(self, f"{name}_precision"), getattr(self, f"{name}_raw"))

    @property
    def review_due_by_cycle(self) -> StatedDate:
        """The date that the cycle implies, reckoned from the last review or, without one, from approval."""
        base = self.stated("last_reviewed_on") or self.stated("approved_on")
        if not self.policy.cycle_months:
            return StatedDate(None, Precision.NONE)
        return base.plus_months(self.policy.cycle_months)

    @property
    def review_due(self) -> StatedDate:
        """The date that reminders follow: the stated one, or where none is stated the one that the cycle implies."""
        return self.stated("review_due_on") or self.review_due_by_cycle

    def review_state(self, day: date | None = None) -> str:
        """Return the ReviewState on `day` (today when not given) [PWP-04, MLC-96, HEA-111, GRA-02, CRO-06]."""
        day = day or today()
        stated, by_cycle = self.stated("review_due_on").day, self.review_due_by_cycle.day
        due = stated or by_cycle
        if due is None:
            return ReviewState.UNKNOWN
        if day > due:
            return ReviewState.OVERDUE
        if by_cycle and day > by_cycle:
            return ReviewState.OVERDUE_BY_CYCLE
        if (day.year, day.month) == (due.year, due.month):
            return ReviewState.DUE
        return ReviewState.UP_TO_DATE


class Confirmation(Tracked):
    """That a finding of the first health check was looked at and stays as it is, and why.

    The check takes these over as findings that are right as they are; no new ones are made. The table stays, because
    its history is part of the seal.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="confirmations")
    finding = models.CharField(max_length=300)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["policy", "finding"], name="one_confirmation_per_finding")]

    def __str__(self) -> str:
        return self.finding
