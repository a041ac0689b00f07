"""The forms of a file of staff: which file, and what its columns and its words for posts mean."""

from typing import Any

from django import forms

from accounts.forms.list_file import column_field, list_file_field
from accounts.imports.columns import LEFT_OUT, Field, plain, suggested
from accounts.models import StaffImport
from policyportal.lib.forms import PortalForm


class StaffFileForm(PortalForm):
    """The file that a school's system exported."""

    file = list_file_field("List of staff")


class MeaningsForm(PortalForm):
    """What each column means, and which role each word for a post means.

    `words` are those of the file that are no role's own name, with how many people have each.
    """

    def __init__(
        self,
        *args: Any,
        staff_import: StaffImport,
        words: dict[str, int],
        roles: list[tuple[str, str]],
        **kwargs: Any,
    ):
        self.titles, self.words = staff_import.header, list(words)
        word_fields = [f"word_{place}" for place in range(len(self.words))]
        column_fields = [f"column_{place}" for place in range(len(self.titles))]
        self.selects = (*word_fields, *column_fields)
        self.fieldsets = (
            ("What this school’s words for posts mean", word_fields, "Remembered for the next file."),
            ("What each column holds", column_fields, "Remembered for the next file."),
        )
        super().__init__(*args, **kwargs)
        remembered = {plain(word): role for word, role in staff_import.school.import_roles.items()}
        means = [("", "Choose one"), *roles, (LEFT_OUT, "Nobody: leave these people out")]
        for name, (word, number) in zip(word_fields, words.items(), strict=True):
            label = f"“{word}” means" if word else "People without a post in the file are"
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=means,
                initial=remembered.get(plain(word), suggested(word)),
                help_text=f"{number} row{'' if number == 1 else 's'}",
                error_messages={
                    "required": f"Say what “{word}” means" if word else "Say what people without a post are"
                },
            )
        for place, name in enumerate(column_fields):
            title = self.titles[place] or f"Column {place + 1}, which has no title"
            now, rows = staff_import.columns[place], staff_import.rows
            self.fields[name] = column_field(title, Field.choices, now=now, rows=rows, place=place)

    def columns(self) -> list[str]:
        """Return the field of each column, for the verb."""
        return [self.cleaned_data[f"column_{place}"] for place in range(len(self.titles))]

    def roles(self) -> dict[str, str]:
        """Return the role of each word, for the verb."""
        return {word: self.cleaned_data[f"word_{place}"] for place, word in enumerate(self.words)}


class ImportForm(forms.Form):
    """That what was shown is to be carried out, and nothing else."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$")
