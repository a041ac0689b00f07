"""How a post is written: given, changed, ended on a day or at once; what is nonsense is refused in words."""

from datetime import date, timedelta

from accounts.models import ENDS_BEFORE_IT_STARTS, Leaving, Membership
from policyportal.lib.dates import today
from policyportal.lib.workflow import Refused, save_as


def locked(post: Membership) -> Membership:
    """Return the post as stored, in our hands until the transaction ends."""
    return Membership.objects.select_for_update(of=("self",)).select_related("school", "user").get(pk=post.pk)


def write(post: Membership, by: Membership | None, reason: str) -> None:
    """Store a post; where it was the person's last one in the school, they leave with its last day.

    What goes with the posts of a leaver is ended by `policyportal.leaving` once that day has passed. Refuses dates
    in the wrong order, people and sites of another school, and the same post twice.
    """
    wrong = nonsense_in(post)
    if wrong:
        raise Refused(*wrong)
    save_as(post, by, reason)
    if post.ends_on is not None:
        later = Membership.objects.filter(school_id=post.school_id, user_id=post.user_id).exclude(pk=post.pk)
        if not later.exclude(ends_on__lte=post.ends_on).exists():
            note_leaving(post, by, reason)


def nonsense_in(post: Membership) -> list[str]:
    """Say in words what the database would refuse, and what it cannot know."""
    wrong = []
    if post.ends_on and post.ends_on < post.starts_on:
        wrong.append(ENDS_BEFORE_IT_STARTS)
    if post.away_until and not post.away_from:
        wrong.append("Give the first day of the absence too.")
    if post.away_from and post.away_until and post.away_until < post.away_from:
        wrong.append("The last day of an absence cannot be before its first day.")
    for related in (post.line_manager, post.site, post.acting_for):
        if related is not None and related.school_id != post.school_id:
            wrong.append("The line manager, the site and the post that is covered must be of the same school.")
    if post.line_manager_id == post.pk:
        wrong.append("Nobody is their own line manager.")
    held = Membership.objects.filter(school_id=post.school_id, user_id=post.user_id, role=post.role, ends_on=None)
    if post.ends_on is None and held.exclude(pk=post.pk).exists():
        wrong.append(f"{post.person_name} holds this post already.")
    return wrong


def end(post: Membership, by: Membership | None, last_day: date, reason: str) -> None:
    """Set the last day of a post."""
    post.ends_on = last_day
    write(post, by, reason)


def end_at_once(post: Membership, by: Membership | None, reason: str) -> None:
    """End a post so that it opens nothing on the next request.

    The last day of a post is a whole day, and every list, routing and figure reckons by days; so a post that ends at
    once had its last day yesterday. One that began today, or was to begin later, cannot have: it is taken back.
    """
    post.starts_on = min(post.starts_on, today())
    last_day = max(today() - timedelta(days=1), post.starts_on)
    if last_day >= today():
        post.accepted_at = None
    end(post, by, last_day, reason)


def note_leaving(post: Membership, by: Membership | None, reason: str) -> Leaving:
    """Store that the person leaves the school after the last day of this post, or change the day noted before."""
    leaving = Leaving.objects.filter(school=post.school_id, user=post.user_id, done_at=None).first()
    leaving = leaving or Leaving(school_id=post.school_id, user_id=post.user_id)
    if leaving.last_day != post.ends_on:
        leaving.last_day, leaving.reason, leaving.marked_by = post.ends_on, reason, by
        save_as(leaving, by, reason)
    return leaving
