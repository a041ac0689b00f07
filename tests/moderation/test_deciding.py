"""Deciding on an item over HTTP: who may, what is asked, who was quicker."""

from accounts.models import Role
from channels_mgmt.services import add_rule
from moderation.models import Block, Contact
from policyportal.lib.workflow import take
from tests.moderation.pages import page
from tests.moderation.test_services import picture


def test_the_steps_stand_on_the_item_for_the_team_alone(cast, item):
    text = cast.client(Role.BUSINESS_MANAGER).get(item.get_absolute_url()).content.decode()
    for words in ("Delete it", "Hide it", "Reply politely", "Leave it as it is"):
        assert words in text
    text = cast.client(Role.OFFICE).get(item.get_absolute_url()).content.decode()
    assert "Delete it" not in text


def test_the_page_of_a_decision_shows_the_words_and_the_channels_own_list(cast, item, abusive, channel):
    add_rule(channel, by=None, rule_list="never", title="Politics")
    text = cast.client(Role.TEACHER).get(page("item_step", item.pk) + "?step=remove").content.decode()
    assert "You are all useless" in text and "Abusive" in text and "Attacks somebody" in text
    assert "Politics" not in text


def test_deleting_keeps_the_rule_who_and_when_and_says_to_do_it_there_too(cast, item, abusive):
    client = cast.client(Role.TEACHER)
    answers = {"step": "remove", "rule": str(abusive.pk), "explanation": "Aimed at Ms Hill"}
    response = client.post(page("item_step", item.pk), answers, follow=True)
    assert "Delete it on the platform too" in response.content.decode()
    text = client.get(item.get_absolute_url()).content.decode()
    for words in ("Deleted", "Abusive", "Tara Oakfield", "Aimed at Ms Hill", "0 min"):
        assert words in text
    assert item.history.count() == 2


def test_deleting_without_a_rule_is_refused_and_keeps_what_was_typed(cast, item):
    answers = {"step": "remove", "explanation": "Aimed at Ms Hill"}
    text = cast.client(Role.TEACHER).post(page("item_step", item.pk), answers).content.decode()
    assert "Choose which rule it breaks" in text and "Aimed at Ms Hill" in text
    item.refresh_from_db()
    assert item.status == "recorded"


def test_a_reply_may_begin_with_a_courteous_wording_of_the_school(cast, item):
    client = cast.client(Role.TEACHER)
    text = client.get(page("item_step", item.pk) + "?step=reply&wording=concern").content.decode()
    assert "complaints procedure" in text and cast.school().email in text
    client.post(page("item_step", item.pk), {"step": "reply", "message_sent": "Thank you. Please ring us."})
    item.refresh_from_db()
    assert (item.status, Contact.objects.get().words) == ("replied", "Thank you. Please ring us.")


def test_leaving_it_asks_why(cast, item):
    client = cast.client(Role.TEACHER)
    assert "Say why" in client.post(page("item_step", item.pk), {"step": "leave"}).content.decode()
    client.post(page("item_step", item.pk), {"step": "leave", "explanation": "Fair criticism"})
    item.refresh_from_db()
    assert item.status == "left"


def test_of_two_people_who_decide_at_once_the_second_is_told_who_was_quicker_and_keeps_the_words(cast, item, abusive):
    take("remove", item, cast.business_manager, rule=abusive)
    answers = {"step": "reply", "message_sent": "Thank you, please ring us."}
    response = cast.client(Role.TEACHER).post(page("item_step", item.pk), answers)
    text = response.content.decode()
    assert response.status_code == 409
    for words in ("Bella Oakfield", "Deleted", "Abusive", "Thank you, please ring us."):
        assert words in text
    item.refresh_from_db()
    assert item.message_sent == "" and not Contact.objects.exists()


def test_staff_outside_the_team_get_403_on_every_decision_and_change_nothing(cast, record, abusive):
    item = record(by=cast.support_staff)
    for role in (Role.SUPPORT_STAFF, Role.OFFICE, Role.DSL):
        client = cast.client(role)
        for step in ("remove", "hide", "reply", "leave"):
            assert client.get(page("item_step", item.pk) + f"?step={step}").status_code == 403
            answers = {"step": step, "rule": str(abusive.pk), "message_sent": "x", "explanation": "x"}
            assert client.post(page("item_step", item.pk), answers).status_code == 403
        assert client.get(page("contact_create", item.author_id)).status_code == 403
        assert client.post(page("block_create", item.author_id), {"reason": "x"}).status_code == 403
    item.refresh_from_db()
    assert item.status == "recorded" and not Block.objects.exists() and not Contact.objects.exists()


def test_an_unknown_step_is_not_there(cast, item):
    assert cast.client(Role.TEACHER).get(page("item_step", item.pk) + "?step=explode").status_code == 404


def test_another_schools_items_captures_authors_and_blocks_are_not_there(cast, record, abusive):
    item = record(captures=[picture()])
    block = Block.objects.create(school=item.school, author=item.author)
    client = cast.client(Role.HEADTEACHER, "elmwood")
    urls = [
        page("item_detail", item.pk),
        page("item_recorded", item.pk),
        page("item_step", item.pk) + "?step=leave",
        page("capture_download", item.captures.get().pk),
        page("author_detail", item.author_id),
        page("contact_create", item.author_id),
        page("block_create", item.author_id),
        page("block_step", block.pk) + "?step=decline",
    ]
    answers = {"step": "leave", "explanation": "x", "reason": "x", "words": "x"}
    for url in urls:
        assert client.get(url).status_code == 404
        assert client.post(url, answers).status_code == 404
    item.refresh_from_db()
    block.refresh_from_db()
    assert (item.status, block.status) == ("recorded", "proposed") and not Contact.objects.exists()


def test_a_capture_is_downloaded_never_shown_and_only_by_those_who_may_read_its_item(cast, record):
    item = record(captures=[picture()])
    url = page("capture_download", item.captures.get().pk)
    response = cast.client(Role.BUSINESS_MANAGER).get(url)
    assert response["Content-Disposition"].startswith("attachment")
    assert response.status_code == 200 and b"".join(response.streaming_content)[1:4] == b"PNG"
    assert cast.client(Role.SUPPORT_STAFF).get(url).status_code == 404
    assert cast.client(Role.GOVERNOR).get(url).status_code == 403
