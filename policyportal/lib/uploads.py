"""The guard on files sent to an address where none may be kept: dropped before a byte is read."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class FileGuard(FileUploadHandler):
    """Drops every file part of a request for which `must_drop` says so; the fields of the form still arrive.

    What it rests on has to be known before the body is read: the address or the session, never another field.
    `files_dropped` on the request then says that a file was sent.
    """

    def must_drop(self) -> bool:
        """Tell whether this request may bring no file."""
        return False

    def new_file(self, *args, **kwargs) -> None:
        """Refuse the file before any handler has read of it."""
        super().new_file(*args, **kwargs)
        if self.must_drop():
            self.request.files_dropped = True
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the bytes on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return None
