"""The forms of channels, their lists, authorisations and platforms, and of declared links."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Membership, Role
from accounts.rules import CAPABILITIES, STAFF
from channels_mgmt.models import Channel, ChannelRule, Platform, plain_words
from channels_mgmt.rules import can_appoint, why_not_authorised
from policies.models import Clause
from policyportal.lib.dates import today
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm

YES, NO = "yes", "no"
POST, MODERATE = "post", "moderate"


class ChannelForm(PortalModelForm):
    """A channel of the register. Which roles authorise, and how many people at most, is asked of the head alone."""

    selects = ("platform", "responsible")
    reveals = {"has_agency": {YES: ["agency", "responsible"]}}
    option_hints = {
        "audience": {
            Channel.Audience.PUBLIC: "Anybody can read it",
            Channel.Audience.CLOSED: "Only members of a group that the school lets in",
            Channel.Audience.PRIVATE: "Only the school's own families",
            Channel.Audience.NOT_OURS: "Run by others, such as a group of parents",
        },
        "posting_mode": {
            Channel.PostingMode.WILL: "The list says what families can count on",
            Channel.PostingMode.MAY: "The list says what is allowed and promises nothing",
            Channel.PostingMode.NONE: "The policy does not list what is posted",
        },
    }
    fieldsets = (
        ("The channel", ["platform", "name", "address", "purpose", "audience", "posting_mode"]),
        ("Who looks after it", ["managing_roles", "managers_need_authorisation", "has_agency"]),
        ("Who may post", ["authorising_roles", "most_authorised"]),
    )

    has_agency = forms.ChoiceField(
        label="Does an outside agency host or maintain it?",
        choices=[(YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
    )
    address = forms.URLField(
        label="Web address",
        required=False,
        assume_scheme="https",
        help_text="Starts with https://. Leave empty for an app without a web page.",
    )
    agency = forms.CharField(label="Agency", max_length=150)
    responsible = forms.ModelChoiceField(Membership.objects.none(), label="Member of staff responsible for it")
    managing_roles = forms.MultipleChoiceField(
        label="Roles that manage the channel",
        required=False,
        help_text="They look after its facts and its lists, and decide on what others write there.",
    )
    authorising_roles = forms.MultipleChoiceField(
        label="Roles that decide who may post",
        required=False,
        help_text="The headteacher always may. Nobody authorises themselves.",
    )

    class Meta:
        model = Channel
        fields = (
            "platform",
            "name",
            "address",
            "purpose",
            "audience",
            "posting_mode",
            "managers_need_authorisation",
            "agency",
            "responsible",
            "most_authorised",
        )
        help_texts = {
            "managers_need_authorisation": "For a channel that nearly every role manages.",
            "most_authorised": "Leave empty for no limit.",
        }

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        platforms = Platform.objects.visible_to(membership)
        self.fields["platform"].queryset = platforms.on_offer() | platforms.filter(pk=self.instance.platform_id)
        self.fields["responsible"].queryset = posts_of_staff(membership)
        for name in ("managing_roles", "authorising_roles"):
            self.fields[name].choices = [(role, membership.school.label_of(role)) for role in Role if role in STAFF]
        self.fields["posting_mode"].choices = [
            (mode, label.capitalize()) for mode, label in Channel.PostingMode.choices
        ]
        if not can_appoint(membership, self.instance):
            for name in ("authorising_roles", "most_authorised", "managers_need_authorisation"):
                del self.fields[name]
            if self.instance.pk and not self.instance._state.adding:
                del self.fields["managing_roles"]

    def facts(self) -> dict[str, Any]:
        """Return what was answered, in the words of the verbs."""
        return {name: value for name, value in self.cleaned_data.items() if name != "has_agency"}


def initial_of(channel: Channel) -> dict[str, Any]:
    """Return what the form of a stored channel shows besides the channel's own fields."""
    roles = list(channel.roles.all())
    return {
        "has_agency": YES if channel.agency else NO,
        "managing_roles": [row.role for row in roles if row.manages],
        "authorising_roles": [row.role for row in roles if row.authorises],
    }


class AudienceForm(PortalForm):
    """Who can see a channel, said for certain."""

    option_hints = ChannelForm.option_hints
    audience = forms.ChoiceField(label="Who can see it?", choices=Channel.Audience.choices)


class ReasonForm(PortalForm):
    """Why a step is taken; it is kept in the history."""

    reason = forms.CharField(
        label="Reason", widget=forms.Textarea, max_length=300, help_text="It is kept in the history."
    )


class RuleForm(PortalModelForm):
    """A line of one of the three lists."""

    selects = ("clause",)

    class Meta:
        model = ChannelRule
        fields = ("rule_list", "title", "text", "example", "clause")
        labels = {"title": "In a few words", "text": "In full", "clause": "Clause of the policy"}
        help_texts = {
            "title": "Such as: Spam",
            "clause": "The clause that says so. It is shown beside the line.",
        }

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["clause"].queryset = (
            Clause.objects.visible_to(membership).in_force(membership.school).order_by("version", "position")
        )
        self.fields["rule_list"].choices = ChannelRule.List.choices


class AuthorisationForm(PortalForm):
    """Whom to authorise on a channel, for what, why and how long."""

    selects = ("person",)
    option_hints = {
        "may": {
            POST: "Publish on the channel in the school's name",
            MODERATE: "Decide on what others write there",
        }
    }

    person = forms.ModelChoiceField(Membership.objects.none(), label="Person")
    may = forms.MultipleChoiceField(
        label="What may this person do?",
        choices=[(POST, "Post"), (MODERATE, "Moderate")],
        error_messages={"required": "Choose whether the person may post, moderate or both"},
    )
    reason = forms.CharField(label="Reason", max_length=300, help_text="It is kept in the history.")
    starts_on = DateField(label="First day", initial=today)
    ends_on = DateField(label="Last day", required=False, help_text="Leave empty for no end.")

    def __init__(self, *args: Any, membership: Membership, channel: Channel, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.membership, self.channel = membership, channel
        self.fields["person"].queryset = posts_of_staff(membership).exclude(user=membership.user_id)

    def clean(self) -> dict[str, Any]:
        """Show what stands against it beside the field that it concerns."""
        cleaned = super().clean()
        if cleaned.get("person") and cleaned.get("starts_on"):
            wrong = why_not_authorised(
                self.membership,
                self.channel,
                cleaned["person"],
                starts_on=cleaned["starts_on"],
                ends_on=cleaned.get("ends_on"),
                allows_something=bool(cleaned.get("may")) or "may" in self.errors,
            )
            for field, sentence in wrong.items():
                self.add_error(field, sentence)
        return cleaned


class PlatformForm(PortalModelForm):
    """A platform of the school's list."""

    aliases = forms.CharField(
        label="Other names", required=False, help_text="Separate them with commas, such as: Twitter, Tweets."
    )

    class Meta:
        model = Platform
        fields = ("name", "aliases", "minimum_age", "active", "note")
        help_texts = {
            "minimum_age": "In years, as the platform states it. Leave empty where none is stated.",
            "active": "A service that has closed stays on the list for what is past.",
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["aliases"] = ", ".join(self.instance.aliases)

    def clean_aliases(self) -> list[str]:
        """Return the other names one by one."""
        return [name.strip() for name in self.cleaned_data["aliases"].split(",") if name.strip()]


def posts_of_staff(membership: Membership) -> QuerySet[Membership]:
    """Return the posts of staff of the school worked in today, by name."""
    return (
        Membership.objects.visible_to(membership)
        .current()
        .filter(role__in=STAFF)
        .select_related("user", "school")
        .order_by("user__name", "seniority")
    )


class LinkForm(PortalForm):
    """A link that somebody in post declares of themselves."""

    fieldsets = (
        ("The pupil", ["pupil_name", "pupil_class"]),
        ("The link", ["relation", "platforms", "reason"]),
    )

    pupil_name = forms.CharField(label="Full name of the pupil", max_length=150)
    pupil_class = forms.CharField(label="Class (optional)", max_length=60, required=False)
    relation = forms.CharField(
        label="How are you linked?",
        max_length=200,
        help_text="For example: my niece, my neighbour’s son, I coach her swimming club.",
    )
    platforms = forms.CharField(
        label="Where are you in contact? (optional)",
        max_length=200,
        required=False,
        help_text="For example: our family’s WhatsApp group. Leave empty if you are not in contact online.",
    )
    reason = forms.CharField(
        label="Is there anything else to know? (optional)",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def clean_pupil_name(self) -> str:
        """Return the name, which must be a full one: reports are matched with it."""
        name = self.cleaned_data["pupil_name"]
        if len(plain_words(name)) < 2:
            raise forms.ValidationError("Enter the first name and the surname")
        return name


class FamilyLinkForm(LinkForm):
    """A link that a parent or carer declares, who has no account."""

    fieldsets = (
        ("Your child", ["pupil_name", "pupil_class"]),
        ("The adult at our school", ["adult_name", "relation", "platforms", "reason"]),
        ("You", ["declarer_name", "declarer_contact", "once"]),
    )

    pupil_name = forms.CharField(label="Full name of your child", max_length=150)
    adult_name = forms.CharField(
        label="Name of the adult who works or helps here",
        max_length=150,
        help_text="As you know them, such as Mrs Field. The school finds out who is meant.",
    )
    relation = forms.CharField(
        label="How are they linked?",
        max_length=200,
        help_text="For example: she is my sister, he is a friend of our family.",
    )
    platforms = forms.CharField(
        label="Where are they in contact? (optional)",
        max_length=200,
        required=False,
        help_text="For example: our family’s WhatsApp group.",
    )
    declarer_name = forms.CharField(label="Your name", max_length=150)
    declarer_contact = forms.CharField(
        label="How can we reach you?",
        max_length=200,
        help_text="A telephone number or an e-mail address. The office tells you what was decided.",
    )
    # Asked where many came from one place: a further step, never a refusal, since a whole school is one address.
    once = forms.BooleanField(label="I have not sent this before")

    def __init__(self, *args: Any, many_came: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not many_came:
            del self.fields["once"]

    def facts(self) -> dict[str, Any]:
        """Return what is declared."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class LinksAnswerForm(PortalForm):
    """Whether somebody has links to declare: yes or no."""

    option_hints = {
        "has_links": {
            YES: "You declare each of them next",
            NO: "If that changes, come back and declare it",
        }
    }

    has_links = forms.TypedChoiceField(
        label="Do you have a link outside school with a pupil or with a pupil’s family?",
        help_text="Such as being related, or friends of the family.",
        choices=[(YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
        coerce=lambda answer: answer == YES,
    )


class LinkReasonForm(ReasonForm):
    """Why a link is refused or ended."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Whoever declared the link is told it, and it is kept in the history."


class NameAdultForm(PortalForm):
    """Which member of staff a family means."""

    selects = ("person",)
    person = forms.ModelChoiceField(Membership.objects.none(), label="Member of staff, governor or volunteer")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        posts = Membership.objects.visible_to(membership).current().filter(role__in=CAPABILITIES["declare_links"])
        self.fields["person"].queryset = posts.select_related("user", "school").order_by("user__name", "seniority")
