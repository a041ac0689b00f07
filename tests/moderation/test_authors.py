"""Authors and blocks over HTTP: contact first, then a block with a review date and another way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from moderation.models import Block, Contact
from moderation.services import record_contact
from policyportal.lib.workflow import take
from tests.moderation.pages import block_facts, page


def test_a_block_asks_for_the_contact_or_why_there_was_none(cast, item):
    client = cast.client(Role.TEACHER)
    url = page("block_create", item.author_id)
    text = client.get(url).content.decode()
    assert "Why was there no courteous contact first?" in text and page("contact_create", item.author_id) in text
    response = client.post(url, block_facts())
    assert "contact_skipped_reason" in response.context["form"].errors and not Block.objects.exists()
    client.post(url, block_facts(contact_skipped_reason="A threat to a child"))
    block = Block.objects.get()
    assert (block.status, block.contact_skipped_reason) == ("confirmed", "A threat to a child")


def test_a_recorded_contact_answers_that_question(cast, item):
    client = cast.client(Role.TEACHER)
    moment = timezone.now() - timedelta(days=1)
    when = {
        "made_at_day": moment.day,
        "made_at_month": moment.month,
        "made_at_year": moment.year,
        "made_at_time": "9am",
    }
    client.post(page("contact_create", item.author_id), {"words": "Please ring us.", "outcome": "No answer"} | when)
    contact = Contact.objects.get()
    assert contact.outcome == "No answer"
    client.post(page("contact_outcome", contact.pk), {"outcome": "They rang back"})
    contact.refresh_from_db()
    assert contact.outcome == "They rang back" and contact.history.count() == 2
    text = client.get(page("block_create", item.author_id)).content.decode()
    assert "Please ring us." in text and "Why was there no courteous contact first?" not in text
    client.post(page("block_create", item.author_id), block_facts())
    text = client.get(item.author.get_absolute_url()).content.decode()
    for words in ("Blocked", "Threats after a warning", "By e-mail", "Tara Oakfield", "Please ring us."):
        assert words in text


@pytest.mark.parametrize("missing", ["reason", "other_way", "review_on_day"])
def test_a_block_without_a_reason_another_way_or_a_review_date_is_refused(cast, item, missing):
    record_contact(item.author, by=cast.teacher, words="Please ring us.")
    response = cast.client(Role.TEACHER).post(page("block_create", item.author_id), block_facts(**{missing: ""}))
    assert missing.removesuffix("_day") in response.context["form"].errors and not Block.objects.exists()


@pytest.fixture
def proposed(cast, record, abusive):
    for _ in range(cast.school().block_threshold):
        take("remove", record(), cast.teacher, rule=abusive)
    return Block.objects.get()


def test_a_proposed_block_is_confirmed_declined_and_lifted_from_the_authors_page(cast, proposed):
    client = cast.client(Role.BUSINESS_MANAGER)
    text = client.get(proposed.get_absolute_url()).content.decode()
    assert "Proposed" in text and "Block this account" in text and "Do not block" in text
    assert client.get(page("block_step", proposed.pk) + "?step=confirm").url == page(
        "block_create", proposed.author_id
    )
    client.post(page("block_create", proposed.author_id), block_facts(contact_skipped_reason="Threats"))
    proposed.refresh_from_db()
    assert proposed.status == "confirmed" and proposed.items.count() == cast.school().block_threshold
    url = page("block_step", proposed.pk)
    assert client.post(url, {"step": "lift", "reason": ""}).status_code == 200
    client.post(url, {"step": "lift", "reason": "They apologised"})
    proposed.refresh_from_db()
    assert proposed.status == "lifted"
    assert "They apologised" in client.get(proposed.get_absolute_url()).content.decode()


def test_a_late_click_on_a_block_is_told_so(cast, proposed):
    take("decline", proposed, cast.headteacher, "They apologised")
    client = cast.client(Role.BUSINESS_MANAGER)
    response = client.post(page("block_step", proposed.pk), {"step": "decline", "reason": "Me too"})
    assert response.status_code == 409 and "Not blocked" in response.content.decode()


def test_an_account_that_is_blocked_is_not_blocked_twice(cast, proposed):
    client = cast.client(Role.BUSINESS_MANAGER)
    answers = block_facts(contact_skipped_reason="Threats")
    client.post(page("block_create", proposed.author_id), answers)
    assert client.post(page("block_create", proposed.author_id), answers).status_code == 409
    assert Block.objects.count() == 1


def test_staff_outside_the_team_decide_no_block(cast, proposed):
    for role in (Role.SUPPORT_STAFF, Role.OFFICE):
        for step in ("confirm", "decline"):
            client = cast.client(role)
            assert client.post(page("block_step", proposed.pk), {"step": step, "reason": "x"}).status_code == 403
    proposed.refresh_from_db()
    assert proposed.status == "proposed"


def test_nobody_outside_the_team_notes_what_came_of_a_contact(cast, item):
    contact = record_contact(item.author, by=cast.teacher, words="Please ring us.")
    url = page("contact_outcome", contact.pk)
    assert cast.client(Role.OFFICE).post(url, {"outcome": "x"}).status_code == 403
    assert cast.client(Role.HEADTEACHER, "elmwood").post(url, {"outcome": "x"}).status_code == 404
    contact.refresh_from_db()
    assert contact.outcome == ""


def test_an_author_is_read_by_those_who_read_the_channels_items(cast, item):
    url = item.author.get_absolute_url()
    assert cast.client(Role.OFFICE).get(url).status_code == 200
    assert cast.client(Role.SUPPORT_STAFF).get(url).status_code == 404
