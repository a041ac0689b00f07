"""The app of what every other app stands on."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LibConfig(AppConfig):
    """The bottom app; it imports from none."""

    name = "policyportal.lib"
    label = "lib"
    verbose_name = "Foundations"

    def ready(self) -> None:
        """Load every app's table of steps, so that each model's diagram is known wherever it is asked for."""
        autodiscover_modules("workflow")
