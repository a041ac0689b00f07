"""What people say about a policy: governors on a review, and anybody who has a question."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import Membership, SchoolOwned, SchoolOwnedQuerySet, User
from accounts.rules import holds
from policies.models.documents import Policy, PolicyVersion
from policyportal.lib.models import Tracked


class Comment(Tracked):
    """What a governor or the head said of a version under review, and whether they support it."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("comment")
    supports = models.BooleanField("I support this version", default=False)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Comment by {self.by}"


class QuestionQuerySet(SchoolOwnedQuerySet):
    """Questions by who may read them."""

    def visible_to(self, membership: Membership):
        """Those that this person asked or is asked; for whoever keeps policies also those that went to a leaver."""
        theirs = Q(asked_by=membership.user_id) | Q(to=membership.user_id)
        if holds(membership, "manage_policies"):
            here = Membership.objects.current().filter(school=OuterRef("school"), user=OuterRef("to"))
            theirs |= ~Q(Exists(here))
        return super().visible_to(membership).filter(theirs)

    def open(self):
        """Not yet answered."""
        return self.filter(status=Question.Status.OPENED)


class Question(SchoolOwned):
    """A question about a policy, to the person whom the school names for it."""

    class Status(models.TextChoices):
        OPENED = "opened", "Open"
        ANSWERED = "answered", "Answered"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("your question")
    status = models.CharField(max_length=20, choices=Status, default=Status.OPENED)
    answer = models.TextField("answer", blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["to", "status"])]

    def __str__(self) -> str:
        return f"Question about {self.policy}"

    def get_absolute_url(self) -> str:
        return reverse("policies:question_detail", args=[self.pk])
