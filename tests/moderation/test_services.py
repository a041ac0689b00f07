"""What recording, contacting and blocking store, whom they tell, and what they refuse."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Notification, Role
from channels_mgmt.services import edit_channel
from moderation.models import Author, Block, Capture, Contact, Item
from moderation.services import block_author, record_contact, record_item, tell_late
from policyportal.lib.attachments import FileRefused
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused, take


def picture(name="capture.png"):
    out = BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def facts_of_block(**facts):
    return {"review_on": today() + timedelta(days=30), "other_way": "By e-mail"} | facts


def test_an_item_starts_the_schools_clock_and_keeps_who_saw_what_when(cast, record):
    item = record(seen_at=timezone.now() - timedelta(hours=3))
    assert item.due_at - item.recorded_at == timedelta(hours=cast.school().moderation_target_hours)
    assert item.recorded_at - item.seen_at > timedelta(hours=2)
    assert (item.recorded_by, item.status, item.flagged) == (cast.teacher.user, Item.Status.RECORDED, False)
    assert item.history.get().history_user_id == cast.teacher.user_id


def test_one_account_is_one_author_whatever_its_case_or_at_sign(record):
    names = {record(author_handle=handle).author.handle for handle in ("Angry Fox", "@angry fox", " ANGRY FOX ")}
    assert names == {"Angry Fox"} and Author.objects.count() == 1


def test_an_item_without_a_name_has_no_author(record):
    assert record(author_handle=" @ ").author is None


def test_a_flag_by_somebody_outside_the_team_tells_the_team_and_names_nobody(cast, record):
    item = record(by=cast.support_staff)
    assert item.flagged
    told = Notification.objects.filter(event="item_flagged")
    assert {row.user for row in told} == {cast.business_manager.user, cast.teacher.user}
    assert {row.path for row in told} == {item.get_absolute_url()}
    assert not any("Fox" in mail.subject or "useless" in mail.subject for mail in OutboxMail.objects.all())


def test_what_the_team_records_itself_tells_nobody(record):
    record()
    assert not Notification.objects.filter(event="item_flagged").exists()


@pytest.mark.parametrize("imagery", [Item.Imagery.YES, Item.Imagery.UNSURE])
def test_where_a_child_may_be_shown_the_safeguarding_lead_is_told_and_no_file_is_kept(cast, record, imagery):
    with pytest.raises(Refused):
        record(imagery=imagery, captures=[picture()])
    assert not Item.objects.exists() and not Capture.objects.exists()
    item = record(imagery=imagery)
    told = Notification.objects.filter(event="imagery_recorded")
    assert {row.user for row in told} == {cast.dsl.user, cast.deputy_dsl.user}
    assert all(row.urgent for row in told)
    assert item.words_only


def test_the_head_is_told_where_every_safeguarding_lead_is_away(cast, record):
    for post in (cast.dsl, cast.deputy_dsl):
        post.away_from = today()
        post.save()
    record(imagery=Item.Imagery.UNSURE)
    assert Notification.objects.get(event="imagery_recorded").user == cast.headteacher.user


def test_captures_are_kept_with_the_item(record):
    item = record(captures=[picture("one.png"), picture("two.png")])
    assert {capture.original_name for capture in item.captures.all()} == {"one.png", "two.png"}
    assert all(default_storage.exists(capture.stored_name) for capture in item.captures.all())


def test_one_bad_file_keeps_neither_the_item_nor_the_good_one(record, monkeypatch):
    removed = []
    monkeypatch.setattr(default_storage, "delete", removed.append)
    with pytest.raises(FileRefused):
        record(captures=[picture(), SimpleUploadedFile("bad.png", b"not a picture")])
    assert len(removed) == 1
    assert not Item.objects.exists() and not Author.objects.exists()


def test_the_same_form_sent_twice_is_one_row(record):
    token = uuid.uuid4()
    assert record(form_token=token) == record(form_token=token)
    assert Item.objects.count() == 1


def test_the_same_token_from_somebody_else_is_another_form(cast, record):
    token = uuid.uuid4()
    assert record(form_token=token) != record(by=cast.business_manager, form_token=token)


def test_the_half_of_a_double_click_that_comes_second_finds_the_first(record, monkeypatch):
    token = uuid.uuid4()
    first = record(form_token=token)
    answers = iter([None, first])
    monkeypatch.setattr("moderation.services._sent_before", lambda by, form_token: next(answers))
    assert record(form_token=token) == first
    assert Item.objects.count() == 1


@pytest.mark.parametrize("role", [Role.GOVERNOR, Role.TRUST_OFFICER, Role.DPO, Role.TECHNICAL_ADMINISTRATOR])
def test_nobody_but_staff_records(cast, record, role):
    with pytest.raises(NotAllowed):
        record(by=cast.post(role))
    assert not Item.objects.exists()


def test_nobody_records_on_another_schools_channel(cast, record):
    with pytest.raises(NotAllowed):
        record(by=cast.post(Role.HEADTEACHER, "elmwood"))


@pytest.mark.parametrize("why", ["closed", "not ours"])
def test_nothing_is_recorded_on_a_channel_that_is_closed_or_not_the_schools(cast, channel, why):
    if why == "closed":
        channel = take("close", channel, cast.headteacher, "Not used")
    else:
        channel = edit_channel(channel, by=cast.headteacher, audience="not_ours")
    with pytest.raises(NotAllowed):
        record_item(channel=channel, by=cast.teacher, words="Seen")


def test_contact_is_recorded_by_the_team_alone(cast, item):
    contact = record_contact(item.author, by=cast.teacher, words="Please contact the office.", outcome="They rang")
    assert (contact.made_by, contact.outcome) == (cast.teacher.user, "They rang")
    for outsider in (cast.support_staff, cast.office, cast.post(Role.HEADTEACHER, "elmwood")):
        with pytest.raises(NotAllowed):
            record_contact(item.author, by=outsider, words="No")
    assert Contact.objects.count() == 1


def test_a_first_offence_may_be_blocked_with_a_written_reason_for_skipping_contact(cast, item, abusive):
    take("remove", item, cast.teacher, rule=abusive)
    with pytest.raises(Refused, match="courteous contact"):
        block_author(item.author, by=cast.teacher, reason="Threats", **facts_of_block())
    assert not Block.objects.exists()
    block = block_author(
        item.author, by=cast.teacher, reason="Threats", **facts_of_block(contact_skipped_reason="Police asked us")
    )
    assert (block.status, block.reason, block.decided_by) == (Block.Status.CONFIRMED, "Threats", cast.teacher.user)
    assert list(block.items.all()) == [item]


def test_a_block_after_contact_needs_no_such_reason_and_happens_once(cast, item):
    record_contact(item.author, by=cast.teacher, words="Please contact the office.")
    block_author(item.author, by=cast.teacher, reason="Threats", **facts_of_block())
    with pytest.raises(Exception, match="already been changed"):
        block_author(item.author, by=cast.teacher, reason="Threats", **facts_of_block())
    assert Block.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"review_on": None}, "looked at again"),
        ({"review_on": today()}, "in the future"),
        ({"other_way": " "}, "still reach"),
    ],
)
def test_a_block_carries_a_review_date_and_another_way_to_the_school(cast, item, facts, why):
    record_contact(item.author, by=cast.teacher, words="Please contact the office.")
    with pytest.raises(Refused, match=why):
        block_author(item.author, by=cast.teacher, reason="Threats", **facts_of_block(**facts))
    assert not Block.objects.exists()


def test_nobody_outside_the_team_blocks(cast, item):
    for outsider in (cast.support_staff, cast.office, cast.post(Role.HEADTEACHER, "elmwood")):
        with pytest.raises(NotAllowed):
            block_author(item.author, by=outsider, reason="No", **facts_of_block(contact_skipped_reason="None"))
    assert not Block.objects.exists()


def test_a_late_item_is_told_once_to_the_team_however_often_it_is_looked_for(cast, record):
    old = timezone.now() - timedelta(hours=cast.school().moderation_target_hours + 1)
    item = record(recorded_at=old)
    record(words="In time")
    assert (tell_late(), tell_late()) == (1, 0)
    told = Notification.objects.filter(event="item_late")
    assert {row.user for row in told} == {cast.business_manager.user, cast.teacher.user}
    item.refresh_from_db()
    assert item.late_told_at


def test_a_decided_item_is_never_told_as_late(cast, record):
    old = timezone.now() - timedelta(hours=cast.school().moderation_target_hours + 1)
    take("leave", record(recorded_at=old), cast.teacher, explanation="Fair criticism")
    assert tell_late() == 0
