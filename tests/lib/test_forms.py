"""What a person meets in a form: linked labels, hints before errors, links that land, words that survive."""

from datetime import date, datetime

import pytest
import time_machine
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from policyportal.lib.dates import LONDON
from policyportal.lib.forms import DateField, DateTimeField, PortalForm, PortalFormSet, PortalModelForm
from policyportal.lib.models import OutboxMail
from tests.lib.markup import drawn_form

PLATFORMS = [("page", "School page"), ("chat", "Group chat"), ("other", "Somewhere else")]


class EveryField(PortalForm):
    """One of each kind."""

    words = forms.CharField(label="What happened?", widget=forms.Textarea, max_length=20, help_text="Facts only")
    name = forms.CharField(label="Name of the author", help_text="As shown", max_length=5)
    platform = forms.ChoiceField(label="Where was it?", choices=PLATFORMS, help_text="The main one")
    other_name = forms.CharField(label="Name of the site")
    kinds = forms.MultipleChoiceField(label="What was in it?", choices=PLATFORMS)
    handler = forms.ChoiceField(label="Handled by", choices=[("", "---------"), *((n, f"P{n}") for n in range(9))])
    seen = DateField(label="When was it seen?", help_text="For example, 27 3 2026")
    last = DateTimeField(label="Last looked at")
    file = forms.FileField(label="Screenshot", help_text="A picture")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    sure = forms.BooleanField(label="I have told somebody", help_text="In person")
    mark = forms.CharField(widget=forms.HiddenInput, initial="m")

    reveals = {"platform": {"other": ["other_name"]}}
    option_hints = {"platform": {"chat": "Any size"}}
    fieldsets = [
        ("The post", ["platform", "other_name", "kinds", "seen", "last"], "Answer what you know"),
        ("You", ["handler", "file", "password", "sure", "mark"]),
    ]


class Link(PortalForm):
    """One of several."""

    url = forms.URLField(label="Address", assume_scheme="https")


LinkSet = forms.formset_factory(Link, formset=PortalFormSet, extra=2)


def controls(page):
    return [e for tag in ("input", "select", "textarea") for e in page.all(tag) if e.attrs.get("type") != "hidden"]


@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "with errors"])
def test_every_control_has_a_label_and_every_id_is_used_once(data):
    page = drawn_form(EveryField(data))
    labels = [label.attrs["for"] for label in page.all("label")]
    ids = [element.attrs["id"] for element in page.all() if "id" in element.attrs]
    assert sorted(labels) == sorted(control.attrs["id"] for control in controls(page))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "with errors"])
def test_whatever_describes_a_control_is_on_the_page(data):
    page = drawn_form(EveryField(data))
    told = [word for element in page.all() for word in element.attrs.get("aria-describedby", "").split()]
    assert told
    assert [word for word in told if len(page.all(id=word)) != 1] == []


@pytest.mark.parametrize(
    ("holder", "name"),
    [("textarea", "words"), ("input", "name"), ("fieldset", "platform"), ("fieldset", "seen"), ("input", "sure")],
)
def test_the_hint_is_read_before_the_error(holder, name):
    page = drawn_form(EveryField({}))
    wanted = f"id_{name}_helptext id_{name}_error"
    described = [e.attrs.get("aria-describedby", "") for e in page.all(holder)]
    assert [d for d in described if d.startswith(wanted)] != []
    order = [e.attrs["id"] for e in page.all() if e.attrs.get("id", "").startswith(f"id_{name}_")]
    assert order.index(f"id_{name}_helptext") < order.index(f"id_{name}_error")


def test_errors_are_listed_in_the_order_of_the_page_and_each_link_lands_on_a_control():
    page = drawn_form(EveryField({"platform": "other"}))
    links = [a.attrs["href"].lstrip("#") for a in page.one(cls="govuk-error-summary").all("a")]
    order = [control.attrs["id"] for control in sorted(controls(page), key=place(page))]
    assert links == sorted(links, key=order.index)
    assert links[:4] == ["id_words", "id_name", "id_other_name", "id_kinds_0"]
    assert "id_seen_0" in links


def place(page):
    everything = page.all()
    return lambda element: next(n for n, other in enumerate(everything) if other is element)


def test_the_summary_can_take_focus_and_says_it_is_an_alert():
    summary = drawn_form(EveryField({})).one(cls="govuk-error-summary")
    assert summary.attrs["tabindex"] == "-1"
    assert summary.attrs["data-module"] == "govuk-error-summary"
    assert summary.all(role="alert") != []


def test_a_form_without_errors_shows_no_summary():
    assert drawn_form(EveryField()).all(cls="govuk-error-summary") == []


def test_an_error_about_the_whole_form_stands_in_the_summary_without_a_link():
    form = Link({"url": "https://example.org"})
    form.add_error(None, "That was recorded already")
    summary = drawn_form(form).one(cls="govuk-error-summary")
    assert "That was recorded already" in summary.text
    assert summary.all("a") == []


def test_what_was_typed_is_shown_again():
    typed = {
        "words": "It said no", "name": "Ana", "platform": "chat", "kinds": ["page", "other"], "handler": "3",
        "seen_day": "31", "seen_month": "febuary", "seen_year": "26",
    }  # fmt: skip
    page = drawn_form(EveryField(typed))
    assert page.one("textarea").text == "It said no"
    assert page.by_id("id_name").attrs["value"] == "Ana"
    assert [page.by_id(f"id_seen_{n}").attrs["value"] for n in range(3)] == ["31", "febuary", "26"]
    chosen = [e.attrs["value"] for e in controls(page) if "checked" in e.attrs]
    assert chosen == ["chat", "page", "other"]
    assert [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs] == ["3"]


def test_a_file_and_a_password_must_be_given_again_and_the_page_says_so_of_the_file():
    picture = SimpleUploadedFile("a.png", b"x")
    page = drawn_form(EveryField({"password": "secret words"}, {"file": picture}))
    assert "Choose the file again" in page.by_id("id_file_again").text
    assert "id_file_again" in page.by_id("id_file").attrs["aria-describedby"]
    assert "value" not in page.by_id("id_password").attrs


def test_a_file_that_was_not_chosen_is_not_asked_for_again():
    assert drawn_form(EveryField({})).all(id="id_file_again") == []


def test_short_lists_are_radios_and_long_ones_a_select():
    form = EveryField()
    assert isinstance(form.fields["platform"].widget, forms.RadioSelect)
    assert isinstance(form.fields["kinds"].widget, forms.CheckboxSelectMultiple)
    assert type(form.fields["handler"].widget) is forms.Select
    assert form.fields["handler"].choices[0] == ("", "Choose one")


def test_a_form_may_keep_a_short_list_as_a_select():
    class Kept(PortalForm):
        platform = forms.ChoiceField(choices=PLATFORMS)
        selects = ("platform",)

    assert type(Kept().fields["platform"].widget) is forms.Select


def test_a_required_radio_has_no_blank_answer_and_an_optional_one_keeps_its_words():
    class Two(PortalForm):
        must = forms.ChoiceField(choices=[("", "---------"), *PLATFORMS])
        may = forms.ChoiceField(choices=[("", "---------"), *PLATFORMS], required=False)
        any = forms.ChoiceField(choices=[("", "Any"), *PLATFORMS], required=False)

    form = Two()
    assert ["" in dict(field.choices) for field in form.fields.values()] == [False, True, True]
    assert [dict(form.fields[name].choices)[""] for name in ("may", "any")] == ["No answer", "Any"]


def test_a_group_has_a_legend_and_its_hint():
    page = drawn_form(EveryField())
    group = page.all("fieldset", cls="portal-group")[0]
    assert group.children[0].tag == "legend"
    assert group.children[0].text == "The post"
    assert "Answer what you know" in group.text


def test_a_revealed_question_stands_under_its_answer_once():
    page = drawn_form(EveryField())
    revealed = page.one(cls="portal-reveals")
    assert [label.text for label in revealed.all("label")] == ["Name of the site"]
    assert len(page.all(id="id_other_name")) == 1


def test_what_is_not_asked_is_neither_required_nor_kept():
    class Ask(PortalForm):
        platform = forms.ChoiceField(choices=PLATFORMS)
        other_name = forms.CharField(max_length=5)
        reveals = {"platform": {"other": ["other_name"]}}

    not_asked = Ask({"platform": "page", "other_name": "much too long"})
    assert not_asked.is_valid()
    assert not_asked.cleaned_data["other_name"] == ""
    assert not Ask({"platform": "other"}).is_valid()
    asked = Ask({"platform": "other", "other_name": "Wiki"})
    assert asked.is_valid()
    assert asked.cleaned_data["other_name"] == "Wiki"


def test_an_answer_is_explained_by_its_hint():
    radio = drawn_form(EveryField()).by_id("id_platform_1")
    assert radio.attrs["aria-describedby"] == "id_platform_1_hint"


def test_a_limited_text_box_counts_and_is_not_cut_by_the_browser():
    page = drawn_form(EveryField())
    box = page.one("textarea")
    assert "maxlength" not in box.attrs
    assert "id_words-info" in box.attrs["aria-describedby"].split()
    assert page.one(cls="govuk-character-count").attrs["data-maxlength"] == "20"


def test_hidden_fields_are_sent_and_not_seen():
    hidden = drawn_form(EveryField()).one("input", type="hidden")
    assert (hidden.attrs["name"], hidden.attrs["value"]) == ("mark", "m")


def test_the_form_tag_and_the_token_are_left_to_the_page():
    page = drawn_form(EveryField())
    assert page.all("form") == []
    assert page.all(name="csrfmiddlewaretoken") == []


def test_the_browser_leaves_checking_to_the_portal():
    assert [e for e in controls(drawn_form(EveryField())) if "required" in e.attrs] == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("words", "Answer “What happened?”"),
        ("name", "Enter name of the author"),
        ("handler", "Choose an answer for “Handled by”"),
        ("file", "Choose a file for “Screenshot”"),
        ("sure", "Tick “I have told somebody” to carry on"),
        ("last", "Enter the date: last looked at"),
    ],
)
def test_an_unanswered_question_says_what_to_do(name, message):
    assert EveryField({}).errors[name] == [message]


def test_other_messages_say_what_to_do_too_and_a_field_may_have_its_own():
    class Words(PortalForm):
        name = forms.CharField(label="Name", max_length=3)
        number = forms.IntegerField(label="Strikes", max_value=3)
        url = forms.URLField(label="Address", assume_scheme="https")
        own = forms.CharField(label="Own", error_messages={"required": "Say who"})

    assert Words({"name": "abcd", "number": "x", "url": "no"}).errors == {
        "name": ["Name must be 3 characters or fewer; it has 4"],
        "number": ["Strikes must be a number, like 12"],
        "url": ["Enter a web address, like https://example.org/page"],
        "own": ["Say who"],
    }
    assert Words({"name": "a", "number": "4", "url": "", "own": "x"}).errors["number"] == ["Strikes must be 3 or less"]


def test_a_set_of_forms_numbers_each_and_links_each_error():
    class Links(LinkSet):
        item_label = "Link"

    links = Links({"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-url": "no", "form-1-url": "bad"})
    page = drawn_form(links)
    assert [legend.text for legend in page.all("legend")] == ["Link 1", "Link 2"]
    landings = [a.attrs["href"].lstrip("#") for a in page.one(cls="govuk-error-summary").all("a")]
    assert landings == ["id_form-0-url", "id_form-1-url"]
    assert [len(page.all(id=landing)) for landing in landings] == [1, 1]
    assert page.by_id("id_form-TOTAL_FORMS").attrs["value"] == "2"


def test_a_model_s_instant_is_asked_for_in_parts():
    class Mail(PortalModelForm):
        class Meta:
            model = OutboxMail
            fields = ["due_at"]

    assert isinstance(Mail().fields["due_at"], DateTimeField)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["21", "11", "2026"], date(2026, 11, 21)),
        ([" 1 ", "Sept", "2026"], None),
        (["1", "sep", "2026"], date(2026, 9, 1)),
        (["1", "September", "2026"], date(2026, 9, 1)),
        (["29", "2", "2028"], date(2028, 2, 29)),
        (["01", "02", "2026"], date(2026, 2, 1)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, day):
    field = DateField(required=False)
    if day is None:
        with pytest.raises(forms.ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "message", "parts"),
    [
        (["", "11", "2026"], "Seen on must include a day", "day"),
        (["", "", "2026"], "Seen on must include a day and month", "day month"),
        (["1", "13", "2026"], "Month must be between 1 and 12", "month"),
        (["1", "x", "2026"], "Month must be between 1 and 12", "month"),
        (["1", "1", "26"], "Year must have 4 numbers, like 2026", "year"),
        (["1", "1", "1066"], "Year must be 1900 or later", "year"),
        (["31", "2", "2026"], "Day must be between 1 and 28 in February 2026", "day"),
        (["0", "1", "2026"], "Day must be between 1 and 31", "day"),
        (["٣", "1", "2026"], "Day must be between 1 and 31", "day"),
    ],
)
def test_a_wrong_day_says_which_part_is_wrong(typed, message, parts):
    with pytest.raises(forms.ValidationError) as refusal:
        DateField(label="Seen on").clean(typed)
    assert refusal.value.message == message
    assert refusal.value.code == parts


def test_the_link_of_a_wrong_day_lands_on_the_wrong_part():
    class Seen(PortalForm):
        on = DateField(label="Seen on")

    page = drawn_form(Seen({"on_day": "1", "on_month": "13", "on_year": "2026"}))
    assert page.one("a").attrs["href"] == "#id_on_1"
    assert [e.attrs["id"] for e in controls(page) if e.attrs.get("aria-invalid")] == ["id_on_1"]


@pytest.mark.parametrize("empty", [["", "", ""], [None, None, None], None])
def test_an_optional_day_may_be_left_out_and_a_required_one_may_not(empty):
    assert DateField(required=False).clean(empty) is None
    with pytest.raises(forms.ValidationError):
        DateField().clean(empty)


@time_machine.travel(datetime(2026, 11, 21, 12, 0, tzinfo=LONDON), tick=False)
def test_a_day_is_held_to_its_side_of_today():
    today, tomorrow, yesterday = ["21", "11", "2026"], ["22", "11", "2026"], ["20", "11", "2026"]
    past, future = DateField(label="Seen on", no_future=True), DateField(label="Due on", no_past=True)
    assert past.clean(today) == future.clean(today) == date(2026, 11, 21)
    with pytest.raises(forms.ValidationError, match="Seen on must be today or in the past"):
        past.clean(tomorrow)
    with pytest.raises(forms.ValidationError, match="Due on must be today or in the future"):
        future.clean(yesterday)


def test_a_stored_day_is_shown_in_its_parts_and_does_not_count_as_changed():
    class Seen(PortalForm):
        on = DateField()

    stored = {"on": date(2026, 3, 7)}
    page = drawn_form(Seen(initial=stored))
    assert [page.by_id(f"id_on_{n}").attrs["value"] for n in range(3)] == ["7", "3", "2026"]
    assert not Seen({"on_day": "07", "on_month": "mar", "on_year": "2026"}, initial=stored).has_changed()
    assert Seen({"on_day": "8", "on_month": "3", "on_year": "2026"}, initial=stored).has_changed()


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [("3:42pm", 15, 42), ("3.42 pm", 15, 42), ("15:42", 15, 42), ("12am", 0, 0), ("12pm", 12, 0), ("9 a.m.", 9, 0)],
)
def test_a_time_is_read_as_people_type_it(typed, hour, minute):
    instant = DateTimeField().clean(["21", "7", "2026", typed])
    assert instant == datetime(2026, 7, 21, hour, minute, tzinfo=LONDON)
    assert instant.utcoffset().total_seconds() == 3600


@pytest.mark.parametrize("typed", ["3", "13pm", "24:00", "3:60", "noon", "0am"])
def test_a_wrong_time_is_refused_with_an_example(typed):
    with pytest.raises(forms.ValidationError) as refusal:
        DateTimeField().clean(["21", "7", "2026", typed])
    assert refusal.value.code == "time"
    assert "3:42pm" in refusal.value.message


def test_a_time_that_the_clocks_skip_is_refused():
    with pytest.raises(forms.ValidationError, match="clocks went forward"):
        DateTimeField().clean(["29", "3", "2026", "1:30am"])


def test_a_stored_instant_is_shown_as_london_time_and_does_not_count_as_changed():
    class Seen(PortalForm):
        at = DateTimeField()

    stored = {"at": datetime(2026, 7, 21, 15, 42, tzinfo=LONDON)}
    page = drawn_form(Seen(initial=stored))
    assert page.by_id("id_at_3").attrs["value"] == "3:42pm"
    typed = {"at_day": "21", "at_month": "7", "at_year": "2026", "at_time": "15:42"}
    assert not Seen(typed, initial=stored).has_changed()


def test_words_that_look_like_html_are_shown_as_words():
    page = drawn_form(EveryField({"name": "<b>x", "words": "</textarea><script>1</script>"}))
    assert page.all("script") == []
    assert page.all("b") == []
    assert page.by_id("id_name").attrs["value"] == "<b>x"
