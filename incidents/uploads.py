"""The guard on files that come with a report: none is read where a picture of a child may be in it."""

from django.urls import Resolver404, resolve

from incidents.models import Report
from policyportal.lib.uploads import FileGuard

# Where a browser's answers to the first question are kept, by the token of the form: {token: answer}.
ANSWERS = "report_answers"


class ImageryGuard(FileGuard):
    """Drops every file part of a report whose first question was not answered with no, before a byte is kept.

    The answer is bound to the form's address, so it counts before the body is read. The fields of the form still
    arrive; `files_dropped` on the request says that a file was sent.
    """

    def must_drop(self) -> bool:
        """Tell whether this address is that of a report whose answer does not allow files."""
        try:
            token = resolve(self.request.path_info).kwargs.get("report_token")
        except Resolver404:
            return False
        if token is None:
            return False
        return self.request.session.get(ANSWERS, {}).get(str(token)) != Report.Imagery.NO
