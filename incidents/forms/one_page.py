"""The reports of one page without files: contact by a pupil, material about oneself, a concern told in private."""

from typing import Any

from django import forms

from accounts.models import Membership
from channels_mgmt.models import FamilyLink
from channels_mgmt.selectors import links_to_choose
from incidents.forms.choices import WordsField, platform_choices
from incidents.models import About
from incidents.selectors import platforms_of
from policyportal.lib.forms import DateTimeField, PortalForm, lower_first

CONTACT_BY_PUPIL = "Contact by a pupil on a personal account"
OTHER_PUPIL = "other"
HINTS_OF_LINK = {
    FamilyLink.Status.APPROVED: "Approved exception: no report is needed. What you add here is kept as a note",
    FamilyLink.Status.DECLARED: "Not decided yet: this is reported as usual",
}


class OnePageForm(PortalForm):
    """A report of one page, without files."""

    def answers(self) -> dict[str, Any]:
        """Return what was answered, and what is true of every report of this kind."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class ShortReportForm(OnePageForm):
    """A report by staff that needs a few answers only; each kind knows what else is true of it."""

    title = ""
    hint = ""
    button = "Send report"
    selects = ("platform",)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.platforms = {str(platform.pk): platform for platform in platforms_of(by.school)}
        self.fields["platform"].choices = [("", "Choose one"), *platform_choices(self.platforms.values())]

    def clean_platform(self) -> Any:
        """Return the platform itself."""
        return self.platforms.get(self.cleaned_data["platform"])


class ContactForm(ShortReportForm):
    """That a pupil got in touch with a member of staff on a personal account [PWP-71, CRO-69].

    Whoever declared a link chooses its pupil by name; one that is an approved exception needs no report [PWP-72].
    """

    title = "A pupil contacted me"
    hint = (
        "The safeguarding lead and the leaders are told at once. Nobody else will read it. "
        "Do not answer the pupil, and do not send or save pictures."
    )

    reveals = {"pupil": {OTHER_PUPIL: ["who"]}}

    pupil = forms.ChoiceField(label="Which pupil?", error_messages={"required": "Choose which pupil it was"})
    who = forms.CharField(
        label="Which pupil?",
        help_text="Full name and class.",
        max_length=300,
        error_messages={"required": "Enter the pupil’s name"},
    )
    noticed_at = DateTimeField(
        label="When did the pupil contact you?",
        no_future=True,
        error_messages={"required": "Enter the day and time when the pupil contacted you"},
    )
    platform = forms.ChoiceField(label="Website or app (optional)", required=False)
    words = WordsField(
        label="What did the pupil write or do?",
        help_text="Give words as they were written. Say whether you answered.",
        error_messages={"required": "Say what the pupil wrote or did"},
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any):
        self.links = {str(link.pk): link for link in links_to_choose(by)}
        if not self.links:
            self.reveals = {}
        super().__init__(*args, by=by, **kwargs)
        if not self.links:
            del self.fields["pupil"]
            return
        pupil, other = self.fields["pupil"], (OTHER_PUPIL, "Another pupil, or contact that worries me")
        pupil.choices = [*((key, link.pupil) for key, link in self.links.items()), other]
        pupil.widget = forms.RadioSelect(choices=pupil.choices)
        self.fields["who"].label = "Their name"
        self.button = "Send report or save note"
        hints = {key: HINTS_OF_LINK[link.status] for key, link in self.links.items()}
        self.option_hints = {"pupil": hints}
        if self.excused_by(self.data.get("pupil", "")):
            # Where no report is needed, none of its questions is.
            self.fields["words"].required = self.fields["noticed_at"].required = False

    def excused_by(self, chosen: str) -> FamilyLink | None:
        """Return the approved link that was chosen, or None."""
        link = self.links.get(chosen)
        return link if link and link.status == FamilyLink.Status.APPROVED else None

    def excuse(self) -> FamilyLink | None:
        """Return the approved link that makes a report needless, or None."""
        return self.excused_by(self.cleaned_data.get("pupil", ""))

    def answers(self) -> dict[str, Any]:
        """It is about a pupil, and a matter of safeguarding; an undecided link excuses nothing yet [GRA-50]."""
        given = super().answers()
        link = self.links.get(given.pop("pupil", ""))
        if link:
            given |= {"who": link.pupil, "family_link": link}
        return {
            **given,
            "about": About.PUPIL,
            "safeguarding": True,
            "category_name": CONTACT_BY_PUPIL,
        }


class AboutMeForm(ShortReportForm):
    """Material about a member of staff that harms them [MLC-52]."""

    title = "Something online is about me"
    hint = "The headteacher and the leaders are told at once. If it is by one of them, say so and it goes past them."

    kind = forms.ChoiceField(
        label="What is it?",
        choices=[
            ("inaccurate", "Inaccurate"),
            ("inappropriate", "Inappropriate"),
            ("inflammatory", "Inflammatory"),
            ("image", "My image, used without permission"),
        ],
        error_messages={"required": "Choose what it is"},
    )
    words = WordsField(label="What does it say or show?", error_messages={"required": "Say what it says or shows"})
    who = forms.CharField(label="Who posted it? (optional)", max_length=300, required=False)
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

    def answers(self) -> dict[str, Any]:
        """The kind becomes its category."""
        given = super().answers()
        kind = dict(self.fields["kind"].choices)[given.pop("kind")]
        return {**given, "category_name": f"Material about me: {lower_first(kind)}"}


class ConcernForm(OnePageForm):
    """A worry or complaint told to the school in private."""

    words = WordsField(
        label="What is your concern?",
        error_messages={"required": "Say what your concern is"},
    )
    who = forms.CharField(
        label="Who is it about? (optional)",
        help_text="Somebody it is about will not be the one who deals with it.",
        max_length=300,
        required=False,
    )
    reporter_name = forms.CharField(label="Your name (optional)", max_length=150, required=False)
    reporter_contact = forms.CharField(
        label="Your e-mail address or telephone number (optional)", max_length=200, required=False
    )


class PupilConcernForm(OnePageForm):
    """The same for a child."""

    words = WordsField(
        label="What are you worried about?",
        help_text="Use your own words. Spelling does not matter.",
        rows=4,
        error_messages={"required": "Tell us what you are worried about. A few words are enough"},
    )
    who = forms.CharField(
        label="Is it about somebody?", help_text="Leave this empty if you like.", max_length=300, required=False
    )
    reporter_name = forms.CharField(
        label="What is your name?", help_text="You do not have to say.", max_length=150, required=False
    )
