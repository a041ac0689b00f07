"""Dealing with what was reported: the list, one incident, its steps, notes and files."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import Membership
from accounts.second_step import lead_to_second_step, second_step_asked_for
from incidents.access import may_open_incidents, standing_in, visible_incidents
from incidents.facts import facts_of, reports_of
from incidents.forms.handling import (
    CloseForm,
    EscalationForm,
    EvidenceForm,
    FilterForm,
    NoteForm,
    ReopenForm,
    ResultForm,
    RevealForm,
    TriageForm,
)
from incidents.models import About, Incident
from incidents.rules import (
    can_assign,
    can_dismiss,
    can_handle,
    can_mark_significant,
    can_read_looks,
    can_reveal_reporter,
)
from incidents.selectors import (
    category_names,
    counts_of_open,
    evidence_of,
    is_excused,
    platforms_of,
    possible_handlers,
    ready_to_show,
    timeline,
    who_was_told,
)
from incidents.services import (
    add_evidence,
    add_note,
    close,
    escalate,
    mark_seen,
    record_result,
    record_view,
    reopen,
    triage,
)
from policyportal.lib.attachments import FileRefused, download
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to

LIST = "Incidents"
DISK_FULL = "The file could not be saved. Try again later; nothing else was changed"


class SecondStepFirst(Exception):
    """The incident may be seen, after a second step in this session."""

    def __init__(self, incident: Incident):
        super().__init__("second step first")
        self.incident = incident


def opens_incidents(view: Callable) -> Callable:
    """Let a view run only for somebody who has incidents to open: by their post, or because one was led to them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.membership is None:
            return redirect("accounts:school_choose")
        if not may_open_incidents(request.membership):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except SecondStepFirst as first:
            # Whoever was about to send something comes back to the incident, not to a page that only takes a form.
            back = request.get_full_path() if request.method == "GET" else first.incident.get_absolute_url()
            return lead_to_second_step(request, back)

    guarded.capability = "view_incidents"
    return guarded


def found(request: HttpRequest, pk: UUID) -> Incident:
    """Return an incident that this person may see; any other id is not there, and nothing tells why.

    What is confidential or sealed waits for a second step in this session: asked only of whoever may see it.
    """
    incident = get_object_or_404(ready_to_show(visible_incidents(request.membership)), pk=pk)
    if incident.confidentiality != Incident.Confidentiality.ORDINARY and second_step_asked_for(request):
        raise SecondStepFirst(incident)
    return incident


@opens_incidents
def incident_list(request):
    """The incidents that this person may see, by status and filter."""
    visible = visible_incidents(request.membership)
    form = FilterForm(
        request.GET,
        categories=category_names(request.membership.school),
        platforms=platforms_of(request.membership.school),
    )
    incidents = visible.filter(**form.lookups())
    shown = form.cleaned_data.get("tab") or Incident.Status.REPORTED
    order = "-reported_at" if shown == Incident.Status.CLOSED else "due_at"
    page = page_of(incidents.filter(status=shown).select_related("platform"), request.GET, order=order)
    counts = counts_of_open(incidents)
    context = {
        "form": form,
        "tabs": [
            {
                "label": label if value == Incident.Status.CLOSED else f"{label} ({counts.get(value, 0)})",
                "url": f"?{query_with(request.GET, tab=value)}",
                "current": value == shown,
            }
            for value, label in Incident.Status.choices
        ],
        "chosen": chips_of(form, request.GET),
        "clear_url": f"{reverse('incidents:incident_list')}?tab={shown}",
        "headers": ["Reference", "About", "Category", "Where", "Reported", "Look at it by", "Confidentiality"],
        "rows": [row_of(incident) for incident in page],
        "page": page,
        "filtered": bool(form.lookups()),
        "shown": Incident.Status(shown).label,
    }
    return render(request, "incidents/incident_list.html", context)


def query_with(query: QueryDict, **changes: str) -> str:
    """Return the query string with some values changed and without the page mark."""
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    for name, value in changes.items():
        kept[name] = value
    return kept.urlencode()


def chips_of(form: FilterForm, query: QueryDict) -> list[dict[str, str]]:
    """Return each filter that is set, with the list without it."""
    chips = []
    for name in form.chosen():
        words = dict(form.fields[name].choices).get(form.cleaned_data[name], form.cleaned_data[name])
        chips.append({"label": f"{form.fields[name].label}: {words}", "url": f"?{query_with(query, **{name: ''})}"})
    return chips


def row_of(incident: Incident) -> list:
    """Return an incident as a row of the list."""
    ordinary = incident.confidentiality == Incident.Confidentiality.ORDINARY
    closed = incident.status == Incident.Status.CLOSED
    return [
        {
            "text": incident.reference,
            "url": incident.get_absolute_url(),
            "hint": "Safeguarding" if incident.safeguarding else "",
        },
        "Not said" if incident.about == About.UNKNOWN else incident.get_about_display(),
        incident.category_name,
        incident.platform.name if incident.platform else "",
        incident.reported_at,
        {"due": incident.due_at, "done": closed},
        {"text": incident.get_confidentiality_display(), "tone": "" if ordinary else "waiting"},
    ]


@opens_incidents
@transaction.atomic
def incident_detail(request, pk):
    """One incident: how it stands, its facts, what was reported, its files, notes and past."""
    incident = found(request, pk)
    mark_seen(who_was_told(incident), request.membership)
    record_view(incident, request.membership, "incident")
    return show_incident(request, incident)


def show_incident(request: HttpRequest, incident: Incident, *, with_reporter: bool = False) -> HttpResponse:
    """Return the page of an incident that this person may see; whoever calls has logged that they look."""
    membership = request.membership
    standing = standing_in(membership, incident)
    context = {
        "incident": incident,
        "is_open": incident.status != Incident.Status.CLOSED,
        "steps": steps_open_to(membership, incident),
        "facts": facts_of(incident),
        "reports": reports_of(incident, with_reporter=with_reporter),
        "told": [
            [row.user.name, row.get_standing_display(), row.seen_at or "Not yet"] for row in who_was_told(incident)
        ],
        "told_headers": ["Person", "As", "Opened"],
        "evidence": evidence_of(incident),
        "escalations": incident.escalations.select_related("asked_by"),
        "reads_notes": standing.may_read_notes,
        "notes": incident.notes.select_related("written_by"),
        "handles": standing.may_handle,
        "excused": standing.may_handle and is_excused(incident),
        "marks": can_mark_significant(membership, incident),
        "reads_looks": can_read_looks(membership, incident),
        "reveals": not with_reporter and can_reveal_reporter(membership, incident),
        "note_form": NoteForm(),
        "events": timeline(incident) if standing.may_read_notes else [],
        "trail": [(LIST, reverse("incidents:incident_list"))],
    }
    return render(request, "incidents/incident_detail.html", context)


def handled(request: HttpRequest, pk: UUID, rule: Callable[[Membership, Incident], bool] = can_handle) -> Incident:
    """Return an incident that this person may deal with; one that they may only read refuses them."""
    incident = found(request, pk)
    if not rule(request.membership, incident):
        raise PermissionDenied
    return incident


@opens_incidents
@transaction.atomic
def incident_step(request, pk):
    """Take an incident on, change its facts, close it or open it again."""
    step = {step.name: step for step in steps_of(Incident)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    incident = handled(request, pk)
    form = form_of_step(step.name, incident, request)
    try:
        if incident.status not in step.sources:
            raise TooLate(incident)
        if request.method == "POST" and form.is_valid():
            taken = take_step(step.name, incident, request.membership, form.cleaned_data)
            messages.success(request, f"{taken.reference} is now: {taken.get_status_display().lower()}.")
            return after_a_step(request, taken)
    except TooLate as late:
        return too_late(request, incident, late)
    except Refused as refusal:
        form.add_error(None, refusal.messages)
    except NotAllowed:
        form.add_error("handler", "This person cannot handle this report")
    return ask(request, incident, form, step.label, name="step", value=step.name)


def form_of_step(name: str, incident: Incident, request: HttpRequest) -> CloseForm | ReopenForm | TriageForm:
    """Return the form that a step asks with."""
    data = request.POST if request.method == "POST" else None
    if name == "close":
        return CloseForm(data, may_dismiss=can_dismiss(request.membership, incident))
    if name == "reopen":
        return ReopenForm(data)
    handlers = possible_handlers(incident) if can_assign(request.membership, incident) else []
    return TriageForm(data, incident=incident, handlers=handlers)


def take_step(name: str, incident: Incident, by, answers: dict) -> Incident:
    """Call the verb of a step."""
    if name == "close":
        return close(incident, by, **answers)
    if name == "reopen":
        return reopen(incident, by, **answers)
    return triage(incident, by, step=name, **answers)


def after_a_step(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Go back to the incident, or to the list where the step took it out of this person's sight."""
    if visible_incidents(request.membership).filter(pk=incident.pk).exists():
        return redirect(incident)
    return redirect("incidents:incident_list")


def too_late(request: HttpRequest, incident: Incident, late: TooLate) -> HttpResponse:
    """Say that somebody was quicker, and give back what was typed."""
    record_view(incident, request.membership, "form")
    typed = request.POST.get("outcome_words") or request.POST.get("reason") or ""
    page = {"late": late, "incident": incident, "typed": typed}
    return render(request, "incidents/too_late.html", page, status=409)


def ask(request: HttpRequest, incident: Incident, form, title: str, **button: str) -> HttpResponse:
    """Show a form about an incident, and log that it was shown."""
    record_view(incident, request.membership, "form")
    context = {
        "incident": incident,
        "form": form,
        "title": title,
        "label": title,
        "trail": [(LIST, reverse("incidents:incident_list")), (incident.reference, incident.get_absolute_url())],
        **button,
    }
    return render(request, "incidents/incident_step.html", context)


@opens_incidents
@transaction.atomic
def note_create(request, pk):
    """Add a note."""
    incident = handled(request, pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_note(incident, request.membership, form.cleaned_data["words"])
        messages.success(request, "The note is stored.")
        return redirect(incident)
    return ask(request, incident, form, "Add note")


@opens_incidents
@transaction.atomic
def escalation_create(request, pk):
    """Note that somebody beyond the host was asked to take material down."""
    incident = handled(request, pk)
    form = EscalationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        escalate(incident, request.membership, **form.cleaned_data)
        messages.success(request, "It is stored. Record the answer when it comes.")
        return redirect(incident)
    return ask(request, incident, form, "Ask the provider to act")


@opens_incidents
@transaction.atomic
def escalation_answer(request, pk, escalation_pk):
    """Record what came of asking."""
    incident = handled(request, pk)
    escalation = get_object_or_404(incident.escalations, pk=escalation_pk)
    form = ResultForm(request.POST or None, instance=escalation)
    if request.method == "POST" and form.is_valid():
        try:
            record_result(escalation, request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("answered_on", refusal.messages)
        else:
            messages.success(request, "The answer is stored.")
            return redirect(incident)
    return ask(request, incident, form, "Record the answer")


@opens_incidents
@transaction.atomic
def reporter_reveal(request, pk):
    """Show who reported, to a handler who says why they need to know."""
    incident = handled(request, pk, can_reveal_reporter)
    # Who told is confidential, whatever the incident is.
    if second_step_asked_for(request):
        raise SecondStepFirst(incident)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record_view(incident, request.membership, "reporter", form.cleaned_data["reason"])
        return show_incident(request, incident, with_reporter=True)
    return ask(request, incident, form, "Show who reported")


@opens_incidents
@transaction.atomic
def evidence_create(request, pk):
    """Add a file."""
    incident = handled(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EvidenceForm(*sent)
    if sent and form.is_valid():
        answers = {name: value for name, value in form.cleaned_data.items() if name != "imagery_checked"}
        try:
            add_evidence(incident, request.membership, **{**answers, "page_address": answers["page_address"] or ""})
        except (FileRefused, Refused) as refusal:
            form.add_error("upload", str(refusal))
        except OSError:
            form.add_error("upload", DISK_FULL)
        else:
            messages.success(request, "The file is stored with its checksum.")
            return redirect(incident)
    return ask(request, incident, form, "Add evidence", multipart="multipart")


@require_safe
@opens_incidents
@transaction.atomic
def evidence_download(request, pk, evidence_pk):
    """Download a file of an incident that this person may see."""
    incident = found(request, pk)
    evidence = get_object_or_404(incident.evidence, pk=evidence_pk)
    record_view(incident, request.membership, "evidence")
    return download(evidence)
