"""The verbs on schools, people, posts and what somebody was told."""

from accounts.inviting import invite
from accounts.services.appointments import name_cover, propose_ending, propose_giving
from accounts.services.joining import accept_invitation, add_person, send_invitation, withdraw_invitation
from accounts.services.leaving import close_what_was_open, end_every_post
from accounts.services.people import POST_DETAILS, change_post, end_post, give_post, register_person
from accounts.services.schools import (
    SCHOOL_SETTINGS,
    change_role_labels,
    change_routes,
    change_school,
    register_school,
)
from accounts.services.staff_import import (
    correct_person,
    empty_old_imports,
    import_staff,
    invite_imported,
    open_staff_import,
    put_away,
    settle_meanings,
)
from accounts.services.told import read_notifications

__all__ = [
    "POST_DETAILS",
    "SCHOOL_SETTINGS",
    "accept_invitation",
    "add_person",
    "change_post",
    "change_role_labels",
    "change_routes",
    "change_school",
    "close_what_was_open",
    "correct_person",
    "empty_old_imports",
    "end_every_post",
    "end_post",
    "give_post",
    "import_staff",
    "invite",
    "invite_imported",
    "name_cover",
    "open_staff_import",
    "propose_ending",
    "propose_giving",
    "put_away",
    "read_notifications",
    "register_person",
    "register_school",
    "send_invitation",
    "settle_meanings",
    "withdraw_invitation",
]
