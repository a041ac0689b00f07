"""Tags of the crispy template pack "portal": which control a field is, its parts, and where an error link lands."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField

from policyportal.lib.widgets import DateParts

register = template.Library()

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (DateParts, "date"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "file": "govuk-file-upload",
    "text": "govuk-input",
}


@register.filter
def kind(field: BoundField) -> str:
    """Return which of the pack's controls draws this field."""
    if field.is_hidden:
        return "hidden"
    return next((name for widget, name in KINDS if isinstance(field.field.widget, widget)), "text")


@register.simple_tag
def control(field: BoundField) -> str:
    """Draw a single control with the library's classes; Django links it to its hint and error."""
    name = kind(field)
    classes = [CLASSES[name], field.field.widget.attrs.get("class", "")]
    if field.errors:
        classes.append(f"{CLASSES[name].split()[0]}--error")
    attrs = {"class": " ".join(filter(None, classes))}
    more = f"{field.auto_id}-info" if limit_of(field) else f"{field.auto_id}_again" if file_was_chosen(field) else ""
    if limit_of(field):
        attrs["class"] += " govuk-js-character-count"
    if more:
        attrs["aria-describedby"] = f"{field.aria_describedby or ''} {more}".strip()
    return field.as_widget(attrs=attrs)


@register.filter
def limit_of(field: BoundField) -> str:
    """Return how many characters a text box takes, or "" where that is not said."""
    return str(field.field.widget.attrs.get("data-limit", ""))


@register.filter
def parts(field: BoundField) -> list[dict[str, Any]]:
    """Return the boxes of a date: name, id, value, label, classes, and whether that part is wrong."""
    widget = field.field.widget
    boxes = field.subwidgets[0].data["subwidgets"]
    wrong = wrong_parts(field)
    return [
        {
            "name": box["name"],
            "id": box["attrs"]["id"],
            "value": box["value"] or "",
            "label": label,
            "classes": box["attrs"].get("class", ""),
            "inputmode": box["attrs"].get("inputmode", ""),
            "wrong": name in wrong,
        }
        for box, label, name in zip(boxes, widget.labels, field.field.parts, strict=True)
    ]


def wrong_parts(field: BoundField) -> list[str]:
    """Return which parts of a date are wrong; all of them when the error names none."""
    if not field.errors:
        return []
    codes = {word for error in field.errors.as_data() for word in (error.code or "").split()}
    return [part for part in field.field.parts if part in codes] or list(field.field.parts)


@register.filter
def options(field: BoundField) -> list[dict[str, Any]]:
    """Return the answers of a group of radios or boxes, each with its hint and the fields it reveals."""
    hints = getattr(field.form, "option_hints", {}).get(field.name, {})
    reveals = getattr(field.form, "reveals", {}).get(field.name, {})
    return [
        {
            "id": option.id_for_label,
            "name": option.data["name"],
            "value": str(option.data["value"]),
            "label": option.choice_label,
            "checked": option.data["selected"],
            "disabled": option.data["attrs"].get("disabled", False),
            "hint": hints.get(str(option.data["value"]), ""),
            "reveals": [field.form[name] for name in reveals.get(str(option.data["value"]), ())],
        }
        for option in field.subwidgets
    ]


@register.filter
def landing(field: BoundField) -> str:
    """Return the id of the control that an error link moves to, or "" for a hidden field."""
    name = kind(field)
    if name == "hidden":
        return ""
    if name == "date":
        return next(part["id"] for part in parts(field) if part["wrong"] or not field.errors)
    if name in ("radios", "checkboxes"):
        answers = options(field)
        return answers[0]["id"] if answers else ""
    return field.id_for_label or field.auto_id


@register.filter
def error_links(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return what is wrong, in the order of the page, each with the id it links to."""
    names = form.names_in_order() if hasattr(form, "names_in_order") else list(form.fields)
    names += [name for name in form.fields if name not in names]
    links = [{"text": text, "landing": ""} for text in form.non_field_errors()]
    for name in names:
        links += [{"text": text, "landing": landing(form[name])} for text in form[name].errors]
    return links


@register.filter
def all_error_links(formset: forms.BaseFormSet) -> list[dict[str, str]]:
    """Return what is wrong in a whole set, in the order of the page."""
    links = [{"text": text, "landing": ""} for text in formset.non_form_errors()]
    return links + [link for form in formset for link in error_links(form)]


@register.filter
def file_was_chosen(field: BoundField) -> bool:
    """Say whether a file came with a form that is shown again: browsers never send it twice by themselves."""
    return bool(field.form.is_bound and field.form.errors and field.html_name in field.form.files)
