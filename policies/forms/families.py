"""The forms by which families answer a policy, and a class is recorded."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Pupil
from policies.selectors.acknowledgements import STATEMENTS
from policyportal.lib.dates import today
from policyportal.lib.forms import DateField, PortalForm


class LinkForm(PortalForm):
    """Three statements; what is missing is said at each. It carries the words that they are about."""

    has_read = forms.BooleanField(label=STATEMENTS["has_read"])
    has_understood = forms.BooleanField(label=STATEMENTS["has_understood"])
    will_follow = forms.BooleanField(label=STATEMENTS["will_follow"])
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, words: str, **kwargs: Any):
        super().__init__(*args, initial={"words": words}, **kwargs)
        self.words = words

    def is_about_other_words(self) -> bool:
        """Tell whether the words have changed since the page was opened."""
        return self.is_bound and self.data.get("words", self.words) != self.words

    def statements(self) -> dict[str, bool]:
        """Return what was ticked, for the verb."""
        return {name: self.cleaned_data[name] for name in STATEMENTS}


class SlipForm(PortalForm):
    """The code of a slip; where many wrong ones came from one place a further tick is asked, and none is refused."""

    code = forms.CharField(
        label="The code on your slip",
        max_length=40,
        help_text="Twelve letters and figures. Capitals and spaces do not matter.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}),
    )
    has_slip = forms.BooleanField(label="I have the slip in front of me")

    def __init__(self, *args: Any, many_came: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not many_came:
            del self.fields["has_slip"]


class ClassForm(PortalForm):
    """Which children of a class went through the guide together, and when."""

    on = DateField(label="Date", no_future=True)
    present = forms.ModelMultipleChoiceField(
        queryset=Pupil.objects.none(),
        label="Who was there",
        help_text="Take the tick away from whoever was not. They stay outstanding.",
        error_messages={
            "required": "Tick who was there",
            "invalid_choice": "A child is not in this class any more. Look at the list again",
        },
    )

    def __init__(self, *args: Any, pupils: QuerySet[Pupil], **kwargs: Any):
        outstanding = [pupil for pupil in pupils if pupil.acknowledged_at is None]
        kwargs["initial"] = {
            "on": today(),
            "present": [pupil.pk for pupil in outstanding],
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        # Whoever is recorded already is no mistake: a second press, or a colleague's, says the same.
        self.fields["present"].queryset = pupils
        self.fields["present"].widget = forms.CheckboxSelectMultiple()
        self.fields["present"].widget.choices = [(pupil.pk, pupil.name) for pupil in outstanding]
