"""Platforms, channels, who is authorised, the lists of rules, declared links, and credentials to be changed."""

from channels_mgmt.models.credentials import CredentialChange
from channels_mgmt.models.links import FamilyLink, LinksDeclaration
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
    "CredentialChange",
    "FamilyLink",
    "LinksDeclaration",
    "Platform",
    "PlatformQuerySet",
    "RefusedAttempt",
]
