"""The induction pack: chosen by the school, owed from the first day, confirmed with one press, chased."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import give_post
from policies import services
from policies.models import InductionDone, InductionItem
from policies.selectors.induction import joiners_of, left_to_choose, offered, owed_by
from policies.selectors.waiting import waiting_for
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused
from tests.cast import took_second_step
from tests.policies.test_pages import url


@pytest.fixture
def joiner(cast, client):
    """A teacher who starts today, signed in."""
    user = User.objects.create_user("nell@oakfield.example", "Nell Newcomer", "a long enough passphrase")
    post = give_post(user=user, school=cast.school(), role=Role.TEACHER, by=None)
    client.force_login(user)
    took_second_step(client, user)
    return post


@pytest.fixture
def item(cast):
    """The behaviour policy in the pack, due ten days after the first day."""
    return services.add_induction_item(
        by=cast.office, title="Behaviour policy", text="I have read it.", link="https://oakfield.example/b", days=10
    )


def test_the_list_to_choose_from_is_data_with_its_source_to_be_verified(cast):
    titles = [each.title for each in offered()]
    assert titles[0] == "Child protection policy" and len(titles) == 5
    assert all(each.source and each.to_verify for each in offered())
    page = cast.client("office").get(reverse("policies:induction_pack")).content.decode()
    assert "To verify" in page and all(title in page for title in titles)


def test_the_office_puts_an_offered_item_into_the_pack_with_its_words(cast):
    client = cast.client("office")
    address = reverse("policies:induction_item_create")
    form = client.get(address, {"title": "Behaviour policy"}).context["form"]
    assert "bullying" in form.initial["text"]
    client.post(address, {"title": "Behaviour policy", "text": "I have read it.", "days": 14, "in_use": "on"})
    assert InductionItem.objects.get().school == cast.school()
    assert "Behaviour policy" not in [each.title for each in left_to_choose(cast.school())]
    again = client.post(address, {"title": "behaviour policy", "text": "x", "days": 14, "in_use": "on"})
    assert "is in the pack already" in again.content.decode()
    assert InductionItem.objects.count() == 1


def test_a_joiner_finds_each_item_among_the_first_steps_and_confirms_it_with_one_press(joiner, item, client):
    page = client.get(reverse("portal:induction")).content.decode()
    assert "Read and confirm: Behaviour policy" in page
    assert (today() + timedelta(days=10)).strftime("%B %Y") in page
    one = client.get(url("induction_item", item.pk)).content.decode()
    assert "I have read it." in one and "https://oakfield.example/b" in one
    assert client.post(url("induction_item", item.pk)).status_code == 302
    client.post(url("induction_item", item.pk))
    done = InductionDone.objects.get()
    assert done.text_shown == "Behaviour policy\nI have read it.\nhttps://oakfield.example/b"
    assert "You confirmed this on" in client.get(url("induction_item", item.pk)).content.decode()
    steps = {task["title"]: task["status"] for task in client.get(reverse("portal:induction")).context["tasks"]}
    assert steps["Read and confirm: Behaviour policy"] == "Done"


def test_words_changed_later_leave_what_was_confirmed_as_it_was(cast, joiner, item):
    services.confirm_induction(item, by=joiner)
    services.edit_induction_item(item, by=cast.headteacher, text="Other words.", in_use=False)
    assert "I have read it." in InductionDone.objects.get().text_shown


def test_people_who_were_there_before_and_other_posts_are_not_asked(cast, joiner, item, client):
    assert cast.client("teacher").get(url("induction_item", item.pk)).status_code == 404
    with pytest.raises(NotAllowed):
        services.confirm_induction(item, by=cast.teacher)
    services.edit_induction_item(item, by=cast.office, roles=["volunteer"])
    assert client.get(url("induction_item", item.pk)).status_code == 404
    assert not InductionDone.objects.exists()


def test_the_office_sees_who_of_those_who_joined_still_owes_what(cast, joiner, item):
    other = services.add_induction_item(by=cast.office, title="Code of conduct", text="Read.", days=3)
    services.confirm_induction(item, by=joiner)
    [row] = joiners_of(cast.school())
    assert (row.post.user, row.asked, row.open_titles) == (joiner.user, 2, ("Code of conduct",))
    assert row.due == today() + timedelta(days=3)
    page = cast.client("office").get(reverse("policies:induction_pack")).content.decode()
    assert "Nell Newcomer" in page and "1 of 2" in page and other.title in page


def test_only_those_who_keep_the_pack_of_the_school_change_it(cast, desk, item):
    with pytest.raises(NotAllowed):
        services.edit_induction_item(item, by=cast.teacher, days=1)
    with pytest.raises(NotAllowed):
        services.edit_induction_item(item, by=cast.post("office", "riverside"), days=1)
    with pytest.raises(Refused, match="does not serve"):
        services.edit_induction_item(item, by=cast.office, policy=desk.policy("riverside"))
    assert cast.client("teacher").get(reverse("policies:induction_pack")).status_code == 403
    assert cast.client("office", "riverside").get(url("induction_item_edit", item.pk)).status_code == 404
    client = cast.client("office")
    client.post(url("induction_item_edit", item.pk), {"title": item.title, "text": "New.", "days": 5, "in_use": "on"})
    item.refresh_from_db()
    assert (item.text, item.days) == ("New.", 5)


def test_the_chase_list_asks_no_more_for_many_joiners(cast, joiner, item):
    with CaptureQueriesContext(connection) as one:
        joiners_of(cast.school())
    for number in range(50):
        user = User.objects.create_user(f"new{number}@oakfield.example", f"New {number}")
        give_post(user=user, school=cast.school(), role=Role.TEACHER, by=None)
    with CaptureQueriesContext(connection) as many:
        assert len(joiners_of(cast.school())) == 51
    assert len(many) == len(one)


def test_an_item_waits_on_the_joiner_s_start_page_until_it_is_confirmed(joiner, item, cast, client):
    title = f"Read and confirm: {item}"
    assert [one.due for one in waiting_for(joiner) if one.title == title] == [today() + timedelta(days=10)]
    assert title in client.get(reverse("portal:home")).content.decode()
    client.post(reverse("policies:induction_item", args=[item.pk]))
    assert title not in [one.title for one in waiting_for(joiner)]
    assert title not in [one.title for one in waiting_for(cast.teacher)]


def test_an_item_counts_from_the_london_day_on_which_it_came_into_the_pack(cast):
    with time_machine.travel("2026-06-10T23:30:00Z", tick=False):
        services.add_induction_item(by=cast.office, title="Fire drill", text="I know it.", days=0)
    for day, asked in ((date(2026, 6, 10), 0), (date(2026, 6, 11), 1)):
        post = cast.post("teacher")
        post.starts_on = day
        post.save()
        with time_machine.travel("2026-06-12T09:00:00Z", tick=False):
            assert len(owed_by(post)) == asked
