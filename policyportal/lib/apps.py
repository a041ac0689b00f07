"""The app of what every other app stands on."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """The bottom app; it imports from none."""

    name = "policyportal.lib"
    label = "lib"
    verbose_name = "Foundations"
