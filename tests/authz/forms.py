"""The forms of a page as a browser would send them: every field with its value, and the values that one may choose."""

from dataclasses import dataclass, field

from tests.lib.markup import Element, parse


@dataclass
class PageForm:
    """One form: where it goes, how, what it holds, and what each of its choices offers."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    # The fields in which more than one may be chosen.
    several: set[str] = field(default_factory=set)

    def with_(self, **changed: list[str]) -> dict[str, list[str]]:
        """Return what is sent when some fields are changed."""
        return {**self.values, **changed}


def forms_of(html: str, address: str) -> list[PageForm]:
    """Return the forms of the page at `address`."""
    return [_form(element, address) for element in parse(html).all("form")]


def _form(element: Element, address: str) -> PageForm:
    found = PageForm(element.attrs.get("action") or address, element.attrs.get("method", "get").lower())
    for one in element.all():
        name = one.attrs.get("name")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if one.tag == "select":
            offered = [option.attrs.get("value", option.text) for option in one.all("option")]
            chosen = [o.attrs.get("value", "") for o in one.all("option") if "selected" in o.attrs]
            found.choices[name] = offered
            if "multiple" in one.attrs:
                found.several.add(name)
            found.values[name] = chosen or [next((value for value in offered if value), "")]
        elif one.attrs.get("type") in ("radio", "checkbox"):
            value = one.attrs.get("value", "on")
            found.choices.setdefault(name, []).append(value)
            if one.attrs["type"] == "checkbox":
                found.several.add(name)
            if "checked" in one.attrs or name not in found.values:
                found.values[name] = [value]
        elif one.tag == "textarea":
            found.values[name] = [one.text or "Words"]
        elif one.tag == "input" and one.attrs.get("type") not in ("file", "submit", "search"):
            found.values[name] = [one.attrs.get("value", "")]
        elif one.tag == "button" and one.attrs.get("value"):
            found.values[name] = [one.attrs["value"]]
    return found
