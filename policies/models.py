"""Policies, their versions and clauses, the works they refer to, acknowledgements and reminders."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, School, SchoolOwned, User
from accounts.rules import holds
from policyportal.lib.dates import LONDON, Precision, StatedDate, today
from policyportal.lib.models import Row, Tracked


class Audience(models.TextChoices):
    """For whom a clause is written, and a guide page made."""

    STAFF = "staff", "Staff"
    PUPILS = "pupils", "Pupils"
    PARENTS = "parents", "Parents and carers"


class ReviewState(models.TextChoices):
    """Where a policy stands with its review; never "up to date" without a date to say so."""

    UNKNOWN = "unknown", "No review date"
    UP_TO_DATE = "up_to_date", "Up to date"
    DUE = "due", "Due"
    OVERDUE_BY_CYCLE = "overdue_by_cycle", "Overdue by cycle"
    OVERDUE = "overdue", "Overdue"


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
    # Days before (positive) and after (negative) the due date on which a review is reminded of; weekly afterwards.
    review_milestones = models.JSONField(default=list, blank=True)

    # Read by the history library: which schools a policy served is part of its past.
    _history_m2m_fields = ("schools",)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policies:policy_detail", args=[self.pk])


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
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    class Approver(models.TextChoices):
        PERSON = "person", "A named person"
        COMMITTEE = "committee", "A committee"
        GOVERNING_BODY = "governing_body", "The full governing body"
        NOT_STATED = "not_stated", "Not stated"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFTED)
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
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

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


class ClauseQuerySet(models.QuerySet):
    """Clauses by school, audience and use."""

    def visible_to(self, membership: Membership):
        """Clauses of the versions that the post may see."""
        return self.filter(version__in=PolicyVersion.objects.visible_to(membership))

    def in_force(self, school: School):
        """Clauses of the published versions that serve `school`."""
        return self.filter(version__policy__schools=school, version__status=PolicyVersion.Status.PUBLISHED)

    def for_audience(self, audience: str):
        """Clauses shown on the guide page of `audience`."""
        return self.filter(**{f"for_{audience}": True})

    def breach_categories(self, about: str):
        """Clauses whose breach may be chosen when a report is about `about`: staff, pupil, parent or community."""
        return self.exclude(category="").filter(**{f"about_{about}": True})


class Clause(Tracked):
    """One clause: what it says, to whom, what its breach is called, and where in the portal it is carried out."""

    class Kind(models.TextChoices):
        RULE = "rule", "Rule"
        INFORMATION = "information", "Information"
        REGISTER = "register", "Register"
        WORKFLOW = "workflow", "Procedure"
        RECORD = "record", "Record"
        ROUTING = "routing", "Who is told"
        ACCESS = "access", "Who may"
        REVIEW = "review", "Review"
        DEADLINE = "deadline", "Deadline"
        TRAINING = "training", "Training"
        REPORT = "report", "Report"
        NOTIFICATION = "notification", "Notice"

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="clauses")
    code = models.CharField(max_length=20, help_text="The clause's own mark within the version.")
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=20, blank=True)
    heading = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    text = models.TextField()
    guide_text = models.TextField(
        "words on the guide page", blank=True, help_text="Where left blank the clause's own text is shown."
    )
    for_staff = models.BooleanField(default=False)
    for_pupils = models.BooleanField(default=False)
    for_parents = models.BooleanField(default=False)
    category = models.CharField("breach category", max_length=120, blank=True)
    about_staff = models.BooleanField(default=False)
    about_pupil = models.BooleanField(default=False)
    about_parent = models.BooleanField(default=False)
    about_community = models.BooleanField(default=False)
    risk = models.CharField("safeguarding risk", max_length=120, blank=True)
    shown_at_acknowledgement = models.BooleanField(default=False)
    shows_channels = models.BooleanField(default=False)
    shows_minimum_ages = models.BooleanField(default=False)
    carried_out_at = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_clause_per_code")]

    def __str__(self) -> str:
        return f"{self.section} {self.heading}".strip() or self.code

    def get_absolute_url(self) -> str:
        return reverse("policies:clause_detail", args=[self.pk])

    @property
    def audiences(self) -> list[str]:
        """Whom it is written for, in words."""
        return [label for value, label in Audience.choices if getattr(self, f"for_{value}")]

    @property
    def on_guide(self) -> str:
        """The words that the guide page shows."""
        return self.guide_text or self.text


class GuideIntro(SchoolOwned):
    """The opening words of a school's guide page for one audience."""

    audience = models.CharField(max_length=20, choices=Audience)
    text = models.TextField("opening words")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "audience"], name="one_intro_per_audience")]

    def __str__(self) -> str:
        return f"Guide for {self.get_audience_display().lower()}"


class ReferenceQuerySet(models.QuerySet):
    """References by school."""

    def visible_to(self, membership: Membership):
        """What the policies of the school worked in lean on."""
        return self.filter(policy__schools=membership.school_id)


class Reference(Tracked):
    """Another policy, a law or guidance that a policy leans on."""

    class Kind(models.TextChoices):
        RELATED_POLICY = "related_policy", "Related policy"
        LEGISLATION = "legislation", "Legislation"
        GUIDANCE = "guidance", "Guidance"

    class Cited(models.TextChoices):
        LISTED = "listed", "Listed in the policy"
        BODY = "body", "Cited in body"

    class Standing(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        TO_VERIFY = "to_verify", "To verify"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="references")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    cited = models.CharField(max_length=10, choices=Cited, default=Cited.LISTED)
    link = models.URLField(blank=True)
    owner = models.CharField(max_length=100, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    edition = models.CharField(max_length=60, blank=True)
    standing = models.CharField("standing", max_length=20, choices=Standing, default=Standing.TO_VERIFY)
    last_checked_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "title"]
        constraints = [models.UniqueConstraint(fields=["policy", "kind", "title"], name="one_reference_per_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def link_missing(self) -> bool:
        """Whether a related policy still lacks its link."""
        return self.kind == self.Kind.RELATED_POLICY and not self.link


class Acknowledgement(SchoolOwned):
    """That a person read, understood and will follow one version, with the very words that they were shown."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField(default=timezone.now)
    has_read = models.BooleanField()
    has_understood = models.BooleanField()
    will_follow = models.BooleanField()
    text_shown = models.TextField()
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="one_acknowledgement_per_person"),
            models.CheckConstraint(
                condition=Q(has_read=True, has_understood=True, will_follow=True),
                name="acknowledged_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} acknowledged {self.version}"


class ReminderQuerySet(models.QuerySet):
    """Reminders by what became of them."""

    def sent(self):
        """The ones that a mail went out for; the rest came too late and a later one took their place."""
        return self.filter(superseded=False)


class Reminder(Row):
    """That a reminder was owed to a person at a stage: recorded once, mailed once or superseded."""

    class Kind(models.TextChoices):
        REVIEW = "review", "Review due"
        ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement owed"
        ASKED = "asked", "Reminded by a person"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    stage = models.SmallIntegerField(help_text="Days before the due date; negative after it.")
    owed_on = models.DateField(help_text="The day on which it fell.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    superseded = models.BooleanField(default=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-owed_on"]
        constraints = [
            # By day, not by stage: after a review the same stages come round again on other days.
            models.UniqueConstraint(fields=["version", "user", "kind", "owed_on"], name="one_reminder_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.stage} days"
