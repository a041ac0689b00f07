"""The forms of reviews and of what is suggested for them."""

from django import forms

from policies.models import PolicyVersion, Suggestion
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm

OUT_OF_TURN = [choice for choice in PolicyVersion.Trigger.choices if choice[0] != PolicyVersion.Trigger.YEARLY]


class NewReviewForm(PortalForm):
    """What leads to a review out of turn, and by when it is due."""

    trigger = forms.ChoiceField(choices=OUT_OF_TURN, label="What leads to it")
    reason = forms.CharField(
        max_length=300,
        label="Why",
        widget=forms.Textarea,
        help_text="Name the law, the guidance or what has changed. Governors and leaders read it: name nobody.",
    )
    due_on = DateField(label="To be done by", required=False, no_past=True)


class ReviewForm(PortalForm):
    """When a policy was reviewed, what the review found, and when the next one is due."""

    reviewed_on = DateField(label="Date of the review", no_future=True)
    review_due_on = DateField(
        label="Date of the next review",
        required=False,
        help_text="Leave blank to follow the policy's cycle.",
    )
    note = forms.CharField(
        max_length=1000,
        label="What the review found",
        help_text="Such as “No change needed; agreed by governors”.",
        widget=forms.Textarea,
    )

    def __init__(self, *args, questions: list[str], **kwargs):
        self.questions = {f"question_{number}": question for number, question in enumerate(questions)}
        asked = {name: forms.CharField(max_length=500, label=question) for name, question in self.questions.items()}
        # Before the form is made, so that these are dressed and worded as every other field.
        self.base_fields = type(self).base_fields | asked
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        """Let the next review come after this one."""
        cleaned = super().clean()
        reviewed, due = cleaned.get("reviewed_on"), cleaned.get("review_due_on")
        if reviewed and due and due <= reviewed:
            self.add_error("review_due_on", "The next review must come after this one")
        return cleaned

    def facts(self) -> dict:
        """Return what the review found, as the verb takes it."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in self.questions}
        return own | {"answers": {question: self.cleaned_data[name] for name, question in self.questions.items()}}


class SuggestionForm(PortalModelForm):
    """What somebody would change in a policy."""

    class Meta:
        model = Suggestion
        fields = ["text"]
        help_texts = {"text": "The headteacher and leaders read it, with your name. Governors read it without."}


class SuggestionAnswerForm(PortalModelForm):
    """What came of a suggestion."""

    class Meta:
        model = Suggestion
        fields = ["answer"]
        help_texts = {"answer": "Whoever suggested it reads this."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = True
