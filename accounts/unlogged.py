"""What is answered where a look at something confidential could not be written down: nothing of the thing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.services.looking import NotLogged


class NoLookUnloggedMiddleware:
    """Answer 503 with a plain sentence where the access log could not be written."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Turn `NotLogged` into the page that says so; leave every other fault alone."""
        if not isinstance(fault, NotLogged):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "60"
        return response
