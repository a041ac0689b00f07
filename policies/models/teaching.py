"""How a policy is brought home: briefings, induction, questions on what was read, and lessons."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, SchoolClass, SchoolOwned, User
from policies.models.clauses import Clause
from policies.models.documents import Policy, PolicyVersion
from policies.models.following import Acknowledgement
from policyportal.lib.models import Tracked


class Briefing(SchoolOwned):
    """A meeting at which staff are reminded of what the policy expects of them [PWP-94, CRO-07]."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="briefings")
    status = models.CharField(max_length=20, choices=Status, default=Status.PLANNED)
    title = models.CharField(max_length=120)
    held_on = models.DateField("date")
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name="led by")
    # What to go through; all of the version's rules for staff where none is chosen.
    expectations = models.ManyToManyField(Clause, related_name="+", blank=True)
    # The wording that was in force when it was held.
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="briefings"
    )
    reminded_at = models.DateTimeField(null=True, blank=True)

    _history_m2m_fields = ("expectations",)

    class Meta:
        ordering = ["-held_on"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policies:briefing_detail", args=[self.pk])


class Attendance(Tracked):
    """That somebody was at a briefing, or caught up on it later."""

    briefing = models.ForeignKey(Briefing, on_delete=models.PROTECT, related_name="attendances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField()
    caught_up_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["briefing", "user"], name="one_attendance_per_person")]

    def __str__(self) -> str:
        return f"{self.user} at {self.briefing}"


class InductionItem(SchoolOwned):
    """Something that people read and confirm when they join; a policy in the portal, or a document elsewhere."""

    title = models.CharField(max_length=200)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.URLField(blank=True)
    text = models.TextField("what it asks", blank=True)
    # For whom: roles; everybody whom a policy asks where none is named.
    roles = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField("days after joining", default=14)
    in_use = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["position", "title"]
        constraints = [models.UniqueConstraint(fields=["school", "title"], name="one_induction_item_per_title")]

    def __str__(self) -> str:
        return self.title


class InductionDone(SchoolOwned):
    """That somebody confirmed an item of their induction, with the words that they were shown."""

    item = models.ForeignKey(InductionItem, on_delete=models.PROTECT, related_name="confirmed")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)
    text_shown = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="one_induction_per_item")]

    def __str__(self) -> str:
        return f"{self.user}: {self.item}"


class Scenario(Tracked):
    """A question about a situation, which people answer before they acknowledge."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="scenarios")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField("the situation")
    options = models.JSONField("answers to choose from")
    right = models.PositiveSmallIntegerField("the right answer, counted from 0")
    explanation = models.TextField("why")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return self.text[:80]


class ScenarioAnswer(Tracked):
    """What somebody chose, kept with their acknowledgement."""

    acknowledgement = models.ForeignKey(Acknowledgement, on_delete=models.PROTECT, related_name="answers")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="+")
    chosen = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["acknowledgement", "scenario"], name="one_answer_per_scenario")]

    def __str__(self) -> str:
        return f"Answer to {self.scenario}"

    @property
    def option(self) -> str:
        """The words of what was chosen."""
        return self.scenario.options[self.chosen]


class LessonTopic(SchoolOwned):
    """A subject of online safety that every class is taught each school year [GRA-34, GRA-35, GRA-36]."""

    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    in_use = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_lesson_topic_per_name")]

    def __str__(self) -> str:
        return self.name


class Lesson(SchoolOwned):
    """That a class was taught a topic, when and by whom."""

    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, related_name="lessons", verbose_name="class"
    )
    topic = models.ForeignKey(LessonTopic, on_delete=models.PROTECT, related_name="lessons")
    taught_on = models.DateField("date")
    taught_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name="teacher")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-taught_on"]

    def __str__(self) -> str:
        return f"{self.topic}, {self.school_class}"
