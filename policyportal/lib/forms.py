"""The forms every page uses: plain-English messages, dates in parts, radios for short lists, groups of fields."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, LayoutObject
from django import forms

from policyportal.lib.datefields import DateField, DateTimeField
from policyportal.lib.filefields import FilesField
from policyportal.lib.widgets import DateParts

__all__ = [
    "DateField",
    "DateTimeField",
    "FilesField",
    "PortalFields",
    "PortalForm",
    "PortalFormSet",
    "PortalModelForm",
]

# Up to this many choices are shown at once; a longer list folds into a select.
MOST_RADIOS = 7

# How many lines a text box shows, unless the form says otherwise; Django's own default is taller.
ROWS = 5
DJANGO_ROWS = "10"

DJANGO_BLANK = "---------"
BLANK_SELECT = "Choose one"
BLANK_RADIO = "No answer"


def lower_first(words: str) -> str:
    """Return the words ready to stand inside a sentence; an acronym keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def portal_helper() -> FormHelper:
    """Return a helper that leaves the form tag, the token and the buttons to the page."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    return helper


class Group(Fieldset):
    """A legend over several fields, with an optional hint."""

    def __init__(self, legend: str, *names: str, hint: str = ""):
        super().__init__(legend, *names)
        self.hint = hint


class PortalFields:
    """What the portal adds to a form, whatever it is made from.

    `fieldsets` groups fields: ("Legend", ["field", ...]) or ("Legend", [...], "Hint"). Fields left out stand on
    their own before the groups.
    `reveals` asks a further question under one answer: {"platform": {"other": ["other_name"]}}. What is not asked
    is neither required nor kept.
    `option_hints` explains answers: {"platform": {"other": "Say which below"}}.
    `selects` names fields that stay a select however short their list is.
    `large_choices` draws big radios and boxes, for pages that pupils use.
    """

    fieldsets: Sequence[tuple] = ()
    reveals: dict[str, dict[str, Sequence[str]]] = {}
    option_hints: dict[str, dict[str, str]] = {}
    selects: Sequence[str] = ()
    large_choices = False
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            if type(field) is forms.DateField:
                field = self.fields[name] = dated(DateField, field)
            elif type(field) is forms.DateTimeField:
                field = self.fields[name] = dated(DateTimeField, field)
            dress(field, as_select=name in self.selects)
            speak_plainly(field)
        for name in self.unasked():
            self.fields[name].required = False

    def unasked(self) -> list[str]:
        """Return the fields that hang on an answer which was not given."""
        if not self.is_bound:
            return []
        names: list[str] = []
        for parent, answers in self.reveals.items():
            given = self[parent].data
            given = given if isinstance(given, (list, tuple)) else [given]
            for answer, children in answers.items():
                if answer not in given:
                    names.extend(children)
        return names

    def clean(self) -> dict[str, Any]:
        """Drop what was typed under an answer that was then not given."""
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        for name in self.unasked():
            self._errors.pop(name, None)
            cleaned[name] = self.fields[name].clean(None)
        return cleaned

    @cached_property
    def helper(self) -> FormHelper:
        """The crispy helper: fields in order, grouped as `fieldsets` says."""
        helper = portal_helper()
        helper.layout = Layout(*self.layout_parts())
        return helper

    def layout_parts(self) -> list[str | LayoutObject]:
        """Return the top of the layout; a revealed field is drawn by its parent."""
        revealed = {name for answers in self.reveals.values() for names in answers.values() for name in names}
        grouped = {name for group in self.fieldsets for name in group[1]}
        parts: list[str | LayoutObject] = [n for n in self.fields if n not in grouped and n not in revealed]
        for legend, names, *hint in self.fieldsets:
            shown = [name for name in names if name in self.fields and name not in revealed]
            if shown:
                parts.append(Group(legend, *shown, hint=hint[0] if hint else ""))
        return parts

    def names_in_order(self) -> list[str]:
        """Return every field as the page shows them, each revealed one after its parent."""
        names: list[str] = []
        for pointer in self.helper.layout.get_field_names():
            names.append(pointer.name)
            for children in self.reveals.get(pointer.name, {}).values():
                names.extend(children)
        return names


class PortalForm(PortalFields, forms.Form):
    """A form made of fields."""


class PortalModelForm(PortalFields, forms.ModelForm):
    """A form made from a model."""


class PortalFormSet(forms.BaseFormSet):
    """Several of one form on a page; `item_label` heads each: "Link 1", "Link 2"."""

    item_label = "Item"

    @cached_property
    def helper(self) -> FormHelper:
        """The crispy helper of the set."""
        return portal_helper()


def dated(kind: type[forms.Field], field: forms.Field) -> forms.Field:
    """Return the field as one with a box for each part; everything else about it stays."""
    return kind(
        required=field.required,
        label=field.label,
        initial=field.initial,
        help_text=field.help_text,
        disabled=field.disabled,
        validators=field.validators,
    )


def dress(field: forms.Field, *, as_select: bool) -> None:
    """Choose the control that suits the field, where the form did not choose one itself."""
    widget = type(field.widget)
    # The browser would cut a long paste short in silence; the message beside the field tells instead.
    limit = field.widget.attrs.pop("maxlength", None)
    if widget is forms.SelectMultiple:
        field.widget = forms.CheckboxSelectMultiple(field.widget.attrs, field.choices)
    elif isinstance(field, forms.ModelChoiceField):
        # Counting rows to choose a control would cost a query for every form shown.
        if field.empty_label == DJANGO_BLANK:
            field.empty_label = BLANK_RADIO if widget is forms.RadioSelect else BLANK_SELECT
    elif isinstance(field, forms.ChoiceField) and widget in (forms.Select, forms.RadioSelect):
        dress_choice(field, as_select=as_select and widget is forms.Select)
    elif widget is forms.NumberInput:
        # A wheel over a number box changes it unseen, so numbers are typed into a text box.
        kept = {name: value for name, value in field.widget.attrs.items() if name not in ("min", "max", "step")}
        field.widget = forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-5", **kept})
    elif widget is forms.Textarea:
        if limit is not None:
            field.widget.attrs["data-limit"] = limit
        field.widget.attrs.pop("cols", None)
        rows = str(field.widget.attrs.get("rows", ""))
        field.widget.attrs["rows"] = ROWS if rows in ("", DJANGO_ROWS) else rows


def dress_choice(field: forms.ChoiceField, *, as_select: bool) -> None:
    """Show a short list as radios, and word its blank answer; a required radio needs none.

    A list that is still empty will be filled by the form, and stays as it is.
    """
    choices = list(field.choices)
    if not choices:
        return
    real = [choice for choice in choices if choice[0] not in ("", None)]
    as_radios = isinstance(field.widget, forms.RadioSelect) or (len(real) <= MOST_RADIOS and not as_select)
    if as_radios:
        field.widget = forms.RadioSelect(field.widget.attrs)
    has_blank = len(choices) > len(real) and not (as_radios and field.required)
    blank = next((str(words) for value, words in choices if value in ("", None)), "")
    if blank == DJANGO_BLANK:
        blank = BLANK_RADIO if as_radios else BLANK_SELECT
    field.choices = [("", blank), *real] if has_blank else real


def speak_plainly(field: forms.Field) -> None:
    """Give the field messages that say what to do, where it still has Django's."""
    label = str(field.label or "")
    subject = f"“{label}”" if label.endswith("?") else label or "This answer"
    messages = {"required": required_message(field, label), "invalid_choice": "Choose one of the answers shown"}
    if isinstance(field, forms.CharField):
        messages["max_length"] = f"{subject} must be %(limit_value)d characters or fewer; it has %(show_value)d"
        messages["min_length"] = f"{subject} must be %(limit_value)d characters or more; it has %(show_value)d"
    if isinstance(field, forms.URLField):
        messages["invalid"] = "Enter a web address, like https://example.org/page"
    if isinstance(field, forms.EmailField):
        messages["invalid"] = "Enter an e-mail address, like name@example.org"
    if isinstance(field, forms.IntegerField):
        messages["invalid"] = f"{subject} must be a number, like 12"
        messages["max_value"] = f"{subject} must be %(limit_value)s or less"
        messages["min_value"] = f"{subject} must be %(limit_value)s or more"
    defaults: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        defaults.update(getattr(kind, "default_error_messages", {}))
    for code, message in messages.items():
        if field.error_messages.get(code) == defaults.get(code):
            field.error_messages[code] = message


def required_message(field: forms.Field, label: str) -> str:
    """Return what to do about an unanswered question, in the words of its label."""
    if not label:
        return "Answer this question"
    if label.endswith("?"):
        return f"Answer “{label}”"
    if isinstance(field, forms.BooleanField):
        return f"Tick “{label}” to carry on"
    if isinstance(field, forms.FileField):
        return f"Choose a file for “{label}”"
    if isinstance(field, forms.ChoiceField):
        return f"Choose an answer for “{label}”"
    if isinstance(field.widget, DateParts):
        return f"Enter the date: {lower_first(label)}"
    return f"Enter {lower_first(label)}"
