"""The forms of reports: one question first, then what happened, worded for who is asked."""

from typing import Any

from django import forms

from accounts.models import School
from incidents.forms.choices import FILE_HINT, CheckedFilesField, WordsField, fitting, grouped, platform_choices
from incidents.models import About, Incident, Report
from incidents.selectors import categories_of, kinds_for_pupils, people_of, platforms_of, risks_of
from policies.models import Clause
from policyportal.lib.forms import DateTimeField, PortalForm


class ImageryForm(PortalForm):
    """The first question of every report. Its answer decides whether there is a place for files at all."""

    imagery = forms.ChoiceField(
        label="Does it involve a picture or video of a child with no clothes on, or shown in a sexual way?",
        help_text="Do not look for it, open it or copy it to find out.",
        choices=[("no", "No"), ("yes", "Yes"), ("unsure", "I am not sure")],
        error_messages={"required": "Choose “No”, “Yes” or “I am not sure”"},
    )


class PupilImageryForm(ImageryForm):
    """The same question for a child."""

    large_choices = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        question = self.fields["imagery"]
        question.label = "Is there a photo or video of a child with no clothes on?"
        question.help_text = "You will not get into trouble for telling us."
        question.error_messages["required"] = "Pick one answer"


class PupilReportForm(PortalForm):
    """What a child tells: few questions, easy words, no files."""

    large_choices = True

    words = WordsField(
        label="What happened?",
        help_text="Use your own words. Spelling does not matter.",
        rows=4,
        error_messages={"required": "Tell us what happened. A few words are enough"},
    )
    who = forms.CharField(
        label="Who did it?", help_text="Leave this empty if you like.", max_length=300, required=False
    )
    category = forms.ChoiceField(label="What is it?", help_text="You do not have to choose.", required=False)
    place = forms.CharField(
        label="Which game, app or website?", help_text="Leave this empty if you like.", max_length=200, required=False
    )
    reporter_name = forms.CharField(
        label="What is your name?",
        help_text="You do not have to say. If you do, we can help you faster.",
        max_length=150,
        required=False,
    )
    can_talk = forms.TypedChoiceField(
        label="Can we talk to you about it?",
        choices=[("yes", "Yes"), ("no", "No, not now")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, school: School, files_allowed: bool, **kwargs: Any):
        self.kinds = {str(clause.pk): clause for clause in kinds_for_pupils(school)}
        super().__init__(*args, **kwargs)
        if self.kinds:
            named = ((key, clause.category) for key, clause in self.kinds.items())
            self.fields["category"].choices = [*named, ("", "Something else")]
            self.fields["category"].widget = forms.RadioSelect(choices=self.fields["category"].choices)
        else:
            del self.fields["category"]

    def clean_category(self) -> Clause | None:
        """Return the clause that names what was chosen."""
        return self.kinds.get(self.cleaned_data["category"])


class PublicReportForm(PortalForm):
    """What a parent or anybody else reports."""

    fieldsets = (
        ("What happened", ["about", "who", "words"]),
        ("Where it happened", ["platform", "link", "noticed_at", "uploads"]),
        (
            "You",
            ["reporter_name", "reporter_contact"],
            "Leave both empty to stay unknown. We then cannot reply.",
        ),
    )
    selects = ("platform",)

    about = forms.ChoiceField(
        label="Who is it about?", choices=About, error_messages={"required": "Choose who it is about"}
    )
    who = forms.CharField(
        label="Their name (optional)",
        help_text="Somebody it is about will not be the one who deals with it.",
        max_length=300,
        required=False,
    )
    words = WordsField(
        label="What happened?",
        help_text="Say what you saw or heard, who was there, and when. Give words as they were said.",
        error_messages={"required": "Say what happened"},
    )
    platform = forms.ChoiceField(label="Website or app (optional)", required=False)
    link = forms.URLField(
        label="Link to the page (optional)",
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={
            "invalid": "Enter the link as it stands in the address bar, like https://www.example.com/page"
        },
    )
    noticed_at = DateTimeField(
        label="When did you notice it? (optional)",
        help_text="For example, 21 11 2026 at 3:42pm.",
        required=False,
        no_future=True,
    )
    uploads = CheckedFilesField(label="Files (optional)", help_text=FILE_HINT, required=False)
    reporter_name = forms.CharField(label="Your name (optional)", max_length=150, required=False)
    reporter_contact = forms.CharField(
        label="Your e-mail address or telephone number (optional)", max_length=200, required=False
    )

    def __init__(self, *args: Any, school: School, files_allowed: bool, **kwargs: Any):
        self.school = school
        self.platforms = {str(platform.pk): platform for platform in platforms_of(school)}
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = [("", "Choose one"), *platform_choices(self.platforms.values())]
        if not files_allowed:
            del self.fields["uploads"]

    def clean_platform(self) -> Any:
        """Return the platform itself."""
        return self.platforms.get(self.cleaned_data["platform"])


class StaffReportForm(PublicReportForm):
    """What somebody who works at the school reports, with all that a case needs."""

    fieldsets = (
        ("Who was involved", ["about", "who", "category"]),
        ("What happened", ["words", "noticed_at", "safeguarding", "risk"]),
        (
            "Where and how",
            ["platform", "link", "where", "accessed_using", "purpose", "hours"],
            "Private and work use are both covered, in and out of school hours, on any equipment.",
        ),
        ("Evidence", ["uploads"]),
    )
    reveals = {"about": {About.STAFF: ["person"]}}
    selects = ("platform", "category", "risk", "where", "accessed_using", "purpose", "hours", "person")
    reporter_name = None
    reporter_contact = None

    person = forms.ChoiceField(
        label="Which member of staff or governor? (optional)",
        help_text="They are kept from the report. It goes to the headteacher, or past them if it is about them.",
        required=False,
    )
    category = forms.ChoiceField(
        label="What the policy calls it (optional)", help_text="Choose from the group that fits.", required=False
    )
    risk = forms.ChoiceField(
        label="Risk to a child (optional)",
        help_text="Choosing one makes this a safeguarding report.",
        required=False,
    )
    safeguarding = forms.BooleanField(
        label="A child may be at risk: send this to safeguarding at once", required=False
    )
    where = forms.ChoiceField(label="Kind of channel", choices=Incident.Where, initial="unknown", required=False)
    accessed_using = forms.ChoiceField(
        label="Accessed using", choices=Incident.AccessedUsing, initial="unknown", required=False
    )
    purpose = forms.ChoiceField(label="Purpose", choices=Incident.Purpose, initial="unknown", required=False)
    hours = forms.ChoiceField(label="Time of use", choices=Incident.Hours, initial="unknown", required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(post.user_id): post for post in people_of(self.school)}
        self.categories = {str(clause.pk): clause for clause in categories_of(self.school)}
        self.risks = {str(clause.pk): clause for clause in risks_of(self.school)}
        self.fields["who"].label = "Name of a pupil, parent or somebody else (optional)"
        self.fields["who"].help_text = "Full name, and class for a pupil."
        self.fields["person"].choices = [
            ("", "I am not sure, or somebody else"),
            *((key, f"{post.user.name}, {post.title}") for key, post in self.people.items()),
        ]
        self.fields["category"].choices = [("", "Choose one"), *grouped(self.categories.values())]
        self.fields["risk"].choices = [("", "None of these"), *((key, c.risk) for key, c in self.risks.items())]
        if not self.risks:
            del self.fields["risk"]

    def clean_person(self) -> Any:
        """Return the person."""
        post = self.people.get(self.cleaned_data["person"])
        return post.user if post else None

    def clean_category(self) -> Clause | None:
        """Return the clause, which must be one for whom the report is about."""
        return fitting(self.categories.get(self.cleaned_data["category"]), self.cleaned_data.get("about"))

    def clean_risk(self) -> Clause | None:
        """Return the clause that names the risk."""
        return self.risks.get(self.cleaned_data["risk"])


class ReceiptForm(PortalForm):
    """A receipt, typed from paper."""

    receipt = forms.CharField(
        label="Your receipt",
        help_text="16 letters and numbers. Small letters and missing spaces do not matter.",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )


FORMS = {
    Report.Reporter.PUPIL: PupilReportForm,
    Report.Reporter.PARENT: PublicReportForm,
    Report.Reporter.OTHER: PublicReportForm,
    Report.Reporter.STAFF: StaffReportForm,
}
