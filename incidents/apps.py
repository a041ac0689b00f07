"""The app of what goes wrong."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Reports, cases, evidence, takedowns, referrals and outcomes."""

    name = "incidents"
    label = "incidents"
    verbose_name = "Incidents"
