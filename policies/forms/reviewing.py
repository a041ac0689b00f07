"""The forms of a review."""

from django import forms

from policyportal.lib.forms import DateField, PortalForm


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
