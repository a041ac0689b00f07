"""The site map: every address of the portal, app by app."""

from django.urls import URLPattern, URLResolver, include, path

from policyportal import health, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(([path("", home.home, name="home")], "portal"))),
    path("", include("policies.urls")),
    path("", include("accounts.urls")),
    path("", include("channels_mgmt.urls")),
    path("healthz", health.alive, name="healthz"),
    path("healthz/deep", health.deep, name="healthz_deep"),
]
