"""People who sign in, and the posts that they hold."""

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models.schools import Role, SchoolOwned, SchoolOwnedQuerySet, Site
from policyportal.lib.dates import today
from policyportal.lib.models import History, Row, Whole

ENDS_BEFORE_IT_STARTS = "The last day of a post cannot be before its first day."


class UserManager(BaseUserManager):
    """Makes people by e-mail address, in whatever case it was typed."""

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """Store a person; without a password they cannot sign in until they set one."""
        user = self.model(email=email.strip().lower(), name=name, joined_at=timezone.now() if password else None)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Whole, AbstractBaseUser, Row):
    """A person who signs in, by e-mail. What they may do comes from their memberships alone."""

    class MailWhen(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day"

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField("full name", max_length=150)
    is_active = models.BooleanField("may sign in", default=True)
    # When the person first set a way of signing in; nobody but they can do that.
    joined_at = models.DateTimeField("joined", null=True, blank=True)
    mail_when = models.CharField("mail", max_length=10, choices=MailWhen, default=MailWhen.AT_ONCE)

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


class MembershipQuerySet(SchoolOwnedQuerySet):
    """Posts by date and by role."""

    def current(self, day: date | None = None):
        """Posts held on `day` (today when not given) by people who may sign in."""
        day = day or today()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, user__is_active=True)

    def open(self, day: date | None = None):
        """Current, and taken up by the person in the portal: these posts open pages and are led to."""
        return self.current(day).exclude(accepted_at=None)

    def present(self, day: date | None = None):
        """Open, and not away that day."""
        day = day or today()
        away = Q(away_from__lte=day) & (Q(away_until=None) | Q(away_until__gte=day))
        return self.open(day).exclude(away)

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
    # An acting post: held in place of this one, from a day until a day.
    acting_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="cover")
    # When the person took the post up in the portal; until then it opens nothing.
    accepted_at = models.DateTimeField("taken up", null=True, blank=True, default=timezone.now)
    # As they were called when they were invited: until they come, what another school calls them is not told here.
    typed_name = models.CharField("name as typed", max_length=150, blank=True)
    # The number by which the school's own system knows the person.
    system_id = models.CharField("number in the school’s system", max_length=60, blank=True)

    # Set for each request: what is confidential is not shown until a second step is taken in the session.
    confidential_waits = False

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
        return f"{self.person_name}, {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:person_detail", args=[self.pk])

    @property
    def person_name(self) -> str:
        """What the person is called here: as typed until they have taken the post up."""
        return self.user.name if self.accepted_at else self.typed_name or self.user.name

    @property
    def title(self) -> str:
        """The post in the school's own words."""
        return self.job_title or self.school.label_of(self.role)

    @cached_property
    def posts(self) -> list["Membership"]:
        """Every post that the person holds today in this school, the most senior first."""
        posts = Membership.objects.open().filter(school_id=self.school_id, user_id=self.user_id)
        for post in posts:
            post.school, post.user = self.school, self.user
        return sorted(posts, key=Membership.seniority_key)

    @property
    def roles(self) -> frozenset[str]:
        """Every role that the person holds today in this school: person beats role."""
        return frozenset(post.role for post in self.posts)

    @property
    def titles(self) -> str:
        """Every post that the person holds today in this school, in the school's own words, each said once.

        A school may call one post by the words of two: "Headteacher and designated safeguarding lead".
        """
        titles = list(dict.fromkeys(post.title for post in self.posts))
        said = {part.casefold() for title in titles if " and " in title for part in title.split(" and ")}
        return " and ".join(title for title in titles if title.casefold() not in said)

    def seniority_key(self) -> tuple:
        """Sort posts: by seniority, then as roles are listed, so that a head who is also the DSL is the head first."""
        return self.seniority, Role.values.index(self.role), self.starts_on

    def is_away(self, day: date) -> bool:
        """Tell whether the person is away on `day`."""
        return bool(self.away_from and self.away_from <= day and (not self.away_until or day <= self.away_until))
