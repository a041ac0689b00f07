"""The filter of the history, and the place in it that an address names."""

from typing import Any

from django import forms

from policyportal.lib.forms import DateField, PortalForm
from policyportal.lib.templatetags.portal import day

Choices = list[tuple[str, str]]


class HistoryFilter(PortalForm):
    """Who did it, to what kind of thing, from which day until which."""

    selects = ("person", "kind")

    person = forms.ChoiceField(label="Who", required=False)
    kind = forms.ChoiceField(label="Kind of thing", required=False)
    since = DateField(label="From", required=False)
    until = DateField(label="Until", required=False)

    def __init__(self, *args: Any, people: Choices, kinds: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Anybody"), *people]
        self.fields["kind"].choices = [("", "Everything"), *kinds]

    def words_of(self, name: str) -> str:
        """Say in words what a field narrows the list to."""
        value = self.cleaned_data.get(name)
        if name in ("since", "until"):
            return f"{self.fields[name].label} {day(value)}" if value else str(self.fields[name].label)
        return dict(self.fields[name].choices).get(value, str(self.fields[name].label))


class MarkForm(forms.Form):
    """The parts of the address of one entry of the history."""

    slug = forms.SlugField()
    thing = forms.UUIDField()
    number = forms.IntegerField(min_value=1)
