"""Reports as they came in, the incidents they became, whom they concern, notes and evidence."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, SchoolOwned, SchoolOwnedQuerySet, User
from channels_mgmt.models import FamilyLink, Platform
from policies.models import Clause
from policyportal.lib.dates import today
from policyportal.lib.models import AttachmentBase


class About(models.TextChoices):
    """Whom a report is about; routing follows it [authorisation, routing by subject]."""

    STAFF = "staff", "A member of staff, a governor or a volunteer"
    PUPIL = "pupil", "A pupil"
    PARENT = "parent", "A parent or carer"
    COMMUNITY = "community", "Somebody else in the wider community"
    UNKNOWN = "unknown", "Not sure, or would rather not say"


class IncidentQuerySet(SchoolOwnedQuerySet):
    """Incidents by status. Who may see which: `incidents.access.visible_incidents`, never `visible_to` alone."""

    def open(self):
        """Not closed."""
        return self.exclude(status=Incident.Status.CLOSED)

    def awaiting_triage(self):
        """Nobody has looked at them yet."""
        return self.filter(status=Incident.Status.REPORTED)


class Incident(SchoolOwned):
    """Something that went wrong, from report to outcome."""

    class Status(models.TextChoices):
        REPORTED = "reported", "New"
        TRIAGED = "triaged", "Being dealt with"
        CLOSED = "closed", "Closed"

    class Confidentiality(models.TextChoices):
        ORDINARY = "ordinary", "Ordinary"
        CONFIDENTIAL = "confidential", "Confidential"
        SEALED = "sealed", "Sealed"

    class Purpose(models.TextChoices):
        PERSONAL = "personal", "Personal use"
        PROFESSIONAL = "professional", "Work or school use"
        UNKNOWN = "unknown", "Not known"

    class Hours(models.TextChoices):
        IN_HOURS = "in_hours", "In school or working hours"
        OUT_OF_HOURS = "out_of_hours", "Out of hours"
        UNKNOWN = "unknown", "Not known"

    class AccessedUsing(models.TextChoices):
        SCHOOL = "school", "School IT equipment"
        PERSONAL = "personal", "Personally owned device (staff or pupil)"
        OTHER = "other", "Other internet-enabled equipment"
        UNKNOWN = "unknown", "Not known"

    class Where(models.TextChoices):
        OFFICIAL = "official", "An official channel of the school"
        PRIVATE = "private", "A private or independent channel"
        PRIVATE_CHAT = "private_chat", "A private chat, page or group, such as a parents' chat"
        UNKNOWN = "unknown", "Not known"

    class Outcome(models.TextChoices):
        NO_FURTHER_ACTION = "no_further_action", "No further action"
        ADVICE = "advice", "Advice or support given"
        PROCEDURE = "procedure", "Dealt with under the procedure"
        SANCTION = "sanction", "Sanction or disciplinary action"
        DISMISSAL = "dismissal", "Dismissal"
        REFERRED = "referred", "Referred to another agency"
        CHILD_PROTECTION = "child_protection", "Handed to the child protection record"

    reference = models.CharField(max_length=12, unique=True, help_text="Random, so that it tells nothing.")
    status = models.CharField(max_length=20, choices=Status, default=Status.REPORTED)
    about = models.CharField("who it is about", max_length=20, choices=About)
    confidentiality = models.CharField(max_length=20, choices=Confidentiality)
    safeguarding = models.BooleanField(default=False)
    is_concern = models.BooleanField("raised as a private concern", default=False)
    category = models.ForeignKey(
        Clause,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name="breach category",
    )
    # Kept beside the clause: figures by category outlive the version that named it.
    category_name = models.CharField(max_length=120, blank=True)
    risk = models.ForeignKey(
        Clause, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="safeguarding risk"
    )
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.UNKNOWN)
    hours = models.CharField("when", max_length=20, choices=Hours, default=Hours.UNKNOWN)
    accessed_using = models.CharField(max_length=20, choices=AccessedUsing, default=AccessedUsing.UNKNOWN)
    where = models.CharField(max_length=20, choices=Where, default=Where.UNKNOWN)
    procedure = models.CharField("governing procedure", max_length=150, blank=True)
    route_reason = models.CharField("why it was led there", max_length=300)
    reported_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=30, choices=Outcome, blank=True)
    outcome_words = models.TextField("what was decided and why", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Marked by the head, so that the policy is reviewed because of it [MLC-83].
    significant_at = models.DateTimeField("marked significant", null=True, blank=True)

    # Files that came with the report being filed and could not be kept; known to that request alone.
    unsaved_files: tuple[str, ...] = ()

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at"]
        indexes = [
            models.Index(fields=["school", "due_at", "id"], name="incident_queue", condition=~Q(status="closed")),
            models.Index(fields=["school", "-reported_at", "-id"], name="incident_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="closed") | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="closed_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("incidents:incident_detail", args=[self.pk])


class Report(SchoolOwned):
    """What somebody told the school, in their words; it is never changed."""

    class Reporter(models.TextChoices):
        STAFF = "staff", "Staff"
        PUPIL = "pupil", "A pupil"
        PARENT = "parent", "A parent or carer"
        OTHER = "other", "Somebody else"

    class Imagery(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNSURE = "unsure", "I am not sure"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    reporter_kind = models.CharField(max_length=20, choices=Reporter)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reporter_name = models.CharField(max_length=150, blank=True)
    reporter_contact = models.CharField(max_length=200, blank=True)
    words = models.TextField("what happened")
    who = models.CharField("who it is about, in the reporter's words", max_length=300, blank=True)
    # The declared link that the reporter chose as the one it is about: chosen, never guessed from a name.
    family_link = models.ForeignKey(FamilyLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField("where it happened, in the reporter's words", max_length=200, blank=True)
    link = models.URLField("where it can be seen", max_length=500, blank=True)
    can_talk = models.BooleanField("would like to be spoken to", null=True, blank=True)
    imagery = models.CharField(max_length=10, choices=Imagery, default=Imagery.NO)
    noticed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(default=timezone.now)
    # Of the receipt only a keyed hash is kept; the receipt itself is shown once.
    receipt_hash = models.CharField(max_length=64, unique=True)
    # One form sent twice is one report.
    form_token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-reported_at"]

    def __str__(self) -> str:
        return f"Report of {self.incident}"

    @property
    def delay(self) -> timedelta | None:
        """From noticing to reporting; None where the time of noticing was not given."""
        return self.reported_at - self.noticed_at if self.noticed_at else None


class Subject(SchoolOwned):
    """A person whom an incident is about; a member of staff is linked, so that access follows the person."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="subjects")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "user"], condition=Q(user__isnull=False), name="named_once_per_incident"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.user)


class Access(SchoolOwned):
    """Who is led to a confidential or sealed incident, and who is kept from it. A conflict does not lapse."""

    class Standing(models.TextChoices):
        HANDLER = "handler", "Handler"
        READER = "reader", "May read"
        EXCLUDED = "excluded", "Kept from it"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="access")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    standing = models.CharField(max_length=20, choices=Standing)
    # Access goes with the post: who leaves it loses what they were led to in it. Blank where somebody is kept from it.
    as_role = models.CharField("in which post", max_length=40, choices=Role, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="one_standing_per_person")]
        indexes = [models.Index(fields=["user", "standing"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_standing_display()}"


class Note(SchoolOwned):
    """What a handler noted: facts, who and when."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    words = models.TextField("note")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"Note on {self.incident}"


class Evidence(SchoolOwned, AttachmentBase):
    """A file that came with a report or was added by a handler; it is never changed or deleted [MLC-53]."""

    class Kind(models.TextChoices):
        SCREENSHOT = "screenshot", "Screenshot"
        TEXT = "text", "Text message"
        EMAIL = "email", "E-mail"
        VOICEMAIL = "voicemail", "Voicemail"
        WEBSITE = "website", "Web page"
        SOCIAL_MEDIA = "social_media", "Social media page"
        OTHER = "other", "Something else"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    captured_at = models.DateTimeField("when it was captured", null=True, blank=True)
    page_address = models.URLField("address of the page", max_length=500, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="screenshot") | (Q(captured_at__isnull=False) & ~Q(page_address="")),
                name="screenshot_says_when_and_where",
            ),
        ]


class Escalation(SchoolOwned):
    """That somebody beyond the host was asked to have material taken down, and what they answered [MLC-60, MLC-61]."""

    class To(models.TextChoices):
        PROVIDER = "provider", "The internet service provider"

    class Result(models.TextChoices):
        BLOCKED = "blocked", "Access to the site blocked"
        CLOSED = "closed", "Site closed, in exceptional cases"
        DECLINED = "declined", "Declined to act"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="escalations")
    to = models.CharField("who was asked", max_length=20, choices=To, default=To.PROVIDER)
    contact = models.CharField("whom you reached there, and how", max_length=200)
    asked_on = models.DateField("when they were asked", default=today)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.CharField("what came of it", max_length=20, choices=Result, blank=True)
    answered_on = models.DateField("when they answered", null=True, blank=True)

    class Meta:
        ordering = ["asked_on", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="", answered_on=None) | (~Q(result="") & Q(answered_on__isnull=False)),
                name="escalation_answered_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_to_display()}, asked on {self.asked_on:%d %B %Y}"


class MonitoringEntry(SchoolOwned):
    """That use of the school's systems was monitored: of whom, for what purpose, from when until when.

    Only the headteacher logs it and reads it [PWP-97, CRO-93, MLC-78, HEA-62].
    """

    class Of(models.TextChoices):
        STAFF = "staff", "Staff"
        PUPILS = "pupils", "Pupils"

    class Purpose(models.TextChoices):
        STANDARDS = "standards", "Standards being met"
        UNAUTHORISED = "unauthorised", "Unauthorised use of the systems"
        CRIME = "crime", "Preventing or detecting crime"
        SAFETY = "safety", "Keeping children safe"

    of = models.CharField("whose activity", max_length=20, choices=Of)
    purpose = models.CharField("purpose", max_length=20, choices=Purpose)
    scope = models.TextField("what is looked at")
    reason = models.TextField("why it is needed")
    # The reasonable belief that some schools' policies ask for first: of whom, and since when it was held.
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    believed_on = models.DateField("when you came to believe it", null=True, blank=True)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True)
    authorised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-created_at"]
        verbose_name_plural = "monitoring entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="monitoring_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"Monitoring of {self.get_of_display().lower()}"
