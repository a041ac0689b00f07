"""The forms of policies, by noun: shape, layout and messages about single fields."""

from policies.forms.acknowledging import AcknowledgementForm, CampaignForm, ChaseFilter, ScenarioForm, WhoForm
from policies.forms.approving import ApprovalForm, ConsultationForm, HandOverForm, MinuteForm, RouteForm
from policies.forms.clauses import ClausePlaceForm, DraftClauseForm, NewClauseForm
from policies.forms.documents import CommentForm, CompareForm, NewVersionForm, ReasonForm
from policies.forms.guides import GuideIntroForm, GuideTextForm
from policies.forms.references import ReferenceForm, SearchForm
from policies.forms.reviewing import NewReviewForm, ReviewForm, SuggestionAnswerForm, SuggestionForm
from policies.forms.talk import AnswerForm, QuestionForm
from policies.forms.teaching import AttendanceForm, BriefingForm, InductionItemForm

__all__ = [
    "AcknowledgementForm",
    "AnswerForm",
    "ApprovalForm",
    "AttendanceForm",
    "BriefingForm",
    "CampaignForm",
    "ChaseFilter",
    "ClausePlaceForm",
    "CommentForm",
    "CompareForm",
    "ConsultationForm",
    "DraftClauseForm",
    "GuideIntroForm",
    "GuideTextForm",
    "HandOverForm",
    "InductionItemForm",
    "MinuteForm",
    "NewClauseForm",
    "NewReviewForm",
    "NewVersionForm",
    "QuestionForm",
    "ReasonForm",
    "ReferenceForm",
    "ReviewForm",
    "RouteForm",
    "ScenarioForm",
    "SearchForm",
    "SuggestionAnswerForm",
    "SuggestionForm",
    "WhoForm",
]
