"""The parts of every page, each drawn with nothing but its own variables."""

import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.template.loader import render_to_string
from django.test import override_settings

from policyportal.lib.dates import LONDON
from policyportal.lib.forms import PortalForm
from policyportal.lib.paging import Page
from policyportal.lib.workflow import Step
from policyportal.storage import HashedStaticStorage
from tests.lib.markup import drawn, parse, part

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=LONDON)
COMPONENTS = sorted(path.stem for path in (settings.BASE_DIR / "templates/components").glob("*.html"))
BUILT = settings.BASE_DIR / "static/portal"
STYLES = (BUILT / "portal.css").read_text()


class Filter(PortalForm):
    """A filter of two fields."""

    words = forms.CharField(label="Words", required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any"), ("o", "Open")], required=False)


def step(name, label, **values):
    return Step(name, label, ("draft",), "sent", lambda actor, thing: True, **values)


def test_the_page_header_offers_each_step_as_a_button_that_posts_its_name():
    steps = [step("approve", "Approve post")]
    page = part("page_header", title="Sports day", caption="Post", steps=steps, step_url="/p/1/step/", csrf_token="t")
    button = page.one("button")
    assert page.one("h1").text == "Sports day"
    assert page.one("form").attrs == {"class": "portal-actions", "method": "post", "action": "/p/1/step/"}
    assert (button.attrs["name"], button.attrs["value"], button.text) == ("step", "approve", "Approve post")
    assert page.one("input", type="hidden").attrs["value"] == "t"


@pytest.mark.parametrize("values", [{"reason_needed": True}, {"sets": ("approved_on",)}])
def test_a_step_that_asks_for_something_leads_to_the_page_that_asks(values):
    page = part("page_header", title="T", steps=[step("refuse", "Refuse post", **values)], step_url="/p/1/step/")
    assert page.all("button") == []
    assert page.one("a").attrs["href"] == "/p/1/step/?step=refuse"


def test_a_page_header_without_steps_has_no_form():
    assert part("page_header", title="T").all("form") == []


def test_the_page_header_shows_how_the_thing_stands():
    thing = SimpleNamespace(status="approved", get_status_display=lambda: "Approved")
    tag = part("page_header", title="T", thing=thing).one(cls="govuk-tag")
    assert tag.text == "Approved"
    assert "portal-tag--good" in tag.attrs["class"]


def test_a_model_may_say_how_its_status_reads():
    thing = SimpleNamespace(status="approved", status_tone="waiting", get_status_display=lambda: "Approved")
    assert drawn("{% load portal %}{% tag_for thing %}", thing=thing).all(cls="portal-tag--waiting") != []


def test_the_summary_list_pairs_each_label_with_its_value():
    page = part("summary_list", rows=[
        {"label": "Channel", "value": "Our page", "url": "/c/"},
        {"label": "Seen", "value": date(2026, 11, 21), "change_url": "/edit/"},
        {"label": "Urgent", "value": True},
        {"label": "State", "value": "Open", "tone": "info"},
    ])  # fmt: skip
    assert [dt.text for dt in page.all("dt")] == ["Channel", "Seen", "Urgent", "State"]
    assert [dd.text for dd in page.all("dd", cls="govuk-summary-list__value")] == [
        "Our page", "21 November 2026", "Yes", "Open",
    ]  # fmt: skip
    assert [a.text for a in page.all("a")] == ["Our page", "Change Seen"]


def test_the_task_list_links_each_task_and_says_when_it_is_due():
    page = part("task_list", tasks=[{"title": "Approve it", "url": "/p/", "hint": "By Jo", "due": date(2020, 1, 1)}])
    assert page.one("a").attrs["href"] == "/p/"
    assert "Overdue by" in page.one("time").text


def test_the_filter_is_sent_by_get_and_what_was_chosen_can_be_taken_off():
    page = part("filter_panel", form=Filter({"state": "o"}), clear_url="/list/", chosen=[
        {"label": "State: Open", "url": "/list/?words=x"},
    ])  # fmt: skip
    assert page.one("form").attrs["method"] == "get"
    assert page.one(cls="portal-chip").attrs["href"] == "/list/?words=x"
    assert page.one(cls="portal-chip").text.startswith("Remove filter State: Open")
    assert page.all(name="csrfmiddlewaretoken") == []


def test_the_filter_opens_on_a_phone_without_javascript():
    page = part("filter_panel", form=Filter(), clear_url="/list/")
    panel = page.one("section")
    assert [child.tag for child in panel.children] == ["details", "form"]
    assert re.search(r"\.portal-reveal\[open\]\s*\+\s*\.portal-filter__form\{display:block", STYLES)


def test_a_table_names_its_rows_and_repeats_each_header_for_the_cards():
    headers = ["Post", {"label": "Due", "url": "?o=due", "sorted": "ascending"}, "By"]
    full = [{"text": "One", "url": "/1/"}, {"due": date(2020, 1, 1)}, "Jo"]
    sparse = [{"text": "Two", "tone": "info"}, "", None]
    page = part("results_table", caption="2 posts", headers=headers, rows=[full, sparse])
    assert page.one("caption").text == "2 posts"
    assert [th.attrs["scope"] for th in page.all("th")] == ["col"] * 3 + ["row"] * 2
    assert page.all("th")[1].attrs["aria-sort"] == "ascending"
    assert [span.text for span in page.all(cls="portal-table__label")] == ["Due", "By"] * 2
    assert len(page.all(cls="portal-table__cell--empty")) == 2


def test_a_table_refuses_a_row_that_does_not_fit_its_headers():
    with pytest.raises(ValueError, match="zip"):
        part("results_table", caption="x", headers=["One", "Two"], rows=[["a"]])


def test_pages_are_linked_only_where_there_are_pages():
    page = part("pagination", page=Page([], "?after=x", ""), summary="1,000+ posts")
    assert [(a.attrs["rel"], a.attrs["href"]) for a in page.all("a")] == [("next", "?after=x")]
    assert part("pagination", page=Page([], "", "")).children == []


def test_the_timeline_says_what_who_when_and_what_changed():
    changes = [
        {"field": "Status", "old": "Submitted", "new": "Approved"},
        {"field": "Due", "old": None, "new": NOW.date()},
    ]
    event = {"title": "Approved", "by": "Jo", "at": NOW, "text": "<b>Fine</b>", "changes": changes}
    page = part("timeline", events=[event])
    assert page.one("h3").text == "Approved"
    assert page.one("time").attrs["datetime"] == NOW.isoformat()
    assert page.all("b") == []
    assert [li.text for li in page.one("ul").all("li")] == [
        "Status: was Submitted → now Approved",
        "Due: now 21 November 2026",
    ]


@pytest.mark.parametrize(
    ("tone", "role"), [("success", "status"), ("info", "status"), ("warning", "alert"), ("error", "alert")]
)
def test_a_banner_is_announced_as_loudly_as_it_matters(tone, role):
    banner = part("notification_banner", text="Done", tone=tone).children[0]
    assert banner.attrs["role"] == role
    assert f"portal-banner--{tone}" in banner.attrs["class"]


def test_an_empty_list_says_what_to_do_next():
    page = part("empty_state", title="No posts", text="None yet.", action_url="/new/", action_label="Suggest a post")
    assert page.one("a").attrs["href"] == "/new/"
    assert page.one("a").text == "Suggest a post"


def test_attachments_are_downloads():
    page = part("attachment_list", files=[{"name": "a.png", "url": "/f/1/", "size": 2048, "by": "Jo", "at": NOW}])
    assert "download" in page.one("a").attrs
    assert "2.0\xa0KB" in page.one("li").text or "2.0 KB" in page.one("li").text


def test_clauses_are_cited_with_number_words_and_link():
    page = part("citations", clauses=[{"number": "4.2", "heading": "Photographs", "text": "Ask first.", "url": "/c/"}])
    assert page.one("a").text == "Clause 4.2"
    assert page.one("blockquote").text == "Ask first."


def test_stats_stand_with_their_label_and_trend():
    page = part("stats", stats=[{"number": 5, "label": "Open", "url": "/o/", "trend": "2 more than last week"}])
    assert [p.text for p in page.all("p")] == ["5", "Open", "2 more than last week"]


def test_a_chart_s_numbers_are_in_a_table_and_its_bars_hidden_from_readers():
    rows = [("Removed", 40), ("Approved", 80), ("Pupils", 0, "fewer than 5")]
    page = drawn("{% load portal %}{% chart 'This term' rows %}", rows=rows)
    assert page.one("caption").text == "This term"
    assert [td.text for td in page.all("td", cls="govuk-table__cell--numeric")] == ["40", "80", "fewer than 5"]
    assert [svg.attrs["aria-hidden"] for svg in page.all("svg")] == ["true"] * 3
    assert [r.attrs["width"] for r in page.all("rect", cls="portal-chart__bar")] == ["500", "1000", "0"]


@pytest.mark.parametrize("rows", [[], [("None", 0)]])
def test_a_chart_of_nothing_is_drawn_without_a_fault(rows):
    assert drawn("{% load portal %}{% chart 'x' rows %}", rows=rows).one("caption").text == "x"


def test_what_cannot_be_undone_is_asked_first_with_a_way_back():
    page = part(
        "confirm", title="Withdraw this post?", text="It goes at once.", label="Withdraw post", cancel_url="/p/",
        danger=True, name="step", value="withdraw", csrf_token="t", form=Filter(),
    )  # fmt: skip
    button = page.one("button")
    assert (button.text, button.attrs["name"], button.attrs["value"]) == ("Withdraw post", "step", "withdraw")
    assert "govuk-button--warning" in button.attrs["class"]
    assert page.one("a").attrs["href"] == "/p/"
    assert page.one("form").attrs["method"] == "post"


def test_leaving_a_page_quickly_is_a_plain_link_that_works_without_javascript():
    link = part("leave_page", url="/s/a-school/").one("a")
    assert link.attrs["href"] == "/s/a-school/"
    assert "noreferrer" in link.attrs["rel"]


@pytest.mark.parametrize(
    ("due", "phrase", "tone"),
    [
        (NOW + timedelta(hours=3, minutes=5), "Due in 3 hours", "soon"),
        (NOW + timedelta(minutes=1), "Due in 1 minute", "soon"),
        (NOW + timedelta(seconds=5), "Due in less than a minute", "soon"),
        (NOW + timedelta(hours=30), "Due in 30 hours", ""),
        (NOW + timedelta(days=9), "Due in 9 days", ""),
        (NOW - timedelta(days=2, hours=3), "Overdue by 2 days", "late"),
        (NOW - timedelta(minutes=30), "Overdue by 30 minutes", "late"),
        (NOW.date(), "Due today", "soon"),
        (NOW.date() + timedelta(days=1), "Due tomorrow", "soon"),
        (NOW.date() + timedelta(days=2), "Due in 2 days", ""),
        (NOW.date() - timedelta(days=1), "Overdue by 1 day", "late"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_deadline_is_counted_from_now_and_keeps_its_instant(due, phrase, tone):
    time = drawn("{% load portal %}{% deadline due %}", due=due).one("time")
    assert time.text == phrase
    assert time.attrs["datetime"] == due.isoformat()
    assert (f"portal-due--{tone}" in time.attrs["class"].split()) is bool(tone)


def test_a_deadline_that_was_met_or_never_set_is_not_urgent():
    met = drawn("{% load portal %}{% deadline due True %}", due=date(2020, 1, 1))
    assert met.one("time").attrs["class"] == "portal-due"
    assert met.text == "Was due 1 January 2020"
    assert drawn("{% load portal %}{% deadline due %}", due=None).text == "No deadline"


def test_an_instant_is_told_in_london_time():
    page = drawn("{% load portal %}{% instant at %}", at=datetime.fromisoformat("2026-07-21T14:42:00+00:00"))
    assert page.one("time").text == "21 July 2026, 3:42pm"


def whole_page(**context):
    return parse(render_to_string("base.html", context))


def test_the_first_link_of_a_page_skips_to_its_content():
    page = whole_page()
    first = page.all("a")[0]
    assert first.attrs["href"] == "#main"
    assert page.by_id("main").tag == "main"


def test_the_frame_names_the_school_marks_the_page_and_counts_what_waits():
    school = SimpleNamespace(name="Oak School", motto="Kindly", accent="forest")
    page = whole_page(school=school, demo=True, navigation=[
        {"label": "Home", "url": "/", "current": True, "count": 3}, {"label": "Posts", "url": "/p/", "current": False},
    ])  # fmt: skip
    assert page.one("body").attrs["data-accent"] == "forest"
    assert "Demonstration" in page.one("aside").text
    assert "Kindly" in page.one("header").text
    assert [a.attrs.get("aria-current") for a in page.one("nav").all("a")] == ["page", None]
    assert "3 waiting" in page.one("nav").text


def test_a_page_about_no_school_still_stands():
    page = whole_page()
    assert page.one("header").one("a").text == "policyportal"
    assert page.all("nav") == []


def test_signing_out_is_a_post():
    page = whole_page(user=SimpleNamespace(is_authenticated=True), account_links=[{"label": "Jo", "url": "/me/"}])
    form = page.one("header").one("form")
    assert form.attrs["method"] == "post"
    assert form.one("button").text == "Sign out"


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_stands_without_any_context(name):
    page = parse(render_to_string(f"{name}.html"))
    assert len(page.all("h1")) == 1
    assert page.by_id("main").all("a")[-1].attrs["href"] == "/"


def test_a_missing_page_says_nothing_about_what_exists():
    words = parse(render_to_string("404.html")).by_id("main").text.lower()
    assert [word for word in ("permission", "allowed", "exist", "deleted", "private") if word in words] == []


def test_no_template_holds_an_inline_style_script_or_handler():
    found = [
        path.name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_part_says_its_variables_first(name):
    first = (settings.BASE_DIR / "templates/components" / f"{name}.html").read_text()[:900]
    assert first.startswith("{% comment %}")
    assert "Variables" in first or "Drawn by" in first


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


ACCENTS = re.findall(
    r'\[data-accent="?(\w+)"?\]\{--accent: ?(#\w{6});--accent-deep: ?(#\w{6});--accent-tint: ?(#\w{6})', STYLES
)


def test_there_are_eight_accents():
    assert len(ACCENTS) == 8


@pytest.mark.parametrize(("name", "accent", "deep", "tint"), ACCENTS)
def test_every_accent_can_be_read(name, accent, deep, tint):
    assert contrast(accent, "#ffffff") >= 4.5
    assert contrast(deep, "#ffffff") >= 4.5
    assert contrast(accent, tint) >= 4.5
    assert contrast("#4a4f57", tint) >= 4.5


def test_the_built_files_carry_nobody_s_crest_and_fetch_nothing_from_elsewhere():
    assert re.findall(r"crest|crown|gds[ -]?transport", STYLES, re.IGNORECASE) == []
    addresses = re.findall(r'url\("?([^")]+)', STYLES)
    assert [a for a in addresses if not a.startswith("data:") and not (BUILT / a).is_file()] == []
    sources = [path for path in BUILT.iterdir() if path.suffix in (".css", ".js")]
    assert [path.name for path in sources if "sourceMappingURL" in path.read_text()] == []


def test_the_lock_of_the_front_end_names_no_host():
    assert '"resolved"' not in (settings.BASE_DIR / "frontend/package-lock.json").read_text()


def test_a_large_action_is_one_link_with_a_picture_that_readers_skip():
    actions = [{"title": "Read the policy", "url": "/p/", "text": "Ten minutes", "icon": "read"}]
    page = part("big_actions", actions=actions)
    assert page.one("a").text == "Read the policy"
    assert page.one("svg").attrs["aria-hidden"] == "true"


def test_a_receipt_shows_its_code():
    page = part("receipt", title="Thank you", code="ABCD-1234")
    assert page.one(cls="portal-receipt__code").text == "ABCD-1234"


def test_more_can_be_opened_by_those_who_want_it():
    page = part("details", summary="Who reads this?", text="The safeguarding lead.")
    assert page.one("summary").text == "Who reads this?"


def test_hashed_file_names_reach_the_script_that_another_script_imports(tmp_path):
    with override_settings(STATIC_ROOT=tmp_path):
        storage = HashedStaticStorage()
        source = FileSystemStorage(BUILT.parent)
        names = [f"portal/{path.name}" for path in BUILT.iterdir()]
        for name in names:
            storage.save(name, source.open(name))
        found = {name: (source, name) for name in names}
        assert [str(made) for _, made, _ in storage.post_process(found) if isinstance(made, Exception)] == []
        script = storage.open(storage.stored_name("portal/portal.js")).read().decode()
        assert storage.stored_name("portal/govuk-frontend.min.js").removeprefix("portal/") in script


def test_a_column_of_links_needs_no_header():
    page = part("results_table", caption="x", headers=["Person", ""], rows=[["Jo", {"text": "Revoke", "url": "/r/"}]])
    assert [th.text for th in page.one("thead").all("th")] == ["Person"]


def test_where_no_step_is_the_expected_one_none_stands_out():
    page = part("page_header", title="T", steps=[step("close", "Close channel")], step_url="/s/", quiet=True)
    assert "govuk-button--secondary" in page.one("button").attrs["class"]
