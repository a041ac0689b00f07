"""The forms of questions about a policy and their answers."""

from policies.models import Question
from policyportal.lib.forms import PortalModelForm


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
