"""The verbs on schools, people, posts and what somebody was told."""

from accounts.inviting import invite
from accounts.services.joining import accept_invitation, add_person, send_invitation, withdraw_invitation
from accounts.services.people import POST_DETAILS, change_post, end_post, give_post, register_person
from accounts.services.schools import SCHOOL_SETTINGS, change_school, register_school
from accounts.services.told import read_notifications

__all__ = [
    "POST_DETAILS",
    "SCHOOL_SETTINGS",
    "accept_invitation",
    "add_person",
    "change_post",
    "change_school",
    "end_post",
    "give_post",
    "invite",
    "read_notifications",
    "register_person",
    "register_school",
    "send_invitation",
    "withdraw_invitation",
]
