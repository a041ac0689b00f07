"""The form of a list that a school's system exported: which file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.imports.files import MOST_BYTES
from policyportal.lib.forms import PortalForm


class ListFileForm(PortalForm):
    """The file; a form says in `label` what it lists."""

    label: str

    file = forms.FileField(
        help_text="A CSV file or an Excel workbook (.xlsx), at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["file"].label = self.label

    def clean_file(self) -> UploadedFile:
        """Refuse by its size alone what is no list."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB")
        return file
