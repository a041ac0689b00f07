"""The first line of a view: may this post do this at all?"""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.rules import holds


def needs(capability: str) -> Callable:
    """Let a view run only for a post with `capability`; anybody else gets 403.

    Somebody signed in who holds no post today is led to the page that says so. Whether one particular thing may be
    seen is asked inside the view, where a no is a 404.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.membership is None:
                return redirect("accounts:school_choose")
            if not holds(request.membership, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.capability = capability
        return guarded

    return decorate
