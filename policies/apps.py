"""The app of what was agreed."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PoliciesConfig(AppConfig):
    """Policies, their clauses, reviews and acknowledgements."""

    name = "policies"
    label = "policies"
    verbose_name = "Policies"

    def ready(self) -> None:
        """Let every app add its rules to the check: a lower app may not import them."""
        autodiscover_modules("check_rules")
