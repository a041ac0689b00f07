"""Addresses of policies, their versions and clauses, acknowledgements, and a school's public pages."""

from django.urls import path

from policies import views

app_name = "policies"

urlpatterns = [
    path("policies/", views.policy_list, name="policy_list"),
    path("policies/<uuid:pk>/", views.policy_detail, name="policy_detail"),
    path("policies/<uuid:pk>/review/", views.review_record, name="review_record"),
    path("policies/<uuid:pk>/reviews/open/", views.review_create, name="review_create"),
    path("policies/<uuid:pk>/suggest/", views.suggestion_create, name="suggestion_create"),
    path("policies/reviews/", views.review_list, name="review_list"),
    path("policies/reviews/<uuid:pk>/", views.review_detail, name="review_detail"),
    path("policies/reviews/<uuid:pk>/step/", views.review_step, name="review_step"),
    path("policies/suggestions/", views.suggestion_list, name="suggestion_list"),
    path("policies/suggestions/<uuid:pk>/", views.suggestion_detail, name="suggestion_detail"),
    path("policies/suggestions/<uuid:pk>/step/", views.suggestion_step, name="suggestion_step"),
    path("policies/calendar/", views.calendar, name="calendar"),
    path("policies/calendar/revoke/", views.calendar_revoke, name="calendar_revoke"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar_feed"),
    path("policies/<uuid:pk>/findings/confirm/", views.finding_confirm, name="finding_confirm"),
    path("policies/<uuid:pk>/question/", views.question_create, name="question_create"),
    path("policies/questions/", views.question_list, name="question_list"),
    path("policies/questions/<uuid:pk>/", views.question_detail, name="question_detail"),
    path("policies/<uuid:pk>/draft/", views.version_create, name="version_create"),
    path("policies/versions/<uuid:pk>/", views.version_detail, name="version_detail"),
    path("policies/versions/<uuid:pk>/step/", views.version_step, name="version_step"),
    path("policies/versions/<uuid:pk>/comment/", views.version_comment, name="version_comment"),
    path("policies/versions/<uuid:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("policies/versions/<uuid:pk>/acknowledgements/", views.acknowledgement_list, name="acknowledgement_list"),
    path(
        "policies/versions/<uuid:pk>/acknowledgements/<uuid:person_pk>/remind/",
        views.acknowledgement_remind,
        name="acknowledgement_remind",
    ),
    path("policies/clauses/<uuid:pk>/", views.clause_detail, name="clause_detail"),
    path("policies/clauses/<uuid:pk>/guide/", views.clause_guide_edit, name="clause_guide_edit"),
    path("policies/clauses/<uuid:pk>/text/", views.clause_edit, name="clause_edit"),
    path("policies/references/<uuid:pk>/", views.reference_edit, name="reference_edit"),
    path("policies/guides/<str:audience>/", views.guide_intro_edit, name="guide_intro_edit"),
    path("s/<slug:slug>/", views.school_page, name="school_page"),
    path("s/<slug:slug>/guide/<str:audience>/", views.guide, name="guide"),
]
