"""Classes, pupils and their parents or carers: only what acknowledgements, lessons and consents need of them."""

from django.db import models
from django.urls import reverse

from accounts.models.people import Membership
from accounts.models.schools import School, SchoolOwned, SchoolOwnedQuerySet
from policyportal.lib.models import Row


class SchoolClassQuerySet(SchoolOwnedQuerySet):
    """Classes by whether they are still taught."""

    def present(self):
        """Those of this school year."""
        return self.filter(ended_on=None)


class SchoolClass(SchoolOwned):
    """A class of a school, in one school year after another until it ends."""

    name = models.CharField(max_length=60)
    year_group = models.CharField(max_length=40, blank=True)
    teacher = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="classes",
        verbose_name="class teacher",
    )
    ended_on = models.DateField(null=True, blank=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "classes"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "name"], condition=models.Q(ended_on=None), name="one_present_class_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:class_detail", args=[self.pk])


class AtSchoolQuerySet(SchoolOwnedQuerySet):
    """People of families by whether they have left."""

    def present(self):
        """Those who have not left."""
        return self.filter(left_on=None)


class Pupil(SchoolOwned):
    """A child at the school: a name and a class, and nothing that the portal has no use for."""

    name = models.CharField(max_length=150)
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, null=True, blank=True, related_name="pupils", verbose_name="class"
    )
    # The number that the school's own system gives the child, so that a second file finds the same one.
    school_number = models.CharField(max_length=40, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = AtSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_number"],
                condition=~models.Q(school_number=""),
                name="one_pupil_per_school_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Carer(SchoolOwned):
    """A parent or carer: who may be asked on behalf of which children, and where they are written to."""

    name = models.CharField(max_length=150)
    email = models.EmailField("e-mail address", blank=True)
    pupils = models.ManyToManyField(Pupil, related_name="carers", blank=True)
    left_on = models.DateField(null=True, blank=True)

    # Read by the history library: whose carer somebody was is part of the past.
    _history_m2m_fields = ("pupils",)

    objects = AtSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FamilyImport(Row):
    """A file of class lists on somebody's workbench: what it holds, and what came of it.

    It has no history: what came of it is in the history of classes, pupils and carers, and the list itself is emptied.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=150)
    header = models.JSONField(default=list)
    # [number of the row in the file, its cells], and once it is done only those left out, each with the reason.
    # Emptied after a day: a list of children is not kept twice.
    rows = models.JSONField(default=list)
    # What came of it, as counts: {"new": 3, "changed": 1, "same": 190, "wrong": 12}.
    outcome = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SchoolOwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("accounts:family_import_detail", args=[self.pk])
