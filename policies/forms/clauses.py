"""The forms of the clauses of a draft: what one says and to whom, where it stands, why it goes."""

from collections.abc import Sequence
from typing import Any

from django import forms

from policies.models import Clause
from policies.services.clauses import WRITTEN_FACTS
from policyportal.lib.forms import PortalForm, PortalModelForm

FIRST = "At the beginning"


class ClauseForm(PortalModelForm):
    """What a clause says, under which heading and to whom."""

    fieldsets = (
        (
            "Whom is it written for?",
            ["for_staff", "for_pupils", "for_parents", "for_community", "shown_at_acknowledgement"],
        ),
        (
            "If somebody breaks it",
            ["category", "about_staff", "about_pupil", "about_parent", "about_community"],
            "Leave this out where it is no rule that can be broken.",
        ),
    )
    selects = ("kind",)

    class Meta:
        model = Clause
        fields = WRITTEN_FACTS
        labels = {
            "section": "Number of the section",
            "for_staff": "Staff",
            "for_pupils": "Pupils",
            "for_parents": "Parents and carers",
            "for_community": "The wider community",
            "shown_at_acknowledgement": "Everybody who acknowledges the policy sees it first",
            "category": "What a breach is called",
            "about_staff": "Staff can break it",
            "about_pupil": "Pupils can break it",
            "about_parent": "Parents and carers can break it",
            "about_community": "Others can break it",
        }


class DraftClauseForm(ClauseForm):
    """What a clause of a draft says, and why that changes."""

    reason = forms.CharField(max_length=200, required=False, label="Why it changes")


class NewClauseForm(ClauseForm):
    """A clause that is added to a draft: what it says, behind which other one, and whether in one school alone."""

    after = forms.ChoiceField(label="It stands after", required=False)
    own = forms.BooleanField(required=False)

    selects = ("kind", "after")

    def __init__(self, *args, clauses: Sequence[Clause], school: str = "", **kwargs):
        self.places = {str(clause.pk): clause for clause in clauses}
        choices = places_among(clauses)
        self.base_fields = {**type(self).base_fields, "after": forms.ChoiceField(choices=choices, required=False)}
        if not school:
            del self.base_fields["own"]
        super().__init__(*args, **kwargs)
        self.fields["after"].label = "It stands after"
        self.fields["after"].initial = choices[-1][0]
        if school:
            self.fields["own"].label = f"Only for {school}: the other schools of this policy do not see it"

    def facts(self) -> dict[str, Any]:
        """Return the new clause, as the verb takes it."""
        return {**self.cleaned_data, "after": self.places.get(self.cleaned_data["after"])}


class ClausePlaceForm(PortalForm):
    """Behind which other clause one stands."""

    after = forms.ChoiceField(required=False, label="It stands after")

    selects = ("after",)

    def __init__(self, *args, clauses: Sequence[Clause], **kwargs):
        self.places = {str(clause.pk): clause for clause in clauses}
        choices = places_among(clauses)
        self.base_fields = {
            "after": forms.ChoiceField(choices=choices, required=False, label="It stands after"),
        }
        super().__init__(*args, **kwargs)

    def place(self) -> Clause | None:
        """Return the clause before it; None where it stands first."""
        return self.places.get(self.cleaned_data["after"])


def places_among(clauses: Sequence[Clause]) -> list[tuple[str, str]]:
    """Return the places in a draft as answers: at the beginning, or after one of its clauses."""
    return [("", FIRST), *((str(clause.pk), f"{clause.code} {clause.text}"[:80]) for clause in clauses)]
