"""The pages of reading a policy in: hand it in, look through what was read, change a finding, take it over."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from policies import services
from policies.models import Policy, PolicyVersion, Proposal, Reading
from policies.reading.document import Unreadable
from policies.reading.facts import Kind
from policyportal.lib.paging import page_of
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.workflow import Refused, TooLate, steps_open_to, take
from policyportal.read_in.channels import lines_that_stay
from policyportal.read_in.forms import HandInForm, TakeOverForm
from policyportal.read_in.page import (
    first_undecided,
    missing_of,
    review_page,
    schools_to_choose,
    told,
    undecided_of,
)
from policyportal.read_in.values import FORMS
from policyportal.read_in.words import KINDS, MANY
from policyportal.taking_over import names_school, take_over, what_would_be_made

Decision = Proposal.Decision


def trail(*more):
    """Return the way back up from these pages."""
    return [
        ("Policies", reverse("policies:policy_list")),
        ("Read in", reverse("portal:reading_list")),
        *((str(thing), thing.get_absolute_url()) for thing in more),
    ]


@needs("manage_policies")
def reading_list(request):
    """The documents that were handed in, and what became of each."""
    readings = Reading.objects.visible_to(request.membership).select_related("read_by", "policy").defer("blocks")
    page = page_of(readings, request.GET, order="-read_at")
    context = {
        "trail": trail()[:1],
        "page": page,
        "headers": ["Document", "Handed in", "By", "As", "What became of it"],
        "rows": [
            [
                {"text": str(reading), "url": reading.get_absolute_url()},
                reading.read_at,
                reading.read_by.name,
                f"A new version of {reading.policy}" if reading.policy else "A new policy",
                {"text": reading.get_status_display(), "tone": tone_of(reading)},
            ]
            for reading in page
        ],
    }
    return render(request, "policyportal/reading_list.html", context)


@needs("manage_policies")
def reading_create(request):
    """Hand a document in, as a file or as text."""
    policies = list(Policy.objects.visible_to(request.membership).order_by("title"))
    initial = {"policy": request.GET.get("policy", ""), "way": "file"}
    form = HandInForm(request.POST or None, request.FILES or None, policies=policies, initial=initial)
    if form.is_valid():
        try:
            reading = services.record_reading(by=request.membership, **form.facts())
        except Unreadable as refusal:
            form.add_error(form.told, str(refusal))
        else:
            messages.success(request, "The document is read. Nothing counts until you have looked through it.")
            return redirect(reading)
    context = {"form": form, "trail": trail()}
    return render(request, "policyportal/reading_create.html", context)


@needs("manage_policies")
def reading_detail(request, pk):
    """What was read, group by group, beside the text in which it stands."""
    reading = found(request, pk)
    steps = {step.name for step in steps_open_to(request.membership, reading)}
    context = {
        "reading": reading,
        "review": review_page(reading, request.GET.get("group"), request.GET.get("page")),
        "may_decide": "apply" in steps,
        "tone": tone_of(reading),
        "actions": [
            *([("Take over", address("reading_apply", reading))] if "apply" in steps else []),
            *([("Do not use it", address("reading_drop", reading))] if "drop" in steps else []),
            *([("See the policy", reading.policy.get_absolute_url())] if reading.version_id else []),
        ],
        "trail": trail(),
    }
    return render(request, "policyportal/reading_detail.html", context)


@require_POST
@needs("manage_policies")
def reading_decide(request, pk):
    """Confirm or leave out one finding, or confirm all of those shown on which nobody has decided."""
    reading = found(request, pk)
    proposals = list(reading.proposals.all())
    right, left_out = request.POST.get("right"), request.POST.get("leave_out")
    if request.POST.get("all_right"):
        wanted, decision = set(request.POST.getlist("shown")), Decision.CONFIRMED
        chosen = [one for one in undecided_of(proposals) if str(one.pk) in wanted]
    else:
        wanted, decision = {right or left_out}, Decision.CONFIRMED if right else Decision.DROPPED
        chosen = [one for one in proposals if str(one.pk) in wanted]
    group = KINDS[Kind(chosen[0].kind)].group if chosen else None
    try:
        services.decide(reading, by=request.membership, proposals=[one.pk for one in chosen], decision=decision)
    except TooLate as late:
        messages.error(request, str(late))
        return redirect(reading)
    return onward(request, reading, group)


@needs("manage_policies")
def reading_change(request, pk, proposal_pk):
    """Put something else in the place of one finding, or fill in what the document does not say."""
    reading = found(request, pk)
    proposal = get_object_or_404(reading.proposals, pk=proposal_pk)
    if "apply" not in {step.name for step in steps_open_to(request.membership, reading)}:
        messages.error(request, f"This has already been changed: it is now “{reading.get_status_display()}”.")
        return redirect(reading)
    finding = told(proposal, reading.school)
    group = KINDS[Kind(proposal.kind)].group
    form = FORMS[Kind(proposal.kind)](request.POST or None, value=proposal.settled, school=reading.school)
    if form.is_valid():
        try:
            services.change_proposal(proposal, by=request.membership, value=form.value())
        except TooLate as late:
            messages.error(request, str(late))
            return redirect(reading)
        return onward(request, reading, group)
    quoted = reading.blocks[proposal.block]["text"] if proposal.block is not None else ""
    context = {
        "form": form,
        "finding": finding,
        "quoted": quoted,
        "title": f"{'Fill in' if finding.is_missing else 'Change'}: {finding.label.lower()}",
        "back": f"{reading.get_absolute_url()}?group={group}",
        "trail": trail(reading),
    }
    return render(request, "policyportal/reading_change.html", context)


@needs("manage_policies")
def reading_add(request, pk, kind):
    """Add one more of what a policy may say several times, which the reader missed."""
    reading = found(request, pk)
    if kind not in MANY:
        raise Http404
    if "apply" not in {step.name for step in steps_open_to(request.membership, reading)}:
        messages.error(request, f"This has already been changed: it is now “{reading.get_status_display()}”.")
        return redirect(reading)
    told_as = KINDS[Kind(kind)]
    form = FORMS[Kind(kind)](request.POST or None, value={}, school=reading.school)
    if form.is_valid():
        try:
            services.add_proposal(reading, by=request.membership, kind=Kind(kind), value=form.value())
        except TooLate as late:
            messages.error(request, str(late))
            return redirect(reading)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"Added: {told_as.label.lower()}. It stands at the end of this group.")
            return redirect(f"{reading.get_absolute_url()}?group={told_as.group}#found")
    context = {
        "form": form,
        "title": f"Add what was missed: {told_as.label.lower()}",
        "text": "For what the document says and the portal did not find. It counts as decided.",
        "label": "Add this",
        "back_url": f"{reading.get_absolute_url()}?group={told_as.group}",
        "trail": trail(reading),
    }
    return render(request, "policies/form.html", context)


@needs("manage_policies")
def reading_apply(request, pk):
    """Look at what taking over would make, say for whom and how it stands, and take it over."""
    reading = found(request, pk)
    if "apply" not in {step.name for step in steps_open_to(request.membership, reading)}:
        messages.error(request, f"This has already been changed: it is now “{reading.get_status_display()}”.")
        return redirect(reading)
    proposals = list(reading.proposals.all())
    staying = lines_that_stay(reading)
    federated = schools_to_choose(request.membership, reading)
    form = TakeOverForm(
        request.POST or None,
        schools=federated,
        may_adopt=may_adopt(reading),
        initial={"schools": [school.pk for school in federated or () if names_school(proposals, school)]},
    )
    if form.is_valid():
        try:
            version = take_over(reading, by=request.membership, **form.facts())
        except (Refused, TooLate) as refusal:
            form.add_error(None, getattr(refusal, "messages", str(refusal)))
        else:
            messages.success(request, next_words(version))
            return redirect(version.policy)
    context = {
        "reading": reading,
        "form": form,
        "rows": [{"label": line.label, "value": line.value} for line in what_would_be_made(reading)],
        "staying": staying,
        "lines_staying": counted(sum(len(one.lines) for one in staying), "line"),
        "undecided": len(undecided_of(proposals)),
        "missing": missing_of(proposals, reading.school),
        "trail": trail(reading),
    }
    return render(request, "policyportal/reading_apply.html", context)


@needs("manage_policies")
def reading_drop(request, pk):
    """Put a document away of which nothing is taken over."""
    reading = found(request, pk)
    if request.method == "POST":
        try:
            take("drop", reading, request.membership)
        except TooLate as late:
            messages.error(request, str(late))
            return redirect(reading)
        messages.success(request, "The document is put away. Nothing was taken over.")
        return redirect("portal:reading_list")
    return render(request, "policyportal/reading_drop.html", {"reading": reading, "trail": trail(reading)})


def found(request, pk):
    """Return a reading of the school worked in; another school's is as good as none."""
    return get_object_or_404(
        Reading.objects.visible_to(request.membership).select_related("school", "policy", "read_by"), pk=pk
    )


def address(name, reading):
    """Return the address of a page of a reading."""
    return reverse(f"portal:{name}", args=[reading.pk])


def onward(request, reading, group):
    """Lead to what is still to decide: in this group, then in the next, then to taking over."""
    proposals = list(reading.proposals.all())
    waiting = [one for one in undecided_of(proposals) if KINDS[Kind(one.kind)].group == group]
    following = group if waiting else first_undecided(proposals)
    if following is None:
        messages.success(request, "Everything is decided. Look at what will be made, then take it over.")
        return redirect(address("reading_apply", reading))
    return redirect(f"{reading.get_absolute_url()}?group={following}#found")


def tone_of(reading):
    """Return how the status of a reading is coloured."""
    return {Reading.Status.READ: "waiting", Reading.Status.APPLIED: "good"}.get(reading.status, "quiet")


def may_adopt(reading):
    """Tell whether it may be in force already: only the first wording of a policy can have been."""
    if reading.policy is None:
        return True
    return not reading.policy.versions.exclude(status=PolicyVersion.Status.DRAFTED).exists()


def next_words(version):
    """Say what was made, and what comes next."""
    if version.status == PolicyVersion.Status.PUBLISHED:
        return "The policy is in force, and whoever it asks is told to acknowledge it. Look at what the check found."
    return f"Version {version.number} is a draft. Have it approved, then publish it."
