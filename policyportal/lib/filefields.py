"""A field for several files at once; what each file may be is checked where it is kept."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from policyportal.lib.attachments import MOST_FILES


class FilesInput(forms.FileInput):
    """The plain file control, for more than one file."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        """Return every file that was chosen."""
        return files.getlist(name) if hasattr(files, "getlist") else list(files.get(name) or [])


class FilesField(forms.FileField):
    """Several files, at most `most`. The value is a list, empty when none was chosen."""

    widget = FilesInput

    def __init__(self, *, most: int = MOST_FILES, **kwargs: Any):
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Sequence[UploadedFile] | None, initial: Any = None) -> list[UploadedFile]:
        """Return the files. Refuses none where one is needed, and more than `most`."""
        if not data:
            self.validate(None)
            return []
        if len(data) > self.most:
            raise ValidationError(f"Choose {self.most} files or fewer; you chose {len(data)}")
        return [super(FilesField, self).clean(file, initial) for file in data]
