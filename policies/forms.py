"""The forms of policies: shape, layout and messages about single fields."""

from django import forms

from accounts.models import Membership
from policies.models import Clause, Comment, GuideIntro, PolicyVersion, Question, Reference
from policies.selectors.acknowledgements import STATEMENTS
from policyportal.lib.dates import Precision
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm

EMPLOYMENTS = [("", "Any"), *Membership.Employment.choices]


class AcknowledgementForm(PortalForm):
    """Three statements; what is missing is said at each."""

    has_read = forms.BooleanField(label=STATEMENTS["has_read"])
    has_understood = forms.BooleanField(label=STATEMENTS["has_understood"])
    will_follow = forms.BooleanField(label=STATEMENTS["will_follow"])


class ChaseFilter(PortalForm):
    """Narrows the people asked by how they are employed and by name."""

    employment = forms.ChoiceField(choices=EMPLOYMENTS, required=False)
    name = forms.CharField(required=False, max_length=150)
    state = forms.CharField(required=False, widget=forms.HiddenInput)

    selects = ("employment",)


class GuideTextForm(PortalModelForm):
    """The words of the guide page for one clause, and why they change."""

    reason = forms.CharField(max_length=200, required=False, label="Why the words change")

    class Meta:
        model = Clause
        fields = ["guide_text"]
        labels = {"guide_text": "Words on the guide page"}


class DraftClauseForm(PortalModelForm):
    """The heading and text of a clause of a draft, and why they change."""

    reason = forms.CharField(max_length=200, required=False, label="Why the text changes")

    class Meta:
        model = Clause
        fields = ["heading", "text"]


class GuideIntroForm(PortalModelForm):
    """The opening words of a guide page."""

    class Meta:
        model = GuideIntro
        fields = ["text"]


class ReferenceForm(PortalModelForm):
    """What a check of a law, guidance or related policy found."""

    reason = forms.CharField(max_length=200, required=False, label="What the check found")

    class Meta:
        model = Reference
        fields = ["title", "link", "owner", "edition", "review_due_on", "standing", "note"]
        labels = {"link": "Web address", "review_due_on": "When its own review is due", "standing": "How it stands"}
        help_texts = {
            "owner": "Who keeps it, such as a member of staff or a government department.",
            "edition": "Such as 2023, where it comes out anew.",
        }


class ApprovalForm(PortalModelForm):
    """Who approved a version, and when."""

    fieldsets = (("Who approved it", ["approver_kind", "approver_name", "approver_role"]),)

    class Meta:
        model = PolicyVersion
        fields = ["approver_kind", "approver_name", "approver_role", "approved_on"]
        labels = {
            "approver_kind": "Approved by",
            "approver_name": "Name of the person or body",
            "approver_role": "Role of the person, or of whoever signed",
            "approved_on": "Date of approval",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["approver_kind"].choices = [
            choice for choice in PolicyVersion.Approver.choices if choice[0] != PolicyVersion.Approver.NOT_STATED
        ]
        self.fields["approved_on"].required = True

    def facts(self) -> dict:
        """Return the facts of the approval, as the step `approve` takes them."""
        return {**self.cleaned_data, "approved_on_precision": Precision.DAY, "approved_on_raw": ""}


class ReasonForm(PortalForm):
    """Why something is done."""

    reason = forms.CharField(max_length=200, label="Reason", widget=forms.Textarea)


class NewVersionForm(ReasonForm):
    """What led to a new version, and why it is drafted."""

    trigger = forms.ChoiceField(choices=PolicyVersion.Trigger.choices, label="What led to it")

    field_order = ["trigger", "reason"]


class ConsultationForm(PortalModelForm):
    """Who was consulted before a version is published, and what they said."""

    class Meta:
        model = PolicyVersion
        fields = ["consultation"]
        labels = {"consultation": "Who was consulted, when, and what they said"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        needed = f"This policy is changed only after consulting {self.instance.policy.consults}."
        self.fields["consultation"].help_text = (
            needed if self.instance.policy.consults else "Leave blank if nobody was."
        )

    def facts(self) -> dict:
        """Return the consultation, as the step `publish` takes it."""
        return self.cleaned_data


class CommentForm(PortalModelForm):
    """What somebody says of a version under review, and whether they support it."""

    class Meta:
        model = Comment
        fields = ["text", "supports"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False


class QuestionForm(PortalModelForm):
    """A question about a policy."""

    class Meta:
        model = Question
        fields = ["text"]


class AnswerForm(PortalModelForm):
    """The answer to a question."""

    class Meta:
        model = Question
        fields = ["answer"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = True


class ReviewForm(PortalForm):
    """That a policy was reviewed and stays as it is."""

    reviewed_on = DateField(label="Date of the review", no_future=True)
    review_due_on = DateField(
        label="Date of the next review",
        required=False,
        help_text="Leave blank to follow the policy's cycle.",
    )
    note = forms.CharField(
        max_length=100, label="What the review found", help_text="Such as “No change needed; agreed by governors”."
    )

    def __init__(self, *args, questions: list[str], **kwargs):
        self.questions = {f"question_{number}": question for number, question in enumerate(questions)}
        asked = {name: forms.CharField(max_length=500, label=question) for name, question in self.questions.items()}
        # Before the form is made, so that these are dressed and worded as every other field.
        self.base_fields = type(self).base_fields | asked
        super().__init__(*args, **kwargs)

    def facts(self) -> dict:
        """Return what the review found, as the verb takes it."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in self.questions}
        return own | {"answers": {question: self.cleaned_data[name] for name, question in self.questions.items()}}


class SearchForm(PortalForm):
    """Finds laws and guidance by title."""

    q = forms.CharField(required=False, max_length=100, label="Search laws and guidance")
