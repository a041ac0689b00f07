"""How families answer a policy, class by class: counts, a class recorded, parents reminded, slips printed."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.rules import holds
from policies.forms.families import ClassForm
from policies.models import Audience
from policies.selectors.families import (
    carers_of_class,
    classes_open_to,
    counts_by_class,
    pupils_asked,
    running_campaign,
    shown_to,
    versions_for_families,
)
from policies.services import families
from policyportal.lib.workflow import Refused


@needs("record_for_classes")
def family_list(request, pk):
    """How each class stands with a version: a teacher's own, all of them for the office and leaders."""
    version = found_version(request, pk)
    classes, pupils, carers = counts_by_class(version, request.membership)
    chases = holds(request.membership, "chase_acknowledgements")
    asks_parents = version.policy.for_parents and chases
    headers = ["Class", *(["Pupils"] if version.policy.for_pupils else []), *(["Parents"] if asks_parents else [])]
    context = {
        "version": version,
        "chases": chases,
        "pupils": pupils if version.policy.for_pupils and chases else None,
        "carers": carers if asks_parents else None,
        "campaign": running_campaign(version, request.membership.school) if asks_parents else None,
        "headers": headers,
        "rows": [
            [
                {
                    "text": one.school_class.name,
                    "url": reverse("policies:family_class", args=[version.pk, one.school_class.pk]),
                },
                *([count_cell(one.pupils)] if version.policy.for_pupils else []),
                *([count_cell(one.carers)] if asks_parents else []),
            ]
            for one in classes
        ],
        "trail": [
            ("Policies", reverse("policies:policy_list")),
            (version.policy.title, version.policy.get_absolute_url()),
        ],
    }
    return render(request, "policies/family_list.html", context)


@needs("record_for_classes")
def family_class(request, pk, class_pk):
    """A class and a version: record that the class went through it together; who is outstanding of the parents."""
    version = found_version(request, pk)
    school_class = found_class(request, class_pk)
    form = None
    asked = pupils_asked(version, school_class)
    pupils = list(asked) if version.policy.for_pupils else []
    outstanding = [pupil for pupil in pupils if pupil.acknowledged_at is None]
    if version.policy.for_pupils and (outstanding or request.method == "POST"):
        form = ClassForm(request.POST or None, pupils=asked)
        if form.is_valid():
            facts = form.cleaned_data
            try:
                given = families.record_class(version, school_class, by=request.membership, **facts)
            except Refused as refusal:
                form.add_error("on", refusal.messages)
            else:
                messages.success(request, recorded_words(len(given), len(outstanding) - len(given)))
                return redirect("policies:family_class", pk=version.pk, class_pk=school_class.pk)
    asks_parents = version.policy.for_parents and holds(request.membership, "chase_acknowledgements")
    carers = list(carers_of_class(version, school_class)) if asks_parents else []
    context = {
        "version": version,
        "school_class": school_class,
        "form": form,
        "shown": shown_to(version, school_class.school, Audience.PUPILS) if form else [],
        "pupils_done": [pupil for pupil in pupils if pupil.acknowledged_at],
        "asks_parents": asks_parents,
        "campaign": running_campaign(version, school_class.school) if asks_parents else None,
        "reachable": sum(bool(carer.email) for carer in carers if carer.acknowledged_at is None),
        "slips": sum(not carer.email for carer in carers if carer.acknowledged_at is None),
        "carer_headers": ["Parent or carer", "Confirmed", "Last written to"],
        "carer_rows": [
            [
                {"text": carer.name, "hint": "" if carer.email else "No e-mail address"},
                {"day": carer.acknowledged_at}
                if carer.acknowledged_at
                else {"text": "Outstanding", "tone": "waiting"},
                {"day": carer.told_on} if carer.told_on else "Not yet",
            ]
            for carer in carers
        ],
        "trail": [
            (version.policy.title, version.policy.get_absolute_url()),
            ("Pupils and parents", reverse("policies:family_list", args=[version.pk])),
        ],
    }
    return render(request, "policies/family_class.html", context)


@require_POST
@needs("chase_acknowledgements")
def family_remind(request, pk, class_pk=None):
    """Remind every parent who has not answered, of a class or of the school, once a day at most."""
    version = found_version(request, pk)
    school_class = found_class(request, class_pk) if class_pk else None
    try:
        told, without = families.remind_parents(version, by=request.membership, school_class=school_class)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, reminded_words(told, without))
    if school_class:
        return redirect("policies:family_class", pk=version.pk, class_pk=school_class.pk)
    return redirect("policies:family_list", pk=version.pk)


@require_POST
@needs("chase_acknowledgements")
def family_slips(request, pk, class_pk):
    """Print a slip for every parent of a class who has no address and has not answered; older slips open nothing."""
    version, school_class = found_version(request, pk), found_class(request, class_pk)
    try:
        slips = families.print_slips(version, school_class, by=request.membership)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect("policies:family_class", pk=version.pk, class_pk=school_class.pk)
    context = {
        "version": version,
        "school_class": school_class,
        "slips": slips,
        "address": request.build_absolute_uri(reverse("policies:slip")),
        "back_url": reverse("policies:family_class", args=[version.pk, school_class.pk]),
    }
    return render(request, "policies/family_slips.html", context)


def found_version(request, pk):
    """Find a version in force that asks families of the school worked in."""
    return get_object_or_404(versions_for_families(request.membership), pk=pk)


def found_class(request, pk):
    """Find a class for which this person records; a colleague's is as good as none."""
    return get_object_or_404(classes_open_to(request.membership).select_related("school", "teacher__user"), pk=pk)


def count_cell(count):
    """Say how many have answered, coloured by whether anybody is outstanding."""
    if not count.asked:
        return "Nobody"
    if not count.outstanding:
        return {"text": f"All {count.asked}", "tone": "good"}
    return {"text": f"{count.outstanding} of {count.asked} outstanding", "tone": "waiting"}


def recorded_words(given, left):
    """Say what was recorded of a class."""
    words = f"{given} {'child is' if given == 1 else 'children are'} recorded." if given else "Recorded already."
    return f"{words} {left} outstanding." if left else f"{words} Nobody is outstanding."


def reminded_words(told, without):
    """Say who was reminded."""
    words = (
        f"{told} {'parent is' if told == 1 else 'parents are'} reminded." if told else "Nobody new is reminded today."
    )
    return f"{words} {without} without an e-mail address: print slips for them." if without else words
