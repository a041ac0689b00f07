"""What happens at a demo school: comments, reports and acknowledgements, invented and made by the real verbs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, School
from accounts.rules import holds
from accounts.services import read_notifications
from channels_mgmt.links import answer_declaration, declare_link, declare_link_by_family
from channels_mgmt.models import Channel, ChannelRule, Platform
from channels_mgmt.rules import can_moderate, deciders_of
from channels_mgmt.selectors import answer_of
from incidents.models import Access, Incident
from incidents.services import close, file_report, triage
from moderation.models import Item
from moderation.services import record_item
from policies.models import Clause, PolicyVersion
from policies.rules import can_acknowledge
from policies.services import acknowledge
from policyportal.demo.families import enliven_families
from policyportal.demo.files import Facts, read
from policyportal.demo.keeping import enliven_keeping
from policyportal.lib.dates import today
from policyportal.lib.workflow import take

FILE = Path(__file__).parent / "activity.toml"
# One in three has not read the policy yet.
EVERY = 3
# From here on it is what goes on now, and waits unread.
LATELY = timedelta(days=7)


def quiet_schools() -> list[School]:
    """Return the demo schools at which nothing has happened yet."""
    reported = Incident.objects.values("school")
    return list(School.objects.filter(is_demo=True).exclude(pk__in=reported))


@transaction.atomic
def enliven(school: School) -> None:
    """Let people acknowledge, comment and report at `school`, the oldest first; what is settled is read."""
    facts = read(FILE)
    now = timezone.now()
    posts = list(Membership.objects.current().filter(school=school).select_related("user", "school"))
    posts.sort(key=lambda post: (post.seniority, post.starts_on, post.user.email))
    _acknowledge(posts)
    enliven_families(school)
    enliven_keeping(posts, facts)
    if school.declares_links:
        _declare(posts, facts["links"])
    channels = [_Moderated(channel, posts) for channel in Channel.objects.filter(school=school).official()]
    for long_ago in (True, False):
        for entry in _of(facts["reports"], long_ago):
            _report(school, posts, entry, now)
        for channel in channels:
            for entry in _of(facts["items"], long_ago):
                channel.add(entry, now)
        if long_ago:
            for post in posts:
                read_notifications(post)


def _of(entries: Iterable[Facts], long_ago: bool) -> list[Facts]:
    """Return the entries of long ago, or the others, one for each day on which they happened, the oldest first."""
    days = [entry | {"days_ago": ago} for entry in entries for ago in (entry["days_ago"], *entry.get("again", ()))]
    chosen = [entry for entry in days if (timedelta(days=entry["days_ago"]) > LATELY) == long_ago]
    return sorted(chosen, key=lambda entry: -entry["days_ago"])


def _acknowledge(posts: list[Membership]) -> None:
    """Let two in three of those who are asked acknowledge every policy in force; nobody does on their first day."""
    for version in PolicyVersion.objects.published().filter(policy__schools=posts[0].school_id):
        asked = {post.user_id: post for post in posts if post.starts_on < today() and can_acknowledge(post, version)}
        for place, post in enumerate(asked.values()):
            if place % EVERY:
                acknowledge(version, post, has_read=True, has_understood=True, will_follow=True)


def _declare(posts: list[Membership], entries: Iterable[Facts]) -> None:
    """Let people declare links and whoever may decide on some; two in three of the others say that they have none.

    Nobody has on their first day.
    """
    posts = [post for post in posts if post.starts_on < today()]
    for entry in entries:
        told = {
            "pupil_name": entry["pupil"],
            "pupil_class": entry["class"],
            "relation": entry["relation"],
            "platforms": entry["platforms"],
            "reason": entry.get("reason", ""),
        }
        if "family" in entry:
            adult = _holding(entry["adult"], posts)
            family = {"declarer_name": entry["family"], "declarer_contact": entry["contact"]}
            link = declare_link_by_family(school=posts[0].school, adult_name=adult.user.name, **family, **told)
        else:
            link = declare_link(by=_holding(entry["by"], posts), **told)
        if "decision" in entry:
            take(entry["decision"], link, deciders_of(link)[0], entry.get("why", ""))
    declared = {post.user_id for post in posts if answer_of(post)}
    asked = {post.user_id: post for post in posts if holds(post, "declare_links")}
    for place, post in enumerate(post for user, post in asked.items() if user not in declared):
        if place % EVERY:
            answer_declaration(by=post, has_links=False)


def _holding(role: str | None, posts: list[Membership]) -> Membership | None:
    """Return the least senior holder of a role, None where there is none or none is named."""
    return next((post for post in reversed(posts) if post.role == role), None)


def _matching(choices: QuerySet, name: str, words: Iterable[str]) -> ChannelRule | Clause | None:
    """Return the first choice that one of `words` is found in, the words tried in turn."""
    found = (choices.filter(**{f"{name}__icontains": word}).first() for word in words)
    return next((choice for choice in found if choice), None)


class _Moderated:
    """A channel and who decides on it: of those who may, the least senior, as in any school."""

    def __init__(self, channel: Channel, posts: list[Membership]):
        self.channel = channel
        self.posts = posts
        self.moderator = next(post for post in reversed(posts) if can_moderate(post, channel))
        self.rules = ChannelRule.objects.filter(channel=channel).remove().in_force()

    def add(self, entry: Facts, now: datetime) -> None:
        """Record a comment and decide on it as the entry says; a stranger's only where strangers can write."""
        if self.channel.audience != Channel.Audience.PUBLIC and not entry.get("private"):
            return
        flagging = _holding(entry.get("flagged_by"), self.posts) or self.moderator
        recorded_at = now - timedelta(days=entry["days_ago"], hours=3)
        item = record_item(
            channel=self.channel,
            by=flagging,
            words=entry["words"],
            author_handle=entry["author"],
            seen_at=recorded_at - timedelta(minutes=25),
            recorded_at=recorded_at,
        )
        if "decision" in entry:
            self.decide(item, entry)

    def decide(self, item: Item, entry: Facts) -> None:
        """Take the step of the entry, under a rule of the channel's own where it has a list."""
        values: Facts = {"decided_at": item.recorded_at + timedelta(hours=entry["hours_taken"])}
        values["explanation"] = entry.get("explanation", "")
        if "reply" in entry:
            values["message_sent"] = entry["reply"]
        if "like" in entry:
            values["rule"] = _matching(self.rules, "title", entry["like"]) or self.rules.first()
            values["explanation"] = "Not what this channel is for."
        take(entry["decision"], item, self.moderator, **values)


def _report(school: School, posts: list[Membership], entry: Facts, now: datetime) -> None:
    """File a report and bring it as far as the entry says."""
    told_at = now - timedelta(days=entry["days_ago"], hours=2)
    categories = Clause.objects.in_force(school).breach_categories(entry["about"])
    category = _matching(categories, "category", entry["like"])
    incident, _ = file_report(
        school=school,
        reporter_kind=entry["reporter"],
        by=_holding(entry.get("by"), posts),
        words=entry["words"],
        about=entry["about"],
        who=entry.get("who", ""),
        category=category,
        platform=Platform.objects.filter(school=school, name=entry["platform"]).first(),
        noticed_at=told_at - timedelta(hours=4),
        reported_at=told_at,
        **{name: entry[name] for name in ("purpose", "hours", "where") if name in entry},
    )
    if not entry.get("take_on") and "outcome" not in entry:
        return
    handler = _handler(incident, posts)
    taken_on = triage(
        incident,
        handler,
        about=incident.about,
        category=category,
        safeguarding=incident.safeguarding,
        procedure=incident.procedure,
    )
    if "outcome" in entry:
        close(
            taken_on,
            handler,
            outcome=entry["outcome"],
            outcome_words=entry["outcome_words"],
            closed_at=told_at + timedelta(days=4),
        )


def _handler(incident: Incident, posts: list[Membership]) -> Membership:
    """Return the most senior of those whom the report was led to."""
    led = set(incident.access.filter(standing=Access.Standing.HANDLER).values_list("user_id", flat=True))
    return next(post for post in posts if post.user_id in led)
