"""The guard on files that come with a report: none is read where a picture of a child may be in it."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.urls import Resolver404, resolve

from incidents.models import Report

# Where a browser's answers to the first question are kept, by the token of the form: {token: answer}.
ANSWERS = "report_answers"


class ImageryGuard(FileUploadHandler):
    """Drops every file part of a report whose first question was not answered with no, before a byte is kept.

    The answer is bound to the form's address, so it counts before the body is read. The fields of the form still
    arrive; `files_dropped` on the request says that a file was sent.
    """

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        if self.must_drop():
            self.request.files_dropped = True
            raise SkipFile

    def must_drop(self) -> bool:
        """Tell whether this address is that of a report whose answer does not allow files."""
        try:
            token = resolve(self.request.path_info).kwargs.get("report_token")
        except Resolver404:
            return False
        if token is None:
            return False
        return self.request.session.get(ANSWERS, {}).get(str(token)) != Report.Imagery.NO

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the bytes on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return None
