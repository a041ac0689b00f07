"""The verbs on items and authors that are not one step: record, contact, block, tell what is late."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership
from channels_mgmt.models import Channel
from channels_mgmt.rules import can_moderate
from moderation import notifications, rules
from moderation.models import Author, Block, Capture, Contact, Item
from moderation.strikes import OPEN, strikes_of
from policyportal.lib.attachments import FileRefused, keep
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take

MOST_TOLD = 200


def record_item(
    *,
    channel: Channel,
    by: Membership,
    words: str,
    author_handle: str = "",
    kind: str = Item.Kind.COMMENT,
    link: str = "",
    seen_at: datetime | None = None,
    recorded_at: datetime | None = None,
    imagery: str = Item.Imagery.NO,
    captures: Sequence[UploadedFile] = (),
    form_token: uuid.UUID | None = None,
) -> Item:
    """Record what somebody else put on a channel, with its captures, and return it.

    The clock of the school's target starts. By somebody outside the channel's team it is flagged, and the team is
    told; where a child may be shown, the safeguarding lead is. Refuses somebody who is no member of staff, a channel
    that is closed or not the school's, and any file where a child may be shown; raises FileRefused for a file that
    cannot be kept. The same form sent twice stores one row.
    """
    if not rules.can_record(by, channel):
        raise NotAllowed("Record an item")
    if captures and imagery != Item.Imagery.NO:
        raise Refused("No file may be kept where a child may be shown.")
    if sent := _sent_before(by, form_token):
        return sent
    recorded_at = recorded_at or timezone.now()
    item = Item(
        school_id=channel.school_id,
        channel=channel,
        kind=kind,
        words=words,
        link=link,
        seen_at=seen_at or recorded_at,
        recorded_at=recorded_at,
        recorded_by=by.user,
        flagged=not can_moderate(by, channel),
        imagery=imagery,
        due_at=recorded_at + timedelta(hours=channel.school.moderation_target_hours),
        form_token=form_token,
    )
    kept = _keep(item, captures)
    try:
        with transaction.atomic():
            item.author = _author(channel, author_handle, by)
            save_as(item, by, "Recorded")
            for capture in kept:
                save_as(capture, by, "Recorded")
            if item.words_only:
                notifications.imagery_recorded(item)
            elif item.flagged:
                notifications.item_flagged(item)
    except IntegrityError:
        _discard(kept)
        # The other half of a double click was quicker.
        if sent := _sent_before(by, form_token):
            return sent
        raise
    return item


def _sent_before(by: Membership, form_token: uuid.UUID | None) -> Item | None:
    if form_token is None:
        return None
    return Item.objects.filter(recorded_by=by.user_id, form_token=form_token, school=by.school_id).first()


def _keep(item: Item, captures: Sequence[UploadedFile]) -> list[Capture]:
    """Store the files, all or none, and return their rows unsaved."""
    kept: list[Capture] = []
    try:
        for upload in captures:
            kept.append(keep(upload, Capture(school_id=item.school_id, item=item, captured_at=item.recorded_at)))
    except (FileRefused, OSError):
        _discard(kept)
        raise
    return kept


def _discard(kept: Sequence[Capture]) -> None:
    for capture in kept:
        default_storage.delete(capture.stored_name)


def _author(channel: Channel, handle: str, by: Membership) -> Author | None:
    """Return the account of this name on the channel, stored first when it is new; None without a name."""
    handle = handle.strip().removeprefix("@").strip()
    if not handle:
        return None
    known = Author.objects.filter(channel=channel, handle__iexact=handle).first()
    if known is not None:
        return known
    author = Author(school_id=channel.school_id, channel=channel, handle=handle)
    try:
        with transaction.atomic():
            save_as(author, by, "Seen for the first time")
    except IntegrityError:
        return Author.objects.get(channel=channel, handle__iexact=handle)
    return author


def record_contact(
    author: Author, *, by: Membership, words: str, outcome: str = "", made_at: datetime | None = None
) -> Contact:
    """Record a courteous attempt to settle something with an author [PWP-50, CRO-51].

    Tells nobody. Refuses somebody who does not moderate the channel.
    """
    if not rules.can_handle_author(by, author):
        raise NotAllowed("Record contact")
    contact = Contact(
        school_id=author.school_id,
        author=author,
        words=words,
        outcome=outcome,
        made_at=made_at or timezone.now(),
        made_by=by.user,
    )
    save_as(contact, by, "Recorded")
    return contact


def note_outcome(contact: Contact, *, by: Membership, outcome: str) -> Contact:
    """Note what came of a contact. Tells nobody. Refuses somebody who does not moderate the channel."""
    if not rules.can_handle_author(by, contact.author):
        raise NotAllowed("Note what came of it")
    contact.outcome = outcome
    save_as(contact, by, "Outcome noted")
    return contact


def block_author(author: Author, *, by: Membership, reason: str, **facts: Any) -> Block:
    """Block an author at once, from the block that is proposed or without one, and return the block.

    All items that count are linked. Tells nobody. Refuses somebody who does not moderate the channel, an author who
    is blocked already, and what the step of confirming refuses.
    """
    with transaction.atomic():
        author = Author.objects.select_for_update(of=("self",)).get(pk=author.pk)
        block = author.blocks.filter(status__in=OPEN).first()
        if block is None:
            if not rules.can_handle_author(by, author):
                raise NotAllowed("Block this account")
            block = Block(school_id=author.school_id, author=author)
            save_as(block, by, "Chosen by a moderator")
            block.items.set(strikes_of(author))
        return take("confirm", block, by, reason, **facts)


def tell_late(now: datetime | None = None) -> int:
    """Tell each channel's team once of every item that waits past its target; return how many items.

    Reckoned from dates in the database, so it may run late, twice or in two places at once [PWP-39, CRO-40].
    """
    now = now or timezone.now()
    late = Item.objects.late(now).filter(late_told_at=None).order_by("due_at").values_list("pk", flat=True)
    return sum(_tell_one(pk, now) for pk in late[:MOST_TOLD])


def _tell_one(pk: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        waiting = Item.objects.late(now).filter(late_told_at=None, pk=pk)
        item = waiting.select_for_update(of=("self",), skip_locked=True).select_related("channel__school").first()
        if item is None:
            return False
        item.late_told_at = now
        save_as(item, None, "The channel's team was told that it is late")
        notifications.item_late(item)
    return True
