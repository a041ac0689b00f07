"""Clauses, and the opening words of the guides that are made from them."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership, School, SchoolOwned
from policies.models.documents import Audience, PolicyVersion
from policyportal.lib.models import Tracked


class ClauseQuerySet(models.QuerySet):
    """Clauses by school, audience and use."""

    def visible_to(self, membership: Membership):
        """Clauses of the versions that the post may see."""
        seen = self.filter(version__in=PolicyVersion.objects.visible_to(membership))
        return seen.of_school(membership.school_id)

    def in_force(self, school: School):
        """Clauses of the published versions that serve `school`, with its own additions and nobody else's."""
        published = self.filter(version__policy__schools=school, version__status=PolicyVersion.Status.PUBLISHED)
        return published.of_school(school)

    def of_school(self, school: School | UUID | None):
        """Those that hold in `school`: for all schools of the policy, and its own additions; those only with one."""
        return self.filter(Q(only_for=None) | Q(only_for=school)) if school else self.filter(only_for=None)

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
    # A school's own addition to a policy that serves several; none where it holds for all of them.
    only_for = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="only for"
    )
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
    for_community = models.BooleanField(default=False)
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
