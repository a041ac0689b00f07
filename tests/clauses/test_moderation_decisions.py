"""Deciding on what others write, as the two policies with a moderation section say it, over HTTP on their own data."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Role
from accounts.services import change_school
from moderation.models import Block, Contact, Item
from policyportal.lib.templatetags.portal import clock, day
from policyportal.tasks import sweep
from tests.moderation.pages import block_facts, page, seen
from tests.moderation.test_services import picture

# Who is authorised to moderate each school's Facebook page, and who of the staff is not.
MODERATORS = {"pennine-way": (Role.OFFICE, "Carol Dunmore"), "croftlands": (Role.SUPPORT_STAFF, "Tracey Benn")}
OUTSIDERS = {"pennine-way": (Role.TEACHER, "Bethan Morris"), "croftlands": (Role.TEACHER, "Dylan Prosser")}
# Whom each school's data makes the team of that page: managers by role, and those authorised to moderate.
TEAMS = {
    "pennine-way": {
        "Ruth Adeyemi",
        "Tomasz Kowalczyk",
        "Farah Siddiqui",
        "Gareth Penhallow",
        "Priya Raman",
        "Carol Dunmore",
    },
    "croftlands": {"Fiona Braithwell", "Maureen Fell", "Tracey Benn"},
}
RULES = [
    ("PWP-41", "CRO-42", "Abusive"),
    ("PWP-42", "CRO-43", "Racist"),
    ("PWP-43", "CRO-44", "Sexist"),
    ("PWP-44", "CRO-45", "Homophobic"),
    ("PWP-45", "CRO-46", "Inflammatory"),
    ("PWP-46", "CRO-47", "Spam"),
    ("PWP-47", "CRO-48", "Personal information"),
    ("PWP-48", "CRO-49", "Commercial advertising"),
    ("PWP-49", "CRO-50", "Donation request"),
]
BOTH = [
    pytest.param(slug, code, title, marks=pytest.mark.clause(code), id=code)
    for pennine, croftlands, title in RULES
    for slug, code in (("pennine-way", pennine), ("croftlands", croftlands))
]


def both(pennine, croftlands):
    """Run for either school, each marked with its own clause."""
    return pytest.mark.parametrize(
        "slug",
        [
            pytest.param("pennine-way", marks=pytest.mark.clause(pennine)),
            pytest.param("croftlands", marks=pytest.mark.clause(croftlands)),
        ],
    )


def moderator(schools, slug):
    return schools.client(slug, *MODERATORS[slug])


def recorded(schools, slug, **others):
    """Record a comment on the school's Facebook page, as its moderator does."""
    channel = schools.channel(slug, "Facebook")
    response = moderator(schools, slug).post(page("item_create", "no"), seen(channel, **others))
    assert response.status_code == 302
    return Item.objects.filter(channel=channel).latest("created_at")


def deleted(schools, slug, title="Abusive"):
    """Record a comment and delete it under the rule of this title."""
    item = recorded(schools, slug)
    rule = item.channel.rules.remove().in_force().get(title=title)
    answers = {"step": "remove", "rule": str(rule.pk), "explanation": ""}
    assert moderator(schools, slug).post(page("item_step", item.pk), answers).status_code == 302
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(("slug", "code", "title"), BOTH)
def test_a_comment_is_deleted_under_its_rule_with_who_and_when_a_link_a_capture_and_its_past(
    schools, slug, code, title
):
    client = moderator(schools, slug)
    item = recorded(schools, slug, captures=[picture()])
    choice = client.get(f"{page('item_step', item.pk)}?step=remove").content.decode()
    cited = str(schools.clause(code))
    assert title in choice and cited in choice
    rule = item.channel.rules.remove().in_force().get(title=title)
    client.post(page("item_step", item.pk), {"step": "remove", "rule": str(rule.pk), "explanation": ""})
    item.refresh_from_db()
    who = schools.post(slug, *MODERATORS[slug]).user
    shown = client.get(item.get_absolute_url()).content.decode()
    when = f"{day(item.decided_at)}, {clock(item.decided_at)}"
    for words in ("Deleted", title, cited, who.name, when, "https://facebook.example/1", "capture.png"):
        assert words in shown
    latest = item.history.first()
    assert (latest.status, latest.rule_id, latest.history_user_id) == ("removed", rule.pk, who.pk)


@both("PWP-39", "CRO-40")
def test_an_item_past_the_target_is_told_once_and_shows_late_and_a_decided_one_shows_minutes(
    schools, slug, time_machine
):
    change_school(
        schools.school(slug),
        by=schools.post(slug, Role.HEADTEACHER),
        reason="Decided by the governors",
        moderation_target_hours=4,
    )
    began = timezone.now()
    item = recorded(schools, slug)
    time_machine.move_to(began + timedelta(hours=3))
    sweep()
    assert not Notification.objects.filter(event="item_late", path=item.get_absolute_url()).exists()
    assert "Late" not in [cell.get("hint") for cell in queue_row(schools, slug, item) if isinstance(cell, dict)]
    time_machine.move_to(began + timedelta(hours=5))
    sweep()
    sweep()
    told = Notification.objects.filter(event="item_late", path=item.get_absolute_url())
    assert set(told.values_list("user__name", flat=True)) == TEAMS[slug] and told.count() == len(TEAMS[slug])
    client = moderator(schools, slug)
    assert queue_row(schools, slug, item)[-1]["hint"] == "Late"
    assert "Late" in client.get(item.get_absolute_url()).content.decode()
    client.post(page("item_step", item.pk), {"step": "leave", "explanation": "Fair criticism"})
    minutes = 5 * 60
    assert f"{minutes} min" in client.get(item.get_absolute_url()).content.decode()
    assert f"{minutes} min" in client.get(f"{page('item_list')}?show=decided").content.decode()


def queue_row(schools, slug, item):
    """Return the row of the queue that stands for the item."""
    rows = moderator(schools, slug).get(page("item_list")).context["rows"]
    return next(row for row in rows if row[0]["url"] == item.get_absolute_url())


@both("PWP-40", "CRO-41")
def test_a_member_of_staff_outside_the_channels_team_may_flag_but_neither_delete_hide_nor_block(schools, slug):
    item = recorded(schools, slug)
    rule = item.channel.rules.remove().in_force()[0]
    client = schools.client(slug, *OUTSIDERS[slug])
    assert reverse("moderation:item_begin") in client.get(page("item_list")).content.decode()
    client.post(page("item_create", "no"), seen(item.channel, words="Please look at this"))
    flagged = Item.objects.get(words="Please look at this")
    assert flagged.flagged and flagged in client.get(page("item_list")).context["page"].rows
    for one in (item, flagged):
        for step in ("remove", "hide"):
            assert client.get(f"{page('item_step', one.pk)}?step={step}").status_code == 403
            answers = {"step": step, "rule": str(rule.pk), "explanation": "x"}
            assert client.post(page("item_step", one.pk), answers).status_code == 403
        assert client.get(page("block_create", one.author_id)).status_code == 403
        assert client.post(page("block_create", one.author_id), block_facts()).status_code == 403
        one.refresh_from_db()
        assert one.status == Item.Status.RECORDED
    assert not Block.objects.filter(school=item.school).exists()


@both("PWP-50", "CRO-51")
def test_before_a_first_block_the_portal_asks_for_the_courteous_contact_or_a_written_reason(schools, slug):
    item = deleted(schools, slug)
    client = moderator(schools, slug)
    url = page("block_create", item.author_id)
    asked = client.get(url).content.decode()
    assert page("contact_create", item.author_id) in asked and "Why was there no courteous contact first?" in asked
    refused = client.post(url, block_facts())
    assert "contact_skipped_reason" in refused.context["form"].errors and not Block.objects.exists()
    second = recorded(schools, slug)
    reply = client.get(f"{page('item_step', second.pk)}?step=reply&wording=concern").content.decode()
    assert "complaints procedure" in reply
    client.post(page("item_step", second.pk), {"step": "reply", "message_sent": "Thank you. Please ring us."})
    contact = Contact.objects.get(author=item.author)
    client.post(page("contact_outcome", contact.pk), {"outcome": "They did not answer"})
    kept = client.get(item.author.get_absolute_url()).content.decode()
    for words in ("Thank you. Please ring us.", day(contact.made_at), "They did not answer"):
        assert words in kept
    client.post(url, block_facts())
    assert Block.objects.get(author=item.author).status == Block.Status.CONFIRMED


@both("PWP-50", "CRO-51")
def test_a_written_reason_for_skipping_the_contact_is_kept_with_the_block(schools, slug):
    item = deleted(schools, slug)
    client = moderator(schools, slug)
    client.post(page("block_create", item.author_id), block_facts(contact_skipped_reason="A threat to a child"))
    assert "A threat to a child" in client.get(item.author.get_absolute_url()).content.decode()


@both("PWP-51", "CRO-52")
def test_the_third_upheld_item_proposes_a_block_that_links_all_three_and_is_lifted_again(schools, slug):
    change_school(schools.school(slug), by=schools.post(slug, Role.HEADTEACHER), reason="As agreed", block_threshold=3)
    items = [deleted(schools, slug) for _ in range(2)]
    assert not Block.objects.filter(author=items[0].author).exists()
    items.append(deleted(schools, slug))
    block = Block.objects.get(author=items[0].author)
    assert block.status == Block.Status.PROPOSED and set(block.items.all()) == set(items)
    client = moderator(schools, slug)
    assert "Proposed" in client.get(block.get_absolute_url()).content.decode()
    client.post(page("block_create", block.author_id), block_facts(contact_skipped_reason="Threats"))
    shown = client.get(block.get_absolute_url()).content.decode()
    listed = shown[shown.index("<h2", shown.index("Courteous contact")) :]
    assert "Blocked" in listed and "Threats after a warning" in listed and day(timezone.now()) in listed
    assert all(item.get_absolute_url() in listed for item in items)
    client.post(page("block_step", block.pk), {"step": "lift", "reason": "They apologised"})
    shown = client.get(block.get_absolute_url()).content.decode()
    assert "Block lifted" in shown and "They apologised" in shown
