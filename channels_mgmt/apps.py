"""The app of what the school says, and where."""

from django.apps import AppConfig


class ChannelsMgmtConfig(AppConfig):
    """Channels, authorised posters, posts, consents and declarations."""

    name = "channels_mgmt"
    label = "channels_mgmt"
    verbose_name = "Channels"
