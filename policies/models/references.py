"""What a policy leans on: other policies, laws, guidance."""

from django.db import models

from accounts.models import Membership
from policies.models.documents import Policy
from policyportal.lib.models import Tracked


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
