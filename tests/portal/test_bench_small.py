"""The benchmark on a handful of rows: it seeds what it says, every page that it measures answers, it reports."""

import pytest
from django.test import Client

from accounts.models import Membership
from incidents.models import Incident, Report
from moderation.models import Item
from policies.models import Acknowledgement
from policyportal.lib.timeline import timeline_of
from scripts.bench.measure import Measured, Page, statements
from scripts.bench.report import Size, report
from scripts.bench.run import pages
from scripts.bench.seed import LONG_TIMELINE, SCHOOLS, seed

ROWS = 200


@pytest.fixture
def seeded(db, settings):
    settings.ROOT_URLCONF = "scripts.bench.urls"
    return seed(ROWS, schools=3)


def test_it_seeds_as_many_rows_as_it_says_each_with_its_past(seeded):
    assert Item.objects.count() == ROWS
    assert Incident.objects.count() == Report.objects.count() == Acknowledgement.objects.count() == ROWS // 5
    assert Incident.history.count() == 2 * Incident.objects.count()
    assert len(timeline_of(seeded.item, limit=100)) == LONG_TIMELINE
    assert Item.objects.undecided().count() == pytest.approx(ROWS / 20, abs=3)


def test_every_page_that_is_measured_answers_and_shows_rows(seeded):
    client = Client()
    client.force_login(seeded.head)
    for page in pages(seeded):
        answer = client.post(page.path, page.fields()) if page.fields else client.get(page.path)
        assert answer.status_code == (302 if page.fields else 200), page.name
        if answer.context and "page" in answer.context and page.name != "Acknowledgements":
            assert list(answer.context["page"]), page.name


def test_the_bare_page_asks_the_database_nothing_for_a_stranger(seeded, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/bare/")
    assert answer.content.count(b"<tr>") == 50


def test_statements_are_counted_without_savepoints(seeded):
    client = Client()
    client.force_login(seeded.head)
    recording = next(page for page in pages(seeded) if page.fields)
    before = Item.objects.count()
    assert statements(client, recording) > 5
    assert Item.objects.count() == before + 2


def test_the_report_holds_every_figure_beside_what_is_to_be_reached():
    queue = Measured(Page("Queue", "/", 3.0, 6), p50=2.0, p95=2.5, cpu=1.5, sql=7, unit=0.004)
    slower = Measured(queue.page, p50=2.2, p95=3.5, cpu=3.0, sql=7, unit=0.004)
    words = report([Size(10, [queue], 0.5, 80, "sqlite"), Size(1000, [slower], 0.4, 90, "sqlite")], "abc1234")
    assert "at commit abc1234, on sqlite" in words
    assert "| Queue | 1.5 | 2.0 | 2.5 | 3.0 | 7 | 6 |" in words
    assert "| Queue | 2.00 | 1.10 |" in words
    assert "Peak memory of a worker: 90 MB" in words


def test_nobody_of_the_sixty_schools_can_sign_in_with_a_password(seeded):
    assert SCHOOLS == 60
    assert not any(post.user.has_usable_password() for post in Membership.objects.filter(school=seeded.school))
