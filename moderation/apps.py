"""The app of what others say on the school's channels."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Comments, messages and reviews by others, and the decisions on them."""

    name = "moderation"
    label = "moderation"
    verbose_name = "Moderation"
