"""The forms of classes, pupils, carers and of a file of class lists."""

from typing import Any

from accounts.families import possible_teachers
from accounts.forms.list_file import column_field, list_file_field
from accounts.imports.columns import NOT_USED
from accounts.imports.families import MEANINGS_IN_WORDS, recognised, remembered_of
from accounts.models import Carer, FamilyImport, Membership, Pupil, School, SchoolClass
from policyportal.lib.forms import PortalForm, PortalModelForm


class ClassForm(PortalModelForm):
    """What a class is called, its year group and its teacher."""

    selects = ("teacher",)

    class Meta:
        model = SchoolClass
        fields = ["name", "year_group", "teacher"]
        labels = {"name": "Name of the class"}
        help_texts = {
            "year_group": "Such as Year 3. Leave it empty when the name says it.",
            "teacher": "They record what the class went through together, and see no other class’s children.",
        }

    def __init__(self, *args: Any, school: School, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["teacher"]
        field.queryset = possible_teachers(school)
        field.label_from_instance = lambda post: f"{post.person_name}, {post.title}"
        field.empty_label = "Nobody yet"


class PupilForm(PortalModelForm):
    """A child's name, class and number."""

    selects = ("school_class",)

    class Meta:
        model = Pupil
        fields = ["name", "school_class", "school_number"]
        labels = {"name": "Name", "school_number": "Number in the school’s system"}
        help_texts = {"school_number": "So that the next list of classes finds the same child. May be left empty."}

    def __init__(self, *args: Any, school: School, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = SchoolClass.objects.filter(school=school).present()
        self.fields["school_class"].required = True


class CarerForm(PortalModelForm):
    """A parent or carer's name and address."""

    class Meta:
        model = Carer
        fields = ["name", "email"]
        help_texts = {"email": "Without one they are asked by a printed slip."}


class ClassListForm(PortalForm):
    """The file that a school's system exported."""

    file = list_file_field("List of classes")


class ColumnsForm(PortalForm):
    """What each column of a class list holds; one without a title cannot be remembered, and is not asked about."""

    def __init__(self, *args: Any, family_import: FamilyImport, **kwargs: Any):
        header = family_import.header
        # Of columns with one title the first is read.
        self.titles = {title: header.index(title) for title in header if title}
        names = self.selects = tuple(f"column_{place}" for place in self.titles.values())
        self.fieldsets = (("What each column holds", list(names), "Remembered for the next file."),)
        super().__init__(*args, **kwargs)
        now = recognised(header, remembered_of(family_import.school))
        for title, place in self.titles.items():
            self.fields[f"column_{place}"] = column_field(
                title, MEANINGS_IN_WORDS.items(), now=now.get(place, NOT_USED), rows=family_import.rows, place=place
            )

    def columns(self) -> dict[str, str]:
        """Return what each column means by its title, for the verb."""
        return {title: self.cleaned_data[f"column_{place}"] for title, place in self.titles.items()}


def teacher_words(teacher: Membership | None) -> str:
    """Return who teaches a class, in words."""
    return teacher.person_name if teacher else "Nobody yet"
