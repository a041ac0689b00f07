"""What every answer carries, whatever it is, and which methods are answered at all."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "POST")


class HeadersMiddleware:
    """Set the headers that nothing else sets, on every answer: pages, errors, redirects, files.

    Nothing but static files is kept by a browser or by what stands between: a page shown once on a shared computer
    is not there to be gone back to, the public pages on which somebody reports something among them.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            **settings.OTHER_HEADERS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.setdefault(name, value)
        is_static = request.path.startswith(settings.STATIC_URL) and response.status_code in (200, 206, 304)
        if not is_static and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


class MethodsMiddleware:
    """Answer 405 to every method that no page has; each page refuses for itself those that it has not."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)
