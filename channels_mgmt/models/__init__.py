"""Platforms, channels, who is authorised, the lists of rules, declared links, and credentials to be changed."""

from channels_mgmt.models.credentials import CredentialChange
from channels_mgmt.models.links import (
    ContactNote,
    FamilyLink,
    FamilyLinkQuerySet,
    LinksDeclaration,
    LinksReminder,
    plain_words,
    stands_in,
)
from channels_mgmt.models.register import (
    Authorisation,
    AuthorisationQuerySet,
    Channel,
    ChannelQuerySet,
    ChannelRole,
    ChannelRule,
    ChannelRuleQuerySet,
    Platform,
    PlatformQuerySet,
    RefusedAttempt,
)

__all__ = [
    "Authorisation",
    "AuthorisationQuerySet",
    "Channel",
    "ChannelQuerySet",
    "ChannelRole",
    "ChannelRule",
    "ChannelRuleQuerySet",
    "ContactNote",
    "CredentialChange",
    "FamilyLink",
    "FamilyLinkQuerySet",
    "LinksDeclaration",
    "LinksReminder",
    "Platform",
    "PlatformQuerySet",
    "RefusedAttempt",
    "plain_words",
    "stands_in",
]
