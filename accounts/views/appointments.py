"""The pages of posts that take two people: who holds them, what is proposed, deciding, and cover for an absence."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy

from accounts.decorators import needs
from accounts.forms.joining import AppointmentForm, CoverForm, DecisionForm, EndAppointmentForm
from accounts.models import Appointment, Membership
from accounts.rules import can_decide_appointment, can_name_cover, can_propose, roles_proposed_by
from accounts.selectors import appointments_open_to, holders_open_to
from accounts.services import name_cover, propose_ending, propose_giving
from accounts.views.people import PEOPLE, labelled
from accounts.views.people import found as found_person
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take

APPOINTMENTS = ("Appointments", reverse_lazy("accounts:appointment_list"))


@needs("view_appointments")
def appointment_list(request):
    """The posts that take two people: who holds them, and what was proposed."""
    school = request.membership.school
    page = page_of(appointments_open_to(request.membership), request.GET, order="-created_at")
    context = {
        "page": page,
        "headers": ["Person", "Post", "What", "Proposed by", "Status"],
        "rows": [
            [
                {"text": one.person_name, "url": one.get_absolute_url()},
                school.label_of(one.role),
                one.get_kind_display(),
                one.proposed_by.user.name,
                {"text": one.get_status_display(), "tone": one.status_tone},
            ]
            for one in page
        ],
        "holder_headers": ["Post", "Held by", "Since", ""],
        "holders": [
            [
                school.label_of(post.role),
                {"text": post.person_name, "hint": post.title if post.job_title else ""},
                post.starts_on,
                {
                    "text": f"Propose to end it: {post.person_name}",
                    "url": reverse("accounts:appointment_end", args=[post.pk]),
                },
            ]
            for post in holders_open_to(request.membership)
        ],
        "may_propose": bool(roles_proposed_by(request.membership)),
    }
    return render(request, "accounts/appointment_list.html", context)


@needs("view_appointments")
def appointment_detail(request, pk):
    """One appointment: what is proposed, by whom, why, and what became of it."""
    appointment = found(request, pk)
    facts = [
        {"label": "What", "value": appointment.get_kind_display()},
        {"label": "Post", "value": appointment.school.label_of(appointment.role)},
        {"label": "Title", "value": appointment.job_title},
        {"label": "Person", "value": appointment.person_name},
        {"label": "E-mail", "value": appointment.user.email},
        {"label": "In place of", "value": appointment.acting_for and appointment.acting_for.person_name},
        {"label": "First day", "value": appointment.starts_on},
        {"label": "Last day", "value": appointment.ends_on or last_day_words(appointment)},
        {"label": "Why", "value": appointment.reason},
        {"label": "Proposed by", "value": str(appointment.proposed_by)},
        {"label": "Decided by", "value": appointment.decided_by and str(appointment.decided_by)},
        {"label": "Decided", "value": appointment.decided_at},
    ]
    waits = appointment.status == Appointment.Status.PROPOSED
    context = {
        "appointment": appointment,
        "facts": [fact for fact in facts if fact["value"]],
        "steps": steps_open_to(request.membership, appointment),
        "waits": waits and not can_decide_appointment(request.membership, appointment),
        "events": timeline_of(appointment),
        "trail": [APPOINTMENTS],
    }
    return render(request, "accounts/appointment_detail.html", context)


@needs("view_appointments")
def appointment_create(request):
    """Propose who is to hold a post that takes two people, or who acts in it while its holder is away."""
    roles = roles_proposed_by(request.membership)
    if not roles:
        raise PermissionDenied
    covers = covered(request)
    school = request.membership.school
    form = AppointmentForm(request.POST or None, by=request.membership, roles=labelled(school, roles), covers=covers)
    if form.is_valid():
        try:
            appointment = propose_giving(by=request.membership, **form.proposal())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "It is proposed. Another person confirms it before anything changes.")
            return redirect(appointment)
    context = {"form": form, "covers": covers, "trail": [APPOINTMENTS]}
    return render(request, "accounts/appointment_create.html", context)


@needs("view_appointments")
def appointment_end(request, pk):
    """Propose that a post which takes two people ends."""
    post = next((post for post in holders_open_to(request.membership) if post.pk == pk), None)
    if post is None:
        raise Http404
    form = EndAppointmentForm(request.POST or None)
    if form.is_valid():
        try:
            appointment = propose_ending(
                post, by=request.membership, reason=form.cleaned_data["reason"], ends_on=form.cleaned_data["last_day"]
            )
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "It is proposed. The post ends when another person has confirmed it.")
            return redirect(appointment)
    return render(request, "accounts/appointment_end.html", {"form": form, "post": post, "trail": [APPOINTMENTS]})


@needs("view_appointments")
def appointment_step(request, pk):
    """Confirm, refuse or take back an appointment, with the reason."""
    appointment = found(request, pk)
    step = {step.name: step for step in steps_of(Appointment)}.get(request.POST.get("step") or request.GET.get("step"))
    if step is None:
        raise Http404
    if not step.rule(request.membership, appointment):
        raise PermissionDenied
    form = DecisionForm(request.POST or None)
    try:
        if appointment.status not in step.sources:
            raise TooLate(appointment)
        if form.is_valid():
            appointment = take(step.name, appointment, request.membership, form.cleaned_data["reason"])
            messages.success(request, f"{appointment}: {appointment.get_status_display().lower()}.")
            return redirect(appointment)
    except Refused as refusal:
        form.add_error(None, refusal.messages)
    except TooLate as late:
        context = {"late": late, "appointment": appointment}
        return render(request, "accounts/appointment_too_late.html", context, status=409)
    except NotAllowed:
        raise PermissionDenied from None
    context = {
        "form": form,
        "step": step,
        "appointment": appointment,
        "title": f"{step.label}: {appointment}?",
        "trail": [APPOINTMENTS, (str(appointment), appointment.get_absolute_url())],
    }
    return render(request, "accounts/appointment_step.html", context)


@needs("manage_people")
def person_cover(request, pk):
    """Name who covers a post while its holder is away."""
    post = found_person(request, pk)
    if not can_name_cover(request.membership, post):
        raise Http404
    form = CoverForm(request.POST or None, by=request.membership, covers=post)
    if form.is_valid():
        try:
            acting = name_cover(post, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{acting.user.name} is {acting.title} until {acting.ends_on:%-d %B %Y}.")
            return redirect(post)
    trail = [PEOPLE, (post.person_name, post.get_absolute_url())]
    return render(request, "accounts/person_cover.html", {"form": form, "person": post, "trail": trail})


def found(request, pk):
    """Return an appointment that this person may read; any other is not there."""
    return get_object_or_404(appointments_open_to(request.membership), pk=pk)


def covered(request):
    """Return the post for which somebody is to act, where the address names one, else None."""
    wanted = request.GET.get("for")
    if wanted is None:
        return None
    posts = Membership.objects.visible_to(request.membership).current().select_related("user", "school")
    post = next((post for post in posts if str(post.pk) == wanted), None)
    if post is None or not can_propose(request.membership, post.role):
        raise Http404
    return post


def last_day_words(appointment):
    """Say when a post ends of which no day was given."""
    return "At once, when it is confirmed" if appointment.kind == Appointment.Kind.END else ""
