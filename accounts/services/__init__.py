"""The verbs on schools, people, posts and what somebody was told."""

from accounts.services.people import POST_DETAILS, change_post, end_post, give_post, register_person
from accounts.services.schools import SCHOOL_SETTINGS, change_school, register_school
from accounts.services.told import read_notifications

__all__ = [
    "POST_DETAILS",
    "SCHOOL_SETTINGS",
    "change_post",
    "change_school",
    "end_post",
    "give_post",
    "read_notifications",
    "register_person",
    "register_school",
]
