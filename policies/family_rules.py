"""Who may record what a class went through, and who may log its lessons."""

from accounts.models import Membership, SchoolClass
from accounts.rules import holds


def can_record_for(membership: Membership, school_class: SchoolClass) -> bool:
    """Recording what a class went through: the office and leaders for any, a class teacher for their own."""
    return _may(membership, school_class, own="record_for_classes", every="chase_acknowledgements")


def can_log_lesson(membership: Membership, school_class: SchoolClass) -> bool:
    """Logging a lesson: whoever sees to the lessons for any class, a class teacher for their own."""
    return _may(membership, school_class, own="view_lessons", every="manage_lessons")


def _may(membership: Membership, school_class: SchoolClass, *, own: str, every: str) -> bool:
    if school_class.school_id != membership.school_id or not holds(membership, own):
        return False
    teaches = school_class.teacher is not None and school_class.teacher.user_id == membership.user_id
    return teaches or holds(membership, every)
