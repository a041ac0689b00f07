"""What a person meets in a form: linked labels, hints before errors, links that land, words that survive."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from policyportal.lib.forms import DateField, DateTimeField, FilesField, PortalForm, PortalFormSet, PortalModelForm
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


def test_no_box_lets_the_browser_cut_short_what_is_pasted():
    page = drawn_form(EveryField())
    assert [box for box in page.all("input") if "maxlength" in box.attrs] == []


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


def test_words_that_look_like_html_are_shown_as_words():
    page = drawn_form(EveryField({"name": "<b>x", "words": "</textarea><script>1</script>"}))
    assert page.all("script") == []
    assert page.all("b") == []
    assert page.by_id("id_name").attrs["value"] == "<b>x"


def test_several_files_are_one_answer_and_too_many_are_refused():
    class Many(PortalForm):
        files = FilesField(label="Screenshots", most=2, required=False)

    def sent(count):
        files = [SimpleUploadedFile(f"{n}.png", b"x") for n in range(count)]
        return Many({}, MultiValueDict({"files": files}))

    assert [f.name for f in filled(sent(2))["files"]] == ["0.png", "1.png"]
    assert filled(sent(0))["files"] == []
    assert sent(3).errors["files"] == ["Choose 2 files or fewer; you chose 3"]
    assert "multiple" in drawn_form(Many()).by_id("id_files").attrs


def filled(form):
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_a_needed_file_is_asked_for():
    class Many(PortalForm):
        files = FilesField(label="Screenshots")

    assert Many({}, MultiValueDict()).errors["files"] == ["Choose a file for “Screenshots”"]


def test_a_number_is_typed_into_a_short_text_box():
    class Strikes(PortalForm):
        strikes = forms.IntegerField(min_value=1, max_value=9)

    box = drawn_form(Strikes()).by_id("id_strikes")
    assert (box.attrs["type"], box.attrs["inputmode"]) == ("text", "decimal")
    assert "govuk-input--width-5" in box.attrs["class"]
    assert "max" not in box.attrs
