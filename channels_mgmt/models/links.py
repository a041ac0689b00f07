"""Existing links between staff and families, declared, decided by the headteacher and taken into account."""

from django.db import models

from accounts.models import Membership, SchoolOwned, SchoolOwnedQuerySet, User


class FamilyLinkQuerySet(SchoolOwnedQuerySet):
    """Links by what was decided."""

    def approved(self):
        """Those that excuse contact."""
        return self.filter(status=FamilyLink.Status.APPROVED)

    def declared(self):
        """Those that count as a conflict: approved or not yet decided."""
        return self.filter(status__in=[FamilyLink.Status.DECLARED, FamilyLink.Status.APPROVED])


class FamilyLink(SchoolOwned):
    """One adult of the school and one pupil who are linked outside it, and what the headteacher decided [GRA-50]."""

    class Status(models.TextChoices):
        DECLARED = "declared", "Waiting for a decision"
        APPROVED = "approved", "Approved exception"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Ended"

    status = models.CharField(max_length=20, choices=Status, default=Status.DECLARED)
    # The member of staff, where the portal knows them; a parent may name somebody it does not.
    adult = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adult_name = models.CharField("member of staff", max_length=150)
    pupil_name = models.CharField("pupil", max_length=150)
    pupil_class = models.CharField("class", max_length=60, blank=True)
    relation = models.CharField("how they are linked", max_length=200)
    platforms = models.CharField("where they are in contact", max_length=200, blank=True)
    reason = models.TextField("why", blank=True)
    declared_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Of a parent or carer, who has no account.
    declarer_name = models.CharField("your name", max_length=150, blank=True)
    declarer_contact = models.CharField("how to reach you", max_length=200, blank=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FamilyLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.adult_name} and {self.pupil_name}"


class LinksDeclaration(SchoolOwned):
    """Whether somebody in post has such links: the answer that induction asks for [GRA-51]. The latest counts."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_links = models.BooleanField("has links to declare")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-answered_at"]

    def __str__(self) -> str:
        return f"Declaration of {self.user.name}"
