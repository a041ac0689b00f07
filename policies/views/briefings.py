"""Briefings: planning them, recording who was there, and catching up."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from policies import services
from policies.forms import AttendanceForm, BriefingForm, ReasonForm
from policies.rules import can_brief, can_manage
from policies.selectors.briefings import Status, briefings_of, expectations_of, missed_by, reminds, staff_on
from policies.selectors.policies import policies_with_version
from policies.views.found import found_policy, trail
from policyportal.lib.dates import today
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_open_to, take

TONES = {Status.PLANNED: "waiting", Status.HELD: "good", Status.CANCELLED: ""}


@needs("lead_briefings")
def briefing_list(request):
    """The briefings of the school, and for which policies leads are reminded of them."""
    page = page_of(briefings_of(request.membership), request.GET, order="-held_on")
    policies = [policy for policy in policies_with_version(request.membership) if policy.in_force]
    wanted = reminds(policies)
    context = {
        "page": page,
        "headers": ["Briefing", "Policy", "Date", "Led by", "Status", "There", "Late"],
        "rows": [
            [
                {"text": briefing.title, "url": briefing.get_absolute_url()},
                briefing.policy.title,
                briefing.held_on,
                briefing.lead.person_name,
                {"text": briefing.get_status_display(), "tone": TONES[briefing.status]},
                *((briefing.were_there, briefing.are_late) if briefing.status == Status.HELD else ("", "")),
            ]
            for briefing in page
        ],
        "policies": [
            {"policy": policy, "on": wanted[policy.pk], "may_switch": can_manage(request.membership, policy)}
            for policy in policies
        ],
        "trail": trail(),
    }
    return render(request, "policies/briefing_list.html", context)


@needs("lead_briefings")
def briefing_create(request, pk):
    """Plan a briefing on a policy."""
    policy = found_policy(request, pk)
    if not can_brief(request.membership, policy):
        raise Http404
    form = BriefingForm(request.POST or None, policy=policy, membership=request.membership)
    if form.is_valid():
        briefing = services.plan_briefing(policy, by=request.membership, **form.cleaned_data)
        messages.success(request, "The briefing is planned.")
        return redirect(briefing)
    context = {
        "title": "Plan a briefing",
        "text": "Its lead is reminded some days before, with what to go through.",
        "form": form,
        "label": "Plan briefing",
        "back_url": reverse("policies:briefing_list"),
        "trail": [*trail(policy), ("Briefings", reverse("policies:briefing_list"))],
    }
    return render(request, "policies/form.html", context)


@needs("lead_briefings")
def briefing_detail(request, pk):
    """One briefing: what it goes through, who was there, and who is late."""
    briefing = found_briefing(request, pk)
    over = briefing.status != Status.CANCELLED and briefing.held_on <= today()
    attendances = list(briefing.attendances.select_related("user").order_by("user__name", "pk"))
    actions = [("Record who was there", reverse("policies:briefing_attendance", args=[briefing.pk]))] if over else []
    actions += [
        (step.label, reverse("policies:briefing_cancel", args=[briefing.pk]))
        for step in steps_open_to(request.membership, briefing)
    ]
    context = {
        "briefing": briefing,
        "facts": [
            {"label": "Policy", "value": briefing.policy},
            {"label": "Date", "value": briefing.held_on},
            {"label": "Led by", "value": briefing.lead.person_name},
            {"label": "Wording that was in force", "value": briefing.version or "Noted when it is held"},
            {"label": "Lead reminded", "value": briefing.reminded_at or "Not yet"},
            {"label": "Were there", "value": sum(each.present for each in attendances)},
        ],
        "actions": actions,
        "expectations": expectations_of(briefing),
        "late": [each for each in attendances if not each.present and each.caught_up_on is None],
        "caught_up": [each for each in attendances if each.caught_up_on and not each.present],
        "present": [each for each in attendances if each.present],
        "events": timeline_of(briefing),
        "trail": [*trail(briefing.policy), ("Briefings", reverse("policies:briefing_list"))],
    }
    return render(request, "policies/briefing_detail.html", context)


@needs("lead_briefings")
def briefing_attendance(request, pk):
    """Say who was there, everybody at once."""
    briefing = found_briefing(request, pk)
    people = staff_on(briefing.school, briefing.held_on)
    there = briefing.attendances.filter(present=True).values_list("user_id", flat=True)
    first = there if briefing.status == Status.HELD else people.values_list("pk", flat=True)
    # Nobody ticked is an answer too.
    posted = request.POST if request.method == "POST" else None
    form = AttendanceForm(posted, people=people, initial={"present": list(first)})
    if form.is_valid():
        present = {person.pk for person in form.cleaned_data["present"]}
        try:
            services.record_attendance(briefing, by=request.membership, present=present)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        except TooLate as late:
            messages.warning(request, str(late))
            return redirect(briefing)
        else:
            messages.success(request, "It is recorded who was there. Whoever was not is told to catch up.")
            return redirect(briefing)
    context = {
        "title": "Record who was there",
        "text": f"{briefing.title}, {briefing.policy}",
        "form": form,
        "label": "Record attendance",
        "back": briefing,
        "trail": [*trail(briefing.policy), ("Briefings", reverse("policies:briefing_list"))],
    }
    return render(request, "policies/form.html", context)


@needs("lead_briefings")
def briefing_cancel(request, pk):
    """Cancel a briefing that was planned, with the reason."""
    briefing = found_briefing(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            take("cancel", briefing, request.membership, form.cleaned_data["reason"])
        except TooLate as late:
            messages.warning(request, str(late))
        else:
            messages.success(request, "The briefing is cancelled.")
        return redirect(briefing)
    context = {
        "title": "Cancel the briefing",
        "text": f"{briefing.title}, {briefing.policy}",
        "form": form,
        "label": "Cancel briefing",
        "back": briefing,
        "trail": [*trail(briefing.policy), ("Briefings", reverse("policies:briefing_list"))],
    }
    return render(request, "policies/form.html", context)


@require_POST
@needs("lead_briefings")
def briefing_caught_up(request, pk, person_pk):
    """Say that somebody has caught up."""
    briefing = found_briefing(request, pk)
    attendance = get_object_or_404(briefing.attendances.select_related("user", "briefing"), user=person_pk)
    try:
        services.catch_up(attendance, by=request.membership)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"{attendance.user} has caught up.")
    return redirect(briefing)


@needs("acknowledge_policies")
def briefing_catch_up(request, pk):
    """What one missed, and one press to say that one has read it."""
    attendance = get_object_or_404(missed_by(request.membership), briefing=pk)
    if request.method == "POST":
        services.catch_up(attendance, by=request.membership)
        messages.success(request, "Thank you. You have caught up.")
        return redirect("portal:home")
    briefing = attendance.briefing
    context = {
        "briefing": briefing,
        "expectations": expectations_of(briefing),
        "caught_up_on": attendance.caught_up_on,
    }
    return render(request, "policies/briefing_catch_up.html", context)


@require_POST
@needs("manage_policies")
def briefing_reminders(request, pk):
    """Switch the reminders of a policy's briefings on or off."""
    policy = found_policy(request, pk)
    on = request.POST.get("on") == "1"
    try:
        services.switch_briefing_reminders(policy, by=request.membership, on=on)
    except NotAllowed as refusal:
        raise Http404 from refusal
    messages.success(request, f"Reminders of briefings on {policy} are {'on' if on else 'off'}.")
    return redirect("policies:briefing_list")


def found_briefing(request, pk):
    """Find a briefing of the school worked in."""
    return get_object_or_404(briefings_of(request.membership).select_related("school"), pk=pk)
