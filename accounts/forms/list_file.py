"""The fields for a list that a school's system exported: the file, and what each of its columns holds."""

from collections.abc import Iterable, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.imports.columns import NOT_USED
from accounts.imports.files import MOST_BYTES

MOST_SAMPLES = 3
LONGEST_SAMPLE = 40


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


def column_field(
    title: str, means: Iterable[tuple[str, str]], *, now: str, rows: Sequence, place: int
) -> forms.ChoiceField:
    """Return the field that asks what a column holds: `means` to choose from, with what stands in its first rows."""
    return forms.ChoiceField(
        label=title,
        choices=[(NOT_USED, "Not used"), *means],
        initial=now,
        help_text=samples(rows, place),
        required=False,
    )


def samples(rows: Sequence, place: int) -> str:
    """Return the first few values of a column, so that somebody can see what it holds."""
    found: dict[str, None] = {}
    for _, cells, *_ in rows:
        if place < len(cells) and cells[place]:
            found[cells[place][:LONGEST_SAMPLE]] = None
        if len(found) == MOST_SAMPLES:
            break
    return f"Such as {', '.join(found)}" if found else "Empty in every row"
