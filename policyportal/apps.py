"""The top app; it may import from every other."""

from typing import ClassVar

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalConfig(AppConfig):
    """The app of the pages that read across all others."""

    name = "policyportal"
    label = "portal"
    verbose_name = "Portal"


class CollectedConfig(StaticFilesConfig):
    """Django's own app of static files, without the extensions of htmx that no page loads.

    They import a module by a bare name, which cannot be hashed.
    """

    ignore_patterns: ClassVar[list[str]] = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
