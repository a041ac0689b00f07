"""Which school somebody is working in, settled once for each request."""

from django.http import HttpRequest, HttpResponse

from accounts.selectors import working_membership

SESSION_KEY = "membership"


class WorkingSchoolMiddleware:
    """Set `request.membership`: the post that the person works in now, or None.

    It is looked up in the database each time: a post that has ended or a person who has left loses access on the
    next request.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = None
        if request.user.is_authenticated:
            request.membership = working_membership(request.user, request.session.get(SESSION_KEY))
        return self.get_response(request)
