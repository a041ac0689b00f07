"""The forms of policies, by noun: shape, layout and messages about single fields."""

from policies.forms.acknowledging import AcknowledgementForm, ChaseFilter
from policies.forms.documents import (
    ApprovalForm,
    CommentForm,
    ConsultationForm,
    DraftClauseForm,
    NewVersionForm,
    ReasonForm,
)
from policies.forms.guides import GuideIntroForm, GuideTextForm
from policies.forms.references import ReferenceForm, SearchForm
from policies.forms.reviewing import NewReviewForm, ReviewForm, SuggestionAnswerForm, SuggestionForm
from policies.forms.talk import AnswerForm, QuestionForm

__all__ = [
    "AcknowledgementForm",
    "AnswerForm",
    "ApprovalForm",
    "ChaseFilter",
    "CommentForm",
    "ConsultationForm",
    "DraftClauseForm",
    "GuideIntroForm",
    "GuideTextForm",
    "NewReviewForm",
    "NewVersionForm",
    "QuestionForm",
    "ReasonForm",
    "ReferenceForm",
    "ReviewForm",
    "SearchForm",
    "SuggestionAnswerForm",
    "SuggestionForm",
]
