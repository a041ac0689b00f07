"""The app of who is who."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Schools, people, posts held, sign-in and notifications."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Accounts"
