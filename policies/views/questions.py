"""Questions about a policy: asking one, answering one, and those still open."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.forms import AnswerForm, QuestionForm
from policies.selectors.questions import questions_of
from policies.views.found import found_policy, trail
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_open_to, take


@needs("acknowledge_policies")
def question_list(request):
    """The questions that this person asked or is asked, newest first."""
    page = page_of(questions_of(request.membership), request.GET, order="-created_at")
    rows = [
        [
            {"text": str(question), "url": question.get_absolute_url()},
            question.asked_by.name,
            question.to.name,
            question.created_at,
            {"text": question.get_status_display(), "tone": "waiting" if question.status == "opened" else "good"},
        ]
        for question in page
    ]
    headers = ["Question", "Asked by", "Goes to", "Asked", "Status"]
    return render(
        request, "policies/question_list.html", {"page": page, "rows": rows, "headers": headers, "trail": trail()}
    )


@needs("acknowledge_policies")
def question_create(request, pk):
    """Ask a question about a policy; it goes to one person."""
    policy = found_policy(request, pk)
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        try:
            question = services.ask(policy, by=request.membership, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"Your question has gone to {question.to}.")
            return redirect(question)
    context = {
        "title": "Ask a question",
        "text": "It goes to one person, who answers here. To tell of something that happened, report it instead.",
        "form": form,
        "label": "Ask question",
        "back": policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


@needs("acknowledge_policies")
def question_detail(request, pk):
    """One question, and its answer or the way to give one."""
    question = get_object_or_404(questions_of(request.membership), pk=pk)
    steps = steps_open_to(request.membership, question)
    form = AnswerForm(request.POST or None, instance=question) if steps or request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            take("answer", question, request.membership, answer=form.cleaned_data["answer"])
        except TooLate as late:
            messages.warning(request, str(late))
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        else:
            messages.success(request, f"Your answer has gone to {question.asked_by}.")
        return redirect("policies:question_detail", pk=question.pk)
    context = {
        "question": question,
        "form": form,
        "label": steps[0].label if steps else "",
        "trail": [*trail(question.policy), ("Questions", reverse("policies:question_list"))],
    }
    return render(request, "policies/question_detail.html", context)
