"""Reviews out of turn and in it, what staff suggest for them, and the calendar that people subscribe to."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, SchoolOwned, SchoolOwnedQuerySet, User
from accounts.rules import holds
from policies.models.clauses import Clause
from policies.models.documents import Policy, PolicyVersion


class ReviewQuerySet(SchoolOwnedQuerySet):
    """Reviews by school and status."""

    def visible_to(self, membership: Membership):
        """Those of policies that serve the school worked in, for whoever works on policies; whose school opened it
        makes no difference, since a policy of several schools is reviewed for all of them."""
        if not holds(membership, "view_policy_drafts"):
            return self.none()
        return self.filter(policy__schools=membership.school_id)

    def open(self):
        """Not done yet."""
        return self.filter(status=Review.Status.OPENED)


class Review(SchoolOwned):
    """One review of a policy: what led to it, what it found, and what came of it."""

    class Status(models.TextChoices):
        OPENED = "opened", "Open"
        CLOSED = "closed", "Done"

    class Result(models.TextChoices):
        KEPT = "kept", "Stays as it is"
        NEW_VERSION = "new_version", "A new version"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPENED)
    trigger = models.CharField("what led to it", max_length=20, choices=PolicyVersion.Trigger)
    reason = models.CharField(max_length=300)
    # What it was about, where another part of the portal led to it: never its words, only a page of its own.
    cause = models.CharField(max_length=100, blank=True)
    cause_path = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=20, choices=Result, blank=True)
    # What it weighed up and what it found.
    answers = models.JSONField(default=dict, blank=True)
    note = models.TextField("what the review found", blank=True)
    # The version under review, and the one that came of it.
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="reviews")
    led_to = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # The day on which the policy was reviewed, which may lie before it was written down.
    reviewed_on = models.DateField("date of the review", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-created_at"]
        constraints = [
            # The schedule opens one, however often and wherever it runs.
            models.UniqueConstraint(
                fields=["version", "due_on"],
                condition=Q(status="opened", trigger="yearly"),
                name="one_review_by_schedule",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.policy}"

    def get_absolute_url(self) -> str:
        return reverse("policies:review_detail", args=[self.pk])


class SuggestionQuerySet(SchoolOwnedQuerySet):
    """Suggestions by who may read them."""

    def visible_to(self, membership: Membership):
        """One's own; all of the school for whoever works on the text."""
        ours = super().visible_to(membership)
        return ours if holds(membership, "edit_policy_drafts") else ours.filter(suggested_by=membership.user_id)

    def waiting(self):
        """Neither taken up nor declined."""
        return self.filter(status=Suggestion.Status.MADE)


class Suggestion(SchoolOwned):
    """What somebody who follows a policy would change in it, kept for the next review."""

    class Status(models.TextChoices):
        MADE = "made", "For the next review"
        TAKEN_UP = "taken_up", "Taken up"
        DECLINED = "declined", "Not taken up"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="suggestions")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, null=True, blank=True, related_name="suggestions")
    text = models.TextField("what you suggest")
    status = models.CharField(max_length=20, choices=Status, default=Status.MADE)
    answer = models.TextField("answer", blank=True)
    suggested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Suggestion for {self.policy}"

    def get_absolute_url(self) -> str:
        return reverse("policies:suggestion_detail", args=[self.pk])


class CalendarFeed(SchoolOwned):
    """A private address under which one person's calendar reads what is due; of it only a keyed hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    address_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user"], condition=Q(revoked_at=None), name="one_calendar_feed_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
