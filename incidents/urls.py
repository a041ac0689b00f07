"""The addresses of incidents: the public ones under a school's page, the rest behind sign-in."""

from django.urls import path

from incidents.views import handling, looking, monitoring, reporting, significance

app_name = "incidents"
urlpatterns = [
    path("incidents/", handling.incident_list, name="incident_list"),
    path("incidents/mine/", reporting.own_report_list, name="own_report_list"),
    path("incidents/report/", reporting.report_create, name="report_create"),
    path("incidents/report/contact/", reporting.contact_report, name="contact_report"),
    path("incidents/report/about-me/", reporting.about_me_report, name="about_me_report"),
    path("incidents/report/<uuid:report_token>/", reporting.report_details, name="report_details"),
    path("incidents/looks/", looking.look_list, name="look_list"),
    path("incidents/looks/numbers/", looking.look_counts, name="look_counts"),
    path("incidents/monitoring/", monitoring.monitoring_list, name="monitoring_list"),
    path("incidents/monitoring/new/", monitoring.monitoring_create, name="monitoring_create"),
    path("incidents/monitoring/<uuid:pk>/end/", monitoring.monitoring_end, name="monitoring_end"),
    path("incidents/<uuid:pk>/", handling.incident_detail, name="incident_detail"),
    path("incidents/<uuid:pk>/step/", handling.incident_step, name="incident_step"),
    path("incidents/<uuid:pk>/significant/", significance.incident_significant, name="incident_significant"),
    path("incidents/<uuid:pk>/notes/new/", handling.note_create, name="note_create"),
    path("incidents/<uuid:pk>/reporter/", handling.reporter_reveal, name="reporter_reveal"),
    path("incidents/<uuid:pk>/looks/", looking.incident_looks, name="incident_looks"),
    path("incidents/<uuid:pk>/escalations/new/", handling.escalation_create, name="escalation_create"),
    path(
        "incidents/<uuid:pk>/escalations/<uuid:escalation_pk>/", handling.escalation_answer, name="escalation_answer"
    ),
    path("incidents/<uuid:pk>/evidence/new/", handling.evidence_create, name="evidence_create"),
    path("incidents/<uuid:pk>/evidence/<uuid:evidence_pk>/", handling.evidence_download, name="evidence_download"),
    path("s/<slug:slug>/report/", reporting.public_report, name="public_report"),
    path("s/<slug:slug>/report/<str:kind>/", reporting.public_report_form, name="public_report_form"),
    path(
        "s/<slug:slug>/report/<str:kind>/<uuid:report_token>/",
        reporting.public_report_details,
        name="public_report_details",
    ),
    path("s/<slug:slug>/concern/<str:kind>/", reporting.public_concern, name="public_concern"),
    path("s/<slug:slug>/thanks/", reporting.report_thanks, name="report_thanks"),
    path("s/<slug:slug>/receipt/", reporting.receipt_check, name="receipt_check"),
]
