"""Federations, schools, people and the posts that they hold, families, what they were told and looked at."""

from accounts.models.families import Carer, FamilyImport, Pupil, SchoolClass
from accounts.models.joining import Appointment, Invitation, Leaving, StaffImport
from accounts.models.passwords import PasswordRequest
from accounts.models.people import ENDS_BEFORE_IT_STARTS, Membership, MembershipQuerySet, User, UserManager
from accounts.models.schools import (
    Accent,
    Federation,
    Role,
    School,
    SchoolOwned,
    SchoolOwnedQuerySet,
    Site,
    default_seal_roles,
)
from accounts.models.signing_in import Guess, SetUpCode
from accounts.models.told import AccessLog, Notification

__all__ = [
    "ENDS_BEFORE_IT_STARTS",
    "Accent",
    "AccessLog",
    "Appointment",
    "Carer",
    "FamilyImport",
    "Federation",
    "Guess",
    "Invitation",
    "Leaving",
    "Membership",
    "MembershipQuerySet",
    "Notification",
    "PasswordRequest",
    "Pupil",
    "Role",
    "School",
    "SchoolClass",
    "SchoolOwned",
    "SchoolOwnedQuerySet",
    "SetUpCode",
    "Site",
    "StaffImport",
    "User",
    "UserManager",
    "default_seal_roles",
]
