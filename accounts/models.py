"""Federations, schools, people, the posts that they hold, what they were told and what they looked at."""

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from policyportal.lib.dates import today
from policyportal.lib.models import History, Row, Tracked

AT_LEAST_ONE = [MinValueValidator(1)]
ENDS_BEFORE_IT_STARTS = "The last day of a post cannot be before its first day."


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


class UserManager(BaseUserManager):
    """Makes people by e-mail address, in whatever case it was typed."""

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """Store a person; without a password they cannot sign in until they set one."""
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, Row):
    """A person who signs in, by e-mail. What they may do comes from their memberships alone."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField("full name", max_length=150)
    is_active = models.BooleanField("may sign in", default=True)

    # A sign-in is not a change of the person.
    last_login = None

    # A password's hash has no past worth keeping.
    history = History(excluded_fields=["password"])
    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("email"), name="one_person_per_email"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


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


class MembershipQuerySet(SchoolOwnedQuerySet):
    """Posts by date and by role."""

    def current(self, day: date | None = None):
        """Posts held on `day` (today when not given) by people who may sign in."""
        day = day or today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, user__is_active=True)

    def present(self, day: date | None = None):
        """Current, and not away that day."""
        day = day or today()
        away = Q(away_from__lte=day) & (Q(away_until=None) | Q(away_until__gte=day))
        return self.current(day).exclude(away)

    def holding(self, *roles: str):
        """Posts of these roles, the most senior person first."""
        return self.filter(role__in=roles).order_by("seniority", "starts_on")


class Membership(SchoolOwned):
    """A post that a person holds in a school, from a day until a day. A person may hold several."""

    class Employment(models.TextChoices):
        FULL_TIME = "full_time", "Full-time"
        PART_TIME = "part_time", "Part-time"
        FIXED_TERM = "fixed_term", "Fixed-term"
        AGENCY = "agency", "Agency"
        VOLUNTEER = "volunteer", "Volunteer"
        GOVERNOR = "governor", "Governor"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, choices=Role)
    job_title = models.CharField(max_length=100, blank=True, help_text="Where it differs from the role.")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    employment = models.CharField(max_length=20, choices=Employment, default=Employment.FULL_TIME)
    seniority = models.PositiveSmallIntegerField(default=100, help_text="1 is the most senior.")
    line_manager = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reports_to_me"
    )
    starts_on = models.DateField("first day", default=today)
    ends_on = models.DateField("last day", null=True, blank=True)
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["seniority", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_it_starts",
                violation_error_message=ENDS_BEFORE_IT_STARTS,
            ),
            models.UniqueConstraint(
                fields=["school", "user", "role"], condition=Q(ends_on=None), name="one_open_post_per_role"
            ),
        ]
        indexes = [models.Index(fields=["school", "role"])]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:person_detail", args=[self.pk])

    @property
    def title(self) -> str:
        """The post in the school's own words."""
        return self.job_title or self.school.label_of(self.role)

    @cached_property
    def posts(self) -> list["Membership"]:
        """Every post that the person holds today in this school, the most senior first."""
        posts = Membership.objects.current().filter(school_id=self.school_id, user_id=self.user_id)
        for post in posts:
            post.school, post.user = self.school, self.user
        return sorted(posts, key=Membership.seniority_key)

    @property
    def roles(self) -> frozenset[str]:
        """Every role that the person holds today in this school: person beats role."""
        return frozenset(post.role for post in self.posts)

    @property
    def titles(self) -> str:
        """Every post that the person holds today in this school, in the school's own words."""
        return " and ".join(post.title for post in self.posts)

    def seniority_key(self) -> tuple:
        """Sort posts: by seniority, then as roles are listed, so that a head who is also the DSL is the head first."""
        return self.seniority, Role.values.index(self.role), self.starts_on

    def is_away(self, day: date) -> bool:
        """Tell whether the person is away on `day`."""
        return bool(self.away_from and self.away_from <= day and (not self.away_until or day <= self.away_until))


class Notification(Row):
    """Something that somebody was told in the portal: an event and a link, never the words of a report."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications")
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    dedupe_key = models.CharField(max_length=200, unique=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "school", "-created_at"])]

    def __str__(self) -> str:
        return self.subject


class AccessLog(Row):
    """Who looked at which confidential thing, when and why; written in the transaction that reads it.

    It holds ids and no words, and outlives the thing.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)
    object_id = models.UUIDField()
    shown = models.CharField(max_length=60, help_text="Which part was shown.")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["school", "-at"]), models.Index(fields=["object_id", "-at"])]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
