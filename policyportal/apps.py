"""The app of the pages that read across all others."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top app; it may import from every other."""

    name = "policyportal"
    label = "portal"
    verbose_name = "Portal"
