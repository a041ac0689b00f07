"""What the forms of incidents offer to choose from, and the files that they take."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator

from channels_mgmt.models import Platform
from incidents.models import About
from policies.models import Clause
from policyportal.lib.attachments import MOST_FILES, FileRefused, checked
from policyportal.lib.forms import FilesField

MOST_CHARACTERS = 10_000
MOST_BYTES_TOGETHER = 50 * 1024 * 1024
FILE_HINT = f"Up to {MOST_FILES} pictures, PDFs or text files, 20 MB each."


class WordsField(forms.CharField):
    """Free words, long enough for anybody; a limit that nobody meets is not counted down on the page."""

    def __init__(self, *, rows: int = 5, **kwargs: Any):
        most = MaxLengthValidator(MOST_CHARACTERS)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), validators=[most], **kwargs)


class CheckedFilesField(FilesField):
    """Several files, each held to what may be kept; every one that is refused is named with its reason."""

    def clean(self, data: Sequence[UploadedFile] | None, initial: Any = None) -> list[UploadedFile]:
        """Return the files. Raises ValidationError with a sentence for each that cannot be kept."""
        files = super().clean(data, initial)
        if sum(file.size for file in files) > MOST_BYTES_TOGETHER:
            raise ValidationError("Choose files of 50 MB or less together")
        faults = []
        for file in files:
            try:
                checked(file)
            except FileRefused as refusal:
                faults.append(str(refusal))
        if faults:
            raise ValidationError(faults)
        return files


def platform_choices(platforms: Iterable[Platform]) -> list[tuple[str, str]]:
    """Return platforms as choices, each with its other names, so that looking for either finds it."""
    return [(str(p.pk), f"{p.name} (also {', '.join(p.aliases)})" if p.aliases else p.name) for p in platforms]


def grouped(clauses: Iterable[Clause]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return categories as groups by whom they are about; those that fit several stand in a group of their own."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for clause in clauses:
        fits = [about for about in About if about != About.UNKNOWN and getattr(clause, f"about_{about}")]
        title = f"About {fits[0].label.lower()}" if len(fits) == 1 else "About anybody"
        groups.setdefault(title, []).append((str(clause.pk), clause.category))
    return list(groups.items())


def fitting(clause: Clause | None, about: str | None) -> Clause | None:
    """Return the category, or refuse one that the policy does not know for whom the report is about."""
    if clause and about and about != About.UNKNOWN and not getattr(clause, f"about_{about}"):
        raise ValidationError("This is a category for somebody else. Choose one that fits who the report is about")
    return clause
