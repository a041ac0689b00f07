"""The forms of what a person puts in the place of what was read: one for each shape of a finding."""

from datetime import date
from typing import Any

from django import forms

from accounts.models import Role, School
from channels_mgmt.models import Channel
from incidents.models import About
from policies.models import Audience, Clause, PolicyVersion
from policies.reading.facts import Kind
from policyportal.lib.dates import Precision, StatedDate, read_stated
from policyportal.lib.forms import DateField, PortalForm
from policyportal.read_in.roles import in_order, roles_meant, words_of
from policyportal.read_in.words import CITED, LISTS, Value

ABOUT = [choice for choice in About.choices if choice[0] != About.UNKNOWN]


class ValueForm(PortalForm):
    """What a person puts in the place of a value that was read."""

    def __init__(self, *args: Any, value: Value, school: School, **kwargs: Any):
        self.school = school
        super().__init__(*args, initial=self.asked(value), **kwargs)

    def asked(self, value: Value) -> dict[str, Any]:
        """Return what the fields show at first."""
        return value

    def value(self) -> Value:
        """Return the value as the finding keeps it."""
        return dict(self.cleaned_data)


class TextForm(ValueForm):
    """A value of a few words."""

    text = forms.CharField(label="What it should say", max_length=300)


class NameForm(ValueForm):
    """A name."""

    name = forms.CharField(label="Name", max_length=200)


class UrlForm(ValueForm):
    """A web address."""

    url = forms.CharField(label="Web address", max_length=200)


class GroupForm(ValueForm):
    """Who is consulted."""

    group = forms.CharField(label="Who is consulted", max_length=100)


class WhatForm(ValueForm):
    """What is promised."""

    what = forms.CharField(label="What is promised", max_length=300)


class StatedDateForm(ValueForm):
    """A date as the policy words it, and the day that is meant."""

    raw = forms.CharField(
        label="As the policy words it",
        max_length=60,
        required=False,
        help_text="Such as September 2025, or Autumn term 2025.",
    )
    day = DateField(
        label="The day that is meant",
        required=False,
        help_text="For a month, its last day. Leave blank where the words say it.",
    )

    def asked(self, value: Value) -> dict[str, Any]:
        """The day is kept as text."""
        return {"raw": value.get("raw"), "day": date.fromisoformat(value["day"]) if value.get("day") else None}

    def clean(self) -> dict[str, Any]:
        """Ask for the day where the words do not tell it."""
        cleaned = super().clean()
        if not cleaned.get("raw") and not cleaned.get("day") and not self.errors:
            self.add_error("day", "Give the day, or the words of the policy")
        elif not self.errors and not self._meant().day:
            self.add_error("day", "The words do not tell which day is meant. Give the day")
        return cleaned

    def _meant(self) -> StatedDate:
        read, day = read_stated(self.cleaned_data["raw"]), self.cleaned_data["day"]
        return read if day is None or read.day == day else StatedDate(day, Precision.DAY, self.cleaned_data["raw"])

    def value(self) -> Value:
        """Return the date as a fact keeps it."""
        meant = self._meant()
        return {"raw": meant.raw, "day": meant.day.isoformat(), "precision": str(meant.precision)}


class RawDateForm(ValueForm):
    """A date that is only ever shown as it is printed."""

    raw = forms.CharField(label="As the policy prints it", max_length=60)

    def asked(self, value: Value) -> dict[str, Any]:
        """Keep who signed, which is not asked."""
        self.kept = {name: value[name] for name in ("by",) if value.get(name)}
        return value

    def value(self) -> Value:
        """Return the date as a fact keeps it."""
        return {**self.kept, **self.cleaned_data}


class ApproverForm(ValueForm):
    """Who approved the policy."""

    kind = forms.ChoiceField(label="Approved by", choices=PolicyVersion.Approver.choices)
    name = forms.CharField(label="Name of the person or body", max_length=150, required=False)
    role = forms.CharField(label="Role of the person, or of whoever signed", max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """A person and a committee have a name."""
        cleaned = super().clean()
        needs_name = cleaned.get("kind") in (PolicyVersion.Approver.PERSON, PolicyVersion.Approver.COMMITTEE)
        if needs_name and not cleaned.get("name"):
            self.add_error("name", "Give the name of the person or committee")
        return cleaned


class CycleForm(ValueForm):
    """How often the policy is reviewed."""

    months = forms.IntegerField(label="Months between two reviews", min_value=1, max_value=120)


class TriggerForm(ValueForm):
    """What leads to a review."""

    trigger = forms.ChoiceField(label="What leads to a review", choices=PolicyVersion.Trigger.choices)


class AcknowledgedForm(ValueForm):
    """Who is asked to acknowledge the policy."""

    audiences = forms.MultipleChoiceField(
        label="Who is asked to acknowledge it",
        choices=[choice for choice in Audience.choices if choice[0] != Audience.COMMUNITY],
        required=False,
    )


class ChannelForm(ValueForm):
    """A channel of the school."""

    platform = forms.CharField(label="Platform", max_length=80, help_text="Such as Facebook.")
    name = forms.CharField(label="Name of the channel", max_length=120, required=False)
    audience = forms.ChoiceField(label="Who can see it?", choices=Channel.Audience.choices)


class WhoForm(ValueForm):
    """Which posts are meant."""

    roles = forms.MultipleChoiceField(label="Which posts are meant?")

    def __init__(self, *args: Any, value: Value, school: School, **kwargs: Any):
        super().__init__(*args, value=value, school=school, **kwargs)
        self.fields["roles"].choices = [(role.value, school.label_of(role)) for role in Role]

    def asked(self, value: Value) -> dict[str, Any]:
        """Tick those that are meant."""
        self.who = words_of(value.get("who"))
        return {"roles": roles_meant(value, self.school)}

    def value(self) -> Value:
        """Keep the words of the policy beside the posts."""
        roles = in_order(self.cleaned_data["roles"])
        return {"who": self.who or ", ".join(map(self.school.label_of, roles)), "roles": roles}


class RuleForm(ValueForm):
    """A line of one of the three lists."""

    list = forms.ChoiceField(label="On which list?", choices=list(LISTS.items()))
    text = forms.CharField(label="What it says", max_length=300, widget=forms.Textarea)
    platforms = forms.CharField(
        label="On which platforms?", required=False, help_text="Separated by commas. Blank for every channel."
    )

    def asked(self, value: Value) -> dict[str, Any]:
        """Platforms stand in one line."""
        self.mode = value.get("mode") or ""
        return {**value, "platforms": ", ".join(value.get("platforms") or ())}

    def value(self) -> Value:
        """Return the line as a fact keeps it."""
        platforms = [one.strip() for one in self.cleaned_data["platforms"].split(",") if one.strip()]
        return {**self.cleaned_data, "platforms": platforms, "mode": self.mode}


class ProcedureForm(ValueForm):
    """By which procedure a report about somebody is handled."""

    about = forms.ChoiceField(label="A report about whom?", choices=ABOUT)
    name = forms.CharField(label="The procedure that governs it", max_length=120)


class ContactForm(ValueForm):
    """Whom one turns to."""

    what = forms.CharField(label="With what?", max_length=200)
    who = forms.CharField(label="Whom to turn to", max_length=200)

    def asked(self, value: Value) -> dict[str, Any]:
        """The fact's own name for it is no name for a field."""
        return {"what": value.get("for"), "who": words_of(value.get("who"))}

    def value(self) -> Value:
        """Return the contact as a fact keeps it."""
        return {"for": self.cleaned_data["what"], "who": self.cleaned_data["who"]}


class ReferenceForm(ValueForm):
    """A work that the policy leans on."""

    title = forms.CharField(label="Title", max_length=200)
    year = forms.IntegerField(label="Year", min_value=1800, max_value=2100, required=False)

    def asked(self, value: Value) -> dict[str, Any]:
        """Keep what is not asked."""
        self.kept = {name: value[name] for name in ("link", "cited") if value.get(name)}
        return value

    def value(self) -> Value:
        """Return the work as a fact keeps it."""
        return {**self.kept, **self.cleaned_data}


class RelatedPolicyForm(ValueForm):
    """Another policy, listed or only named."""

    title = forms.CharField(label="Title", max_length=200)
    cited = forms.ChoiceField(
        label="Where is it named?",
        choices=[("listed", "In the list of related policies"), ("body", CITED["body"].capitalize())],
    )


class AgeForm(ValueForm):
    """A minimum age."""

    platform = forms.CharField(label="Platform", max_length=80, required=False, help_text="Blank for most platforms.")
    age = forms.IntegerField(label="Years", min_value=1, max_value=99)


class DeadlineForm(ValueForm):
    """Within how many hours something is done."""

    what = forms.CharField(label="What is done", max_length=200)
    hours = forms.IntegerField(label="Within how many hours", min_value=1, max_value=10_000)


class ConsentForm(ValueForm):
    """How consent is given."""

    of = forms.CharField(label="Consent to what, or of whom", max_length=200)
    basis = forms.ChoiceField(
        label="How is it given?",
        choices=[("opt_in", "Somebody says yes"), ("opt_out", "It counts as given unless somebody objects")],
    )


class ClauseForm(ValueForm):
    """A clause: where it stands, what it says, for whom, and what a breach of it is called."""

    heading = forms.CharField(label="Heading", max_length=150, required=False)
    text = forms.CharField(label="What it says", widget=forms.Textarea)
    kind = forms.ChoiceField(label="What kind of clause is it?", choices=Clause.Kind.choices)
    audiences = forms.MultipleChoiceField(label="For whom is it written?", choices=Audience.choices, required=False)
    category = forms.CharField(
        label="What a breach of it is called",
        max_length=120,
        required=False,
        help_text="Shown when somebody reports one. Blank where it cannot be breached.",
    )
    about = forms.MultipleChoiceField(label="Who could breach it?", choices=ABOUT, required=False)

    def asked(self, value: Value) -> dict[str, Any]:
        """Its mark and its section stay."""
        self.kept = {name: value.get(name) or "" for name in ("code", "section")}
        return value

    def value(self) -> Value:
        """Return the clause as a fact keeps it."""
        return {**self.kept, **self.cleaned_data}


class SectionForm(ValueForm):
    """A heading or a line of the contents page."""

    number = forms.CharField(label="Number", max_length=20, required=False)
    title = forms.CharField(label="Title", max_length=150)

    def asked(self, value: Value) -> dict[str, Any]:
        """Keep what is not asked."""
        self.kept = {name: value[name] for name in ("level", "page") if name in value}
        return value

    def value(self) -> Value:
        """Return it as a fact keeps it."""
        return {**self.kept, **self.cleaned_data}


FORMS: dict[Kind, type[ValueForm]] = {
    Kind.TITLE: TextForm,
    Kind.SCHOOL: NameForm,
    Kind.FEDERATION: NameForm,
    Kind.WEBSITE: UrlForm,
    Kind.MOTTO: TextForm,
    Kind.VERSION: TextForm,
    Kind.ISSUED: RawDateForm,
    Kind.APPROVER: ApproverForm,
    Kind.APPROVED_ON: StatedDateForm,
    Kind.SIGNED: RawDateForm,
    Kind.LAST_REVIEWED_ON: StatedDateForm,
    Kind.REVIEW_DUE_ON: StatedDateForm,
    Kind.CYCLE: CycleForm,
    Kind.REVIEW_TRIGGER: TriggerForm,
    Kind.REVIEW_QUESTION: TextForm,
    Kind.CONSULTS: GroupForm,
    Kind.CHANNEL: ChannelForm,
    Kind.MANAGED_BY: WhoForm,
    Kind.AUTHORISED_BY: WhoForm,
    Kind.SUGGESTIONS_TO: WhoForm,
    Kind.PLATFORM: NameForm,
    Kind.MINIMUM_AGE: AgeForm,
    Kind.CHANNEL_RULE: RuleForm,
    Kind.ACKNOWLEDGED_BY: AcknowledgedForm,
    Kind.PROCEDURE: ProcedureForm,
    Kind.CONTACT: ContactForm,
    Kind.ROLE: NameForm,
    Kind.DEADLINE: DeadlineForm,
    Kind.TRAINING: WhatForm,
    Kind.CONSENT: ConsentForm,
    Kind.RELATED_POLICY: RelatedPolicyForm,
    Kind.LEGISLATION: ReferenceForm,
    Kind.GUIDANCE: ReferenceForm,
    Kind.CLAUSE: ClauseForm,
    Kind.SECTION: SectionForm,
    Kind.CONTENTS_ENTRY: SectionForm,
}
