"""The field for a list that a school's system exported."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.imports.files import MOST_BYTES


def list_file_field(label: str) -> forms.FileField:
    """Return the field that takes the file; by its size alone it refuses what is no list."""
    return forms.FileField(
        label=label,
        help_text="A CSV file or an Excel workbook (.xlsx), at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        validators=[not_too_large],
    )


def not_too_large(file: UploadedFile) -> None:
    """Refuse a file that is larger than a list may be."""
    if file.size > MOST_BYTES:
        raise ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB")
