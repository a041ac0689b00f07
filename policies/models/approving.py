"""What a version needs before it is in force: those who were consulted, and those who signed it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User
from policies.models.documents import PolicyVersion
from policyportal.lib.models import Tracked


class Consultation(Tracked):
    """That a group was asked about a version before it was changed: trade unions, staff, parents."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="consultations")
    group = models.CharField("who was consulted", max_length=100)
    asked_on = models.DateField("asked on", null=True, blank=True)
    answered_on = models.DateField("answered on", null=True, blank=True)
    words = models.TextField("what they said", blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["version", "group"], name="one_consultation_per_group")]

    def __str__(self) -> str:
        return f"{self.group} on {self.version}"


class SignatureQuerySet(models.QuerySet):
    """Signatures by whether they still hold."""

    def standing(self):
        """Not void: the text is still the one that was signed."""
        return self.filter(voided_at=None)


class Signature(Tracked):
    """That one person approved the very text whose hash stands here; one for each person, in whatever post."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    as_role = models.CharField("in which post", max_length=40, choices=Role)
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_reason = models.CharField(max_length=200, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "signed_by"], condition=Q(voided_at=None), name="one_signature_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signed_by} signed {self.version}"
