"""Accounts of channels whose credentials must change because somebody left who knew them; never a password."""

from django.db import models
from django.db.models import Q

from accounts.models import Membership, SchoolOwned, SchoolOwnedQuerySet, User
from channels_mgmt.models.register import Channel


class CredentialChangeQuerySet(SchoolOwnedQuerySet):
    """What is still to be changed."""

    def due(self):
        """Not yet done."""
        return self.filter(status=CredentialChange.Status.DUE)


class CredentialChange(SchoolOwned):
    """A task: the credentials of one channel are to be changed, because this person knew them and left."""

    class Status(models.TextChoices):
        DUE = "due", "To be changed"
        DONE = "done", "Changed"

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="credential_changes")
    leaver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    due_on = models.DateField()
    done_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CredentialChangeQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "leaver"], condition=Q(status="due"), name="one_change_due_per_channel_and_leaver"
            ),
        ]

    def __str__(self) -> str:
        return f"Change the credentials of {self.channel}"
