"""The forms of those who deal with incidents."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Membership
from incidents.forms.choices import WordsField, fitting, grouped
from incidents.models import About, Escalation, Evidence, Incident
from incidents.selectors import categories_of, people_of
from policies.models import Clause
from policyportal.lib.attachments import FileRefused, checked
from policyportal.lib.forms import DateField, DateTimeField, PortalForm, PortalModelForm


class FilterForm(PortalForm):
    """The filters of the list of incidents."""

    selects = ("about", "category", "platform", "purpose", "accessed_using", "where", "safeguarding")

    about = forms.ChoiceField(label="About", required=False, choices=[("", "Anybody"), *About.choices])
    category = forms.ChoiceField(label="Category", required=False)
    platform = forms.ChoiceField(label="Platform", required=False)
    purpose = forms.ChoiceField(label="Purpose", required=False, choices=[("", "Any"), *Incident.Purpose.choices])
    accessed_using = forms.ChoiceField(
        label="Accessed using", required=False, choices=[("", "Any"), *Incident.AccessedUsing.choices]
    )
    where = forms.ChoiceField(label="Kind of channel", required=False, choices=[("", "Any"), *Incident.Where.choices])
    safeguarding = forms.ChoiceField(
        label="Safeguarding", required=False, choices=[("", "All reports"), ("yes", "Safeguarding only")]
    )
    tab = forms.ChoiceField(required=False, choices=Incident.Status, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: Sequence[str], platforms: Sequence[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "Any"), *((name, name) for name in categories)]
        self.fields["platform"].choices = [("", "Any"), *((str(one.pk), one.name) for one in platforms)]

    def chosen(self) -> list[str]:
        """Return the names of the filters that are set; a value that is not on offer sets none."""
        self.is_valid()
        return [name for name, value in self.cleaned_data.items() if value and name != "tab"]

    def lookups(self) -> dict[str, Any]:
        """Return what was chosen as lookups of the list."""
        names = {"category": "category_name", "platform": "platform_id"}
        found = {names.get(name, name): self.cleaned_data[name] for name in self.chosen()}
        return {**found, "safeguarding": True} if "safeguarding" in found else found


class TriageForm(PortalForm):
    """Confirming what a report is and who deals with it."""

    reveals = {"about": {About.STAFF: ["person"]}}
    selects = ("category", "handler", "person")

    about = forms.ChoiceField(label="Who is it about?", choices=About)
    person = forms.ChoiceField(
        label="Which member of staff or governor?",
        help_text="They lose sight of it at once, and it may be led to somebody else.",
        required=False,
    )
    category = forms.ChoiceField(label="What the policy calls it", required=False)
    safeguarding = forms.BooleanField(label="A child may be at risk", required=False)
    procedure = forms.CharField(label="Governing procedure", max_length=150, required=False)
    handler = forms.ChoiceField(
        label="Also give it to", help_text="They are told that a report waits.", required=False
    )

    def __init__(self, *args: Any, incident: Incident, handlers: Sequence[Membership], **kwargs: Any):
        kwargs.setdefault(
            "initial",
            {
                "about": incident.about,
                "category": incident.category_id,
                "safeguarding": incident.safeguarding,
                "procedure": incident.procedure,
            },
        )
        super().__init__(*args, **kwargs)
        self.people = {str(post.user_id): post for post in people_of(incident.school)}
        self.categories = {str(clause.pk): clause for clause in categories_of(incident.school)}
        if incident.category_id and str(incident.category_id) not in self.categories:
            self.categories[str(incident.category_id)] = incident.category
        self.handlers = {str(post.pk): post for post in handlers}
        self.fields["person"].choices = [
            ("", "Nobody further"),
            *((key, f"{post.user.name}, {post.title}") for key, post in self.people.items()),
        ]
        self.fields["category"].choices = [("", "No category"), *grouped(self.categories.values())]
        self.fields["handler"].choices = [
            ("", "Nobody else"),
            *((key, f"{post.user.name}, {post.title}") for key, post in self.handlers.items()),
        ]
        if not handlers:
            # There is nobody to give it to, or it is not for this person to give.
            del self.fields["handler"]

    def clean_person(self) -> Any:
        """Return the person."""
        post = self.people.get(self.cleaned_data["person"])
        return post.user if post else None

    def clean_category(self) -> Clause | None:
        """Return the clause, which must be one for whom the report is about."""
        return fitting(self.categories.get(self.cleaned_data["category"]), self.cleaned_data.get("about"))

    def clean_handler(self) -> Membership | None:
        """Return the post."""
        return self.handlers.get(self.cleaned_data["handler"])


class CloseForm(PortalForm):
    """How an incident ends."""

    outcome = forms.ChoiceField(
        label="Outcome", choices=Incident.Outcome, error_messages={"required": "Give an outcome"}
    )
    outcome_words = WordsField(
        label="What was decided and why",
        error_messages={"required": "Write what was decided and why"},
    )

    def __init__(self, *args: Any, may_dismiss: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not may_dismiss:
            offered = [choice for choice in Incident.Outcome.choices if choice[0] != Incident.Outcome.DISMISSAL]
            self.fields["outcome"].choices = offered


class ReopenForm(PortalForm):
    """Why a closed incident is opened again."""

    reason = WordsField(
        label="Why is it opened again?",
        error_messages={"required": "Give a reason"},
    )


class RevealForm(PortalForm):
    """Why somebody needs to know who reported."""

    reason = forms.CharField(
        label="Why do you need to know?",
        help_text="Your name, the time and this reason are logged.",
        max_length=200,
        error_messages={"required": "Give a reason"},
    )


class EscalationForm(PortalModelForm):
    """Who beyond the host was asked to act, and when."""

    asked_on = DateField(label="When were they asked?", no_future=True)

    class Meta:
        model = Escalation
        fields = ["to", "contact", "asked_on"]
        labels = {"to": "Who was asked?", "contact": "Whom did you reach there, and how?"}
        help_texts = {"contact": "Such as their IT manager, with a telephone number."}


class ResultForm(PortalModelForm):
    """What came of asking."""

    answered_on = DateField(label="When did they answer?", no_future=True)

    class Meta:
        model = Escalation
        fields = ["result", "answered_on"]
        labels = {"result": "What came of it?"}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["result"].required = True
        self.fields["result"].choices = Escalation.Result.choices


class NoteForm(PortalForm):
    """A handler's note."""

    words = WordsField(
        label="Add a note",
        help_text="Facts, not opinion. Full names. Give words as they were said.",
        rows=4,
        error_messages={"required": "Write the note"},
    )


class EvidenceForm(PortalForm):
    """A file for an incident."""

    reveals = {"kind": {Evidence.Kind.SCREENSHOT: ["captured_at", "page_address"]}}

    imagery_checked = forms.BooleanField(
        label="It does not show a child with no clothes on or in a sexual way",
        error_messages={
            "required": "Do not add such a picture, and do not look at it to check. Speak to the safeguarding lead"
        },
    )
    upload = forms.FileField(label="File", help_text="A picture, a PDF or a text file, up to 20 MB.")
    kind = forms.ChoiceField(label="What is it?", choices=Evidence.Kind)
    captured_at = DateTimeField(
        label="When was it captured?",
        no_future=True,
        error_messages={"required": "Give the day and time when the screenshot was taken"},
    )
    page_address = forms.URLField(
        label="Address of the page",
        max_length=500,
        assume_scheme="https",
        error_messages={"required": "Give the address of the page that the screenshot shows"},
    )

    def clean_upload(self) -> UploadedFile:
        """Return the file, when it may be kept."""
        try:
            checked(self.cleaned_data["upload"])
        except FileRefused as refusal:
            raise ValidationError(str(refusal)) from None
        return self.cleaned_data["upload"]
