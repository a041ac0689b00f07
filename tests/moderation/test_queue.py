"""The queue over HTTP: order, views, filters, pages and what they cost."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from moderation.services import record_contact
from policyportal.lib.dates import today
from policyportal.lib.workflow import take
from tests.moderation.pages import page, queries
from tests.moderation.test_services import picture


def test_the_queue_shows_the_nearest_deadline_first_and_each_view_its_own(cast, record, abusive):
    now = timezone.now()
    later, sooner = record(recorded_at=now - timedelta(hours=1)), record(recorded_at=now - timedelta(hours=2))
    late = record(recorded_at=now - timedelta(hours=30))
    gone = take("remove", record(), cast.teacher, rule=abusive)
    client = cast.client(Role.OFFICE)
    response = client.get(page("item_list"))
    assert response.context["page"].rows == [late, sooner, later]
    assert "Waiting (3)" in response.content.decode() and "Late (1)" in response.content.decode()
    assert client.get(page("item_list") + "?show=late").context["page"].rows == [late]
    response = client.get(page("item_list") + "?show=decided")
    assert response.context["page"].rows == [gone] and "0 min" in response.content.decode()
    assert client.get(page("item_list") + "?show=nonsense").status_code == 404


def test_the_queue_is_filtered_by_channel_kind_author_and_dates(cast, channel, record):
    old = record(recorded_at=timezone.now() - timedelta(days=10), author_handle="Quiet Owl", kind="review")
    new = record()
    client = cast.client(Role.OFFICE)

    def listed(query):
        return client.get(page("item_list") + "?" + query).context["page"].rows

    def day(name, days):
        asked = today() - timedelta(days=days)
        return f"{name}_day={asked.day}&{name}_month={asked.month}&{name}_year={asked.year}"

    assert listed(f"channel={channel.pk}") == [old, new]
    assert listed("kind=review") == [old]
    assert listed("author=%40quiet") == [old]
    assert listed(day("since", 1)) == [new]
    assert listed(day("until", 5)) == [old]
    assert listed(day("until", 10)) == [old]
    assert listed("author=nobody") == []


def test_the_queue_pages_by_key_and_keeps_the_filter(cast, record):
    for number in range(30):
        record(recorded_at=timezone.now() - timedelta(minutes=number))
    client = cast.client(Role.OFFICE)
    first = client.get(page("item_list") + "?kind=comment").context["page"]
    assert len(first) == 25 and "kind=comment" in first.next_url
    second = client.get(page("item_list") + first.next_url).context["page"]
    assert len(second) == 5 and not set(first.rows) & set(second.rows)


def test_the_pages_cost_the_same_with_one_row_and_with_fifty(cast, record, abusive):
    item = take("remove", record(captures=[picture()]), cast.teacher, rule=abusive)
    record()
    record_contact(item.author, by=cast.teacher, words="Please contact the office.")
    client = cast.client(Role.BUSINESS_MANAGER)
    urls = [
        page("item_list"),
        page("item_list") + "?show=decided",
        item.get_absolute_url(),
        item.author.get_absolute_url(),
        page("item_begin"),
    ]
    client.get(urls[0])
    before = [queries(client, url) for url in urls]
    for number in range(50):
        record(author_handle=f"Fox {number}")
        take("remove", record(author_handle=f"Owl {number}"), cast.teacher, rule=abusive)
    for _ in range(cast.school().block_threshold - 2):
        take("remove", record(), cast.teacher, rule=abusive)
    assert [queries(client, url) for url in urls] == before
    assert before[0] <= 12
