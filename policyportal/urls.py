"""The site map: every address of the portal, app by app."""

from django.urls import URLPattern, URLResolver, include, path

from policyportal import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("healthz", health.alive, name="healthz"),
    path("healthz/deep", health.deep, name="healthz_deep"),
]
