"""The app of what was agreed."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Policies, their clauses, reviews and acknowledgements."""

    name = "policies"
    label = "policies"
    verbose_name = "Policies"
