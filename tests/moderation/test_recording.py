"""Recording something seen, over HTTP: the first question, files, double clicks, flags."""

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role
from channels_mgmt.services import list_platform, open_channel
from moderation.models import Capture, Item
from tests.moderation.pages import page, seen
from tests.moderation.test_services import picture


def test_the_question_about_a_child_comes_before_every_other(cast, channel):
    client = cast.client(Role.TEACHER)
    text = client.get(page("item_begin")).content.decode()
    assert "Does it show a child undressed or in a sexual way?" in text and "What it says" not in text
    for answer in Item.Imagery.values:
        response = client.get(page("item_begin") + f"?imagery={answer}&channel={channel.pk}")
        assert response.url == page("item_create", answer) + f"?channel={channel.pk}"
    assert "Choose one" in client.get(page("item_begin") + "?imagery=perhaps").content.decode()
    assert client.get("/moderation/record/perhaps/").status_code == 404


def test_an_item_is_recorded_with_its_captures_and_another_keeps_the_channel(cast, channel):
    client = cast.client(Role.TEACHER)
    response = client.post(page("item_create", "no"), seen(channel, captures=[picture()]))
    item = Item.objects.get()
    assert response.url == page("item_recorded", item.pk)
    assert (item.author.handle, item.link, item.captures.count()) == ("Angry Fox", "https://facebook.example/1", 1)
    text = client.get(response.url).content.decode()
    assert f"{page('item_begin')}?channel={channel.pk}" in text and "Decide on it now" in text
    form = client.get(page("item_create", "no") + f"?channel={channel.pk}").context["form"]
    assert form["channel"].value() == str(channel.pk)


def test_the_only_channel_of_a_school_is_chosen_already(cast, channel):
    client = cast.client(Role.TEACHER)
    assert client.get(page("item_create", "no")).context["form"]["channel"].value() == channel.pk
    platform = list_platform(school=cast.school(), by=None, name="X")
    open_channel(school=cast.school(), by=None, platform=platform, name="Oakfield on X", audience="public")
    assert client.get(page("item_create", "no")).context["form"]["channel"].value() is None


def test_when_it_was_seen_is_now_unless_said_otherwise(cast, channel):
    form = cast.client(Role.TEACHER).get(page("item_create", "no")).context["form"]
    assert timezone.now() - form["seen_at"].value() < timedelta(minutes=1)


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_where_a_child_may_be_shown_there_is_no_room_for_a_file_and_the_page_says_what_to_do(cast, channel, answer):
    client = cast.client(Role.TEACHER)
    response = client.get(page("item_create", answer))
    text = response.content.decode()
    assert 'type="file"' not in text and "multipart" not in text
    assert "Do not copy, save" in text and "safeguarding lead now" in text
    response = client.post(page("item_create", answer), seen(channel), follow=True)
    assert Item.objects.get().imagery == answer
    assert "Do not copy, save" in response.content.decode()


@pytest.mark.parametrize("answer", ["yes", "unsure"])
@pytest.mark.parametrize("field", ["captures", "another_name"])
def test_a_file_sent_by_hand_where_a_child_may_be_shown_is_never_read_and_the_words_stay(
    cast, channel, answer, field, monkeypatch
):
    stored = []
    monkeypatch.setattr("moderation.services.keep", lambda *args: stored.append(args))
    monkeypatch.setattr(
        "django.core.files.uploadhandler.MemoryFileUploadHandler.receive_data_chunk", lambda *args: stored.append(args)
    )
    files = {field: SimpleUploadedFile("picture.png", b"x" * 100)}
    response = cast.client(Role.TEACHER).post(page("item_create", answer), seen(channel) | files)
    text = response.content.decode()
    assert response.status_code == 200 and "this one was not" in text and "You are all useless" in text
    assert stored == [] and not Item.objects.exists() and not Capture.objects.exists()


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "x" * 5001}, "words"),
        ({"link": "not a link"}, "link"),
        ({"seen_at_year": "2199"}, "seen_at"),
        ({"channel": str(uuid.uuid4())}, "channel"),
        ({"captures": [SimpleUploadedFile("notes.exe", b"MZ")]}, "captures"),
        ({"captures": [SimpleUploadedFile("capture.png", b"not a picture")]}, "captures"),
        ({"captures": [SimpleUploadedFile(f"{n}.txt", b"words") for n in range(6)]}, "captures"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_else_is_kept(cast, channel, others, field):
    response = cast.client(Role.TEACHER).post(page("item_create", "no"), seen(channel) | others)
    text = response.content.decode()
    assert response.status_code == 200 and list(response.context["form"].errors) == [field]
    assert "Angry Fox" in text
    assert not Item.objects.exists() and not Capture.objects.exists()


def test_a_double_click_records_one_item(cast, channel):
    client = cast.client(Role.TEACHER)
    answers = seen(channel)
    first, second = (client.post(page("item_create", "no"), answers) for _ in range(2))
    assert first.url == second.url and Item.objects.count() == 1


def test_the_form_shown_again_keeps_its_token(cast, channel):
    client = cast.client(Role.TEACHER)
    answers = seen(channel, words="")
    text = client.post(page("item_create", "no"), answers).content.decode()
    assert f'value="{answers["form_token"]}"' in text


def test_a_member_of_staff_outside_the_team_flags_and_reads_only_what_they_flagged(cast, channel, record):
    other = record()
    client = cast.client(Role.SUPPORT_STAFF)
    response = client.post(page("item_create", "no"), seen(channel), follow=True)
    mine = Item.objects.get(recorded_by=cast.support_staff.user)
    assert mine.flagged and "Thank you" in response.content.decode()
    assert "Decide on it now" not in response.content.decode()
    listed = client.get(page("item_list")).context["page"].rows
    assert listed == [mine]
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404


def test_a_channel_of_another_school_cannot_be_chosen(cast, channel):
    client = cast.client(Role.TEACHER, "elmwood")
    response = client.post(page("item_create", "no"), seen(channel))
    assert "channel" in response.context["form"].errors and not Item.objects.exists()


@pytest.mark.parametrize("role", [Role.GOVERNOR, Role.DPO, Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR])
def test_posts_outside_the_staff_get_403(cast, channel, role):
    for name in ("item_list", "item_begin"):
        assert cast.client(role).get(page(name)).status_code == 403
