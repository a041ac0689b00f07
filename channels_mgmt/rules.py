"""Who may do what with a channel, and who may see and decide on a declared link.

On a channel: by role on it, by an authorisation in one's own name, and the head always. Which channels somebody may
act on is asked of the database in one place, so that a list of channels and the check on one of them cannot differ.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from accounts.rules import CAPABILITIES, holds
from channels_mgmt.models import (
    Authorisation,
    Channel,
    ChannelQuerySet,
    ChannelRole,
    CredentialChange,
    FamilyLink,
    FamilyLinkQuerySet,
)
from policyportal.lib.dates import today


def channels_managed_by(membership: Membership) -> ChannelQuerySet:
    """Channels that a role of the person manages [PWP-19, GRA-11]; where the channel asks, authorised too [CRO-23]."""
    return _channels(
        membership, _manages(membership) & (Q(managers_need_authorisation=False) | _authorised(membership))
    )


def channels_authorised_by(membership: Membership) -> ChannelQuerySet:
    """Channels on which a role of the person decides who may post [PWP-20, CRO-24]."""
    return _channels(membership, _has_duty(membership, authorises=True))


def channels_moderated_by(membership: Membership) -> ChannelQuerySet:
    """Channels whose managers they are, or which they are authorised to moderate [PWP-40, CRO-41]."""
    return _channels(membership, _runs_by_role(membership) | _authorised(membership, may_moderate=True))


def channels_posted_to_by(membership: Membership) -> ChannelQuerySet:
    """Open channels whose managers they are, or which they are authorised to post to [PWP-20, CRO-24]."""
    posted = _channels(membership, _runs_by_role(membership) | _authorised(membership, may_post=True))
    return posted.official()


def can_manage_channel(membership: Membership | None, channel: Channel) -> bool:
    """Managing: its facts, its rules, its standing."""
    return membership is not None and channels_managed_by(membership).filter(pk=channel.pk).exists()


def can_change_credentials(membership: Membership | None, change: CredentialChange) -> bool:
    """Changing what a leaver knew: whoever manages the channel, and never the leaver."""
    return can_manage_channel(membership, change.channel) and membership.user_id != change.leaver_id


def can_authorise(membership: Membership | None, channel: Channel) -> bool:
    """Deciding who may post to it or moderate it."""
    return membership is not None and channels_authorised_by(membership).filter(pk=channel.pk).exists()


def can_moderate(membership: Membership | None, channel: Channel) -> bool:
    """Deciding on what others wrote there."""
    return membership is not None and channels_moderated_by(membership).filter(pk=channel.pk).exists()


def can_post(membership: Membership | None, channel: Channel) -> bool:
    """Posting to it."""
    return membership is not None and channels_posted_to_by(membership).filter(pk=channel.pk).exists()


def can_open_channel(membership: Membership | None) -> bool:
    """Adding a channel to the register."""
    return holds(membership, "open_channels")


def can_confirm_audience(membership: Membership | None, channel: Channel) -> bool:
    """Saying for certain who can see it: the head."""
    return leads_school_of(membership, channel)


def can_appoint(membership: Membership | None, channel: Channel) -> bool:
    """Deciding which roles run it and which authorise, and how many people at most: the head."""
    return leads_school_of(membership, channel)


def why_not_authorised(
    by: Membership | None,
    channel: Channel,
    membership: Membership,
    *,
    starts_on: date,
    ends_on: date | None,
    allows_something: bool,
) -> dict[str, str]:
    """Return what stands against this authorisation, by the field of the form that it concerns; {} when nothing."""
    wrong = {}
    standing = Authorisation.objects.filter(channel=channel).standing()
    people = set(standing.values_list("membership__user", flat=True))
    if membership.school_id != channel.school_id or not Membership.objects.current().filter(pk=membership.pk).exists():
        wrong["person"] = "Choose somebody who holds a post in this school today."
    elif by is not None and membership.user_id == by.user_id:
        wrong["person"] = "You cannot authorise yourself. Ask another person who authorises on this channel."
    elif membership.user_id in people:
        wrong["person"] = f"{membership.user} is authorised on this channel already. Revoke that authorisation first."
    elif channel.status == Channel.Status.CLOSED:
        wrong["person"] = "This channel is closed. Nobody can be authorised on it."
    elif channel.most_authorised is not None and len(people) >= channel.most_authorised:
        wrong["person"] = (
            f"At most {channel.most_authorised} people may be authorised on this channel. "
            "Revoke an authorisation, or ask the headteacher to raise the number."
        )
    if not allows_something:
        wrong["may"] = "Choose whether the person may post, moderate or both."
    if ends_on is not None and ends_on < max(starts_on, today()):
        wrong["ends_on"] = "The last day must be today or later, and not before the first day."
    return wrong


def leads_school_of(membership: Membership | None, channel: Channel) -> bool:
    """The head of the school that the channel belongs to."""
    return holds(membership, "confirm_channels") and membership.school_id == channel.school_id


def _channels(membership: Membership, allowed: Q) -> ChannelQuerySet:
    """The channels of the school worked in on which `allowed` holds; for the head, all of them."""
    channels = Channel.objects.visible_to(membership)
    return channels if holds(membership, "confirm_channels") else channels.filter(allowed)


def _has_duty(membership: Membership, **duty: bool) -> Q:
    return Q(Exists(ChannelRole.objects.filter(channel=OuterRef("pk"), role__in=membership.roles, **duty)))


def _manages(membership: Membership) -> Q:
    return _has_duty(membership, manages=True)


def _runs_by_role(membership: Membership) -> Q:
    """By the role alone: where each manager needs an authorisation too, that one says what they may do."""
    return _manages(membership) & Q(managers_need_authorisation=False)


def _authorised(membership: Membership, **allowed: bool) -> Q:
    """Person beats role: an authorisation given to one post of a person holds in all their posts."""
    mine = Authorisation.objects.current().filter(
        channel=OuterRef("pk"), membership__user=membership.user_id, membership__school=membership.school_id, **allowed
    )
    return Q(Exists(mine))


def links_seen_by(membership: Membership) -> FamilyLinkQuerySet:
    """One's own links; for the head every one of the school, for the chair those of the head as well."""
    links = FamilyLink.objects.visible_to(membership)
    if holds(membership, "decide_links"):
        return links
    mine = links.of(membership.user_id)
    return mine | _links_of_heads(membership) if holds(membership, "decide_links_of_head") else mine


def links_decided_by(membership: Membership) -> FamilyLinkQuerySet:
    """Links on which this person decides: never their own; the head's are for the chair [GRA-50]."""
    links = FamilyLink.objects.visible_to(membership)
    if holds(membership, "decide_links"):
        return links.exclude(adult=membership.user_id)
    if holds(membership, "decide_links_of_head"):
        return _links_of_heads(membership).exclude(adult=membership.user_id)
    return links.none()


def can_decide_link(membership: Membership | None, link: FamilyLink) -> bool:
    """Approving, refusing and ending; saying whom a family meant; noting that the family was told."""
    return membership is not None and links_decided_by(membership).filter(pk=link.pk).exists()


def deciders_of(link: FamilyLink) -> list[Membership]:
    """Return the posts that decide on a link: the head's, or the chair's where it is the head's own."""
    posts = Membership.objects.open().filter(school=link.school_id).select_related("user", "school")
    heads = [post for post in posts.holding(*CAPABILITIES["decide_links"]) if post.user_id != link.adult_id]
    if heads:
        return heads
    chairs = posts.holding(*CAPABILITIES["decide_links_of_head"])
    return [post for post in chairs if post.user_id != link.adult_id]


def _links_of_heads(membership: Membership) -> FamilyLinkQuerySet:
    heads = Membership.objects.current().filter(school=membership.school_id, role__in=CAPABILITIES["decide_links"])
    return FamilyLink.objects.visible_to(membership).filter(adult__in=heads.values("user"))
