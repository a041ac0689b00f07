"""The site map: every address of the portal, app by app."""

from django.urls import URLPattern, URLResolver, include, path

from policyportal import health
from policyportal.views import audit, dashboard, home, induction, leaving, reading, review_packs, seals, set_up

portal = [
    path("", home.home, name="home"),
    path("induction/", induction.induction, name="induction"),
    path("set-up/", set_up.set_up, name="set_up"),
    path("set-up/school/", set_up.set_up_overview, name="set_up_overview"),
    path("set-up/facts/", set_up.set_up_school, name="set_up_school"),
    path("set-up/posts/<slug:role>/", set_up.set_up_post, name="set_up_post"),
    path("set-up/open/", set_up.set_up_open, name="set_up_open"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("people/<uuid:pk>/leave/", leaving.leaver_mark, name="leaver_mark"),
    path("reviews/<uuid:pk>/pack/", review_packs.review_pack, name="review_pack"),
    path("history/", audit.audit, name="audit"),
    path("history/download/", audit.audit_export, name="audit_export"),
    path("history/<slug:slug>/<uuid:thing>/<int:number>/", audit.audit_entry, name="audit_entry"),
    path("policies/read-in/", reading.reading_list, name="reading_list"),
    path("policies/read-in/new/", reading.reading_create, name="reading_create"),
    path("policies/read-in/<uuid:pk>/", reading.reading_detail, name="reading_detail"),
    path("policies/read-in/<uuid:pk>/decide/", reading.reading_decide, name="reading_decide"),
    path("policies/read-in/<uuid:pk>/findings/<uuid:proposal_pk>/", reading.reading_change, name="reading_change"),
    path("policies/read-in/<uuid:pk>/add/<str:kind>/", reading.reading_add, name="reading_add"),
    path("policies/read-in/<uuid:pk>/take-over/", reading.reading_apply, name="reading_apply"),
    path("policies/read-in/<uuid:pk>/put-away/", reading.reading_drop, name="reading_drop"),
    path("seal/", seals.seal, name="seal"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((portal, "portal"))),
    path("", include("policies.urls")),
    path("", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("", include("channels_mgmt.urls")),
    path("", include("moderation.urls")),
    path("", include("incidents.urls")),
    path("healthz", health.alive, name="healthz"),
    path("healthz/deep", health.deep, name="healthz_deep"),
]
