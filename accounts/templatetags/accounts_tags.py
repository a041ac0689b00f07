"""What pages outside the app's own views ask about accounts."""

from django import template

from accounts.services import other_accounts

register = template.Library()


@register.simple_tag
def other_account_providers() -> list[other_accounts.Provider]:
    """Return where people may sign in from besides the portal itself; nothing where none is configured."""
    return other_accounts.providers()
