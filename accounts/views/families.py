"""The pages of classes, pupils and carers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy

from accounts.decorators import needs
from accounts.families import classes_of, pupils_with_carers, pupils_without_class
from accounts.forms.families import CarerForm, ClassForm, PupilForm, teacher_words
from accounts.models import Carer, Pupil, SchoolClass
from accounts.rules import holds
from accounts.services import families
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

CLASSES = ("Classes", reverse_lazy("accounts:class_list"))


@needs("view_families")
def class_list(request):
    """The classes of the school, their teachers and how many children each has."""
    manages = holds(request.membership, "manage_families")
    context = {
        "may_manage": manages,
        "headers": ["Class", "Year group", "Teacher", "Children"],
        "rows": [
            [
                {"text": one.name, "url": one.get_absolute_url()},
                one.year_group or "Not said",
                teacher_words(one.teacher),
                str(one.pupil_count),
            ]
            for one in classes_of(request.membership)
        ],
        "homeless": [
            {
                "label": pupil.name,
                "value": "In no class",
                "change_url": address(pupil),
                "change_label": "Choose a class",
            }
            for pupil in (pupils_without_class(request.membership) if manages else ())
        ],
    }
    return render(request, "accounts/class_list.html", context)


@needs("view_families")
def class_detail(request, pk):
    """A class: its children, and whom to ask for each."""
    school_class = found_class(request, pk)
    context = {
        "school_class": school_class,
        "trail": [CLASSES],
        "may_manage": holds(request.membership, "manage_families"),
        "facts": [
            {"label": "Year group", "value": school_class.year_group or "Not said"},
            {"label": "Teacher", "value": teacher_words(school_class.teacher)},
        ],
        "pupils": list(pupils_with_carers(school_class)),
        "events": timeline_of(school_class),
    }
    return render(request, "accounts/class_detail.html", context)


@needs("manage_families")
def class_create(request):
    """Add a class."""
    form = ClassForm(request.POST or None, school=request.membership.school)
    if form.is_valid():
        try:
            added = families.add_class(school=request.membership.school, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"Class {added} is added.")
            return redirect(added)
    return asked(request, form, "Add a class", "Add class", reverse("accounts:class_list"), [CLASSES])


@needs("manage_families")
def class_edit(request, pk):
    """Change a class's name, year group or teacher."""
    school_class = found_class(request, pk)
    form = ClassForm(request.POST or None, instance=found_class(request, pk), school=school_class.school)
    if form.is_valid():
        try:
            families.change_class(school_class, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The class is changed.")
            return redirect(school_class)
    return asked(request, form, f"Change class {school_class}", "Save changes", school_class, trail_to(school_class))


@needs("manage_families")
def class_end(request, pk):
    """End a class that is taught no more."""
    school_class = found_class(request, pk)
    if request.method == "POST":
        try:
            families.end_class(school_class, by=request.membership)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(school_class)
        messages.success(request, f"Class {school_class} has ended.")
        return redirect("accounts:class_list")
    context = {
        "title": f"End class {school_class}?",
        "text": "Its name is free for another class then. What the class was taught stays on record.",
        "label": "End class",
        "cancel_url": school_class.get_absolute_url(),
        "trail": trail_to(school_class),
    }
    return render(request, "accounts/family_confirm.html", context)


@needs("manage_families")
def pupil_create(request, pk):
    """Add a child to a class."""
    school_class = found_class(request, pk)
    form = PupilForm(request.POST or None, school=school_class.school, initial={"school_class": school_class})
    if form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            pupil = families.add_pupil(school_class=facts.pop("school_class"), by=request.membership, **facts)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{pupil} is added. Say who their parents or carers are.")
            return redirect("accounts:carer_create", pupil.pk)
    return asked(request, form, "Add a child", "Add child", school_class, trail_to(school_class))


@needs("manage_families")
def pupil_edit(request, pk):
    """Change a child's name, class or number."""
    pupil = found_pupil(request, pk)
    form = PupilForm(request.POST or None, instance=found_pupil(request, pk), school=pupil.school)
    if form.is_valid():
        try:
            changed = families.change_pupil(pupil, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{changed} is changed.")
            return redirect(changed.school_class)
    leave = (reverse("accounts:pupil_leave", args=[pupil.pk]), "This child has left")
    return asked(
        request, form, f"Change {pupil}", "Save changes", class_or_list(pupil), trail_to(pupil.school_class), leave
    )


@needs("manage_families")
def pupil_leave(request, pk):
    """Say that a child left the school."""
    pupil = found_pupil(request, pk)
    back = class_or_list(pupil)
    if request.method == "POST":
        families.pupil_leaves(pupil, by=request.membership)
        messages.success(request, f"{pupil} has left. Nobody is asked for them any more.")
        return redirect(back)
    context = {
        "title": f"Has {pupil} left the school?",
        "text": "They, and the parents and carers who have no other child here, are asked nothing more. "
        "Nobody writes to their addresses any more. The history, and what they acknowledged, stay on record.",
        "label": "Say that they left",
        "cancel_url": back if isinstance(back, str) else back.get_absolute_url(),
        "trail": trail_to(pupil.school_class),
    }
    return render(request, "accounts/family_confirm.html", context)


@needs("manage_families")
def carer_create(request, pk):
    """Say who is a parent or carer of a child."""
    pupil = found_pupil(request, pk)
    form = CarerForm(request.POST or None)
    if form.is_valid():
        carer = families.add_carer(pupil, by=request.membership, **form.cleaned_data)
        messages.success(request, f"{carer} is added for {pupil}.")
        return redirect(class_or_list(pupil))
    title = f"Add a parent or carer of {pupil}"
    return asked(request, form, title, "Add parent or carer", class_or_list(pupil), trail_to(pupil.school_class))


@needs("manage_families")
def carer_edit(request, pk):
    """Change what a carer is called or where they are written to."""
    carer = found_carer(request, pk)
    form = CarerForm(request.POST or None, instance=found_carer(request, pk))
    back = class_of(carer)
    if form.is_valid():
        families.change_carer(carer, by=request.membership, **form.cleaned_data)
        messages.success(request, f"{carer} is changed.")
        return redirect(back)
    leave = (reverse("accounts:carer_leave", args=[carer.pk]), "Ask this person no more")
    return asked(request, form, f"Change {carer}", "Save changes", back, [CLASSES], leave)


@needs("manage_families")
def carer_leave(request, pk):
    """Ask a parent or carer no more, and take their address off the list."""
    carer = found_carer(request, pk)
    back = class_of(carer)
    if request.method == "POST":
        families.carer_leaves(carer, by=request.membership)
        messages.success(request, f"{carer} is asked no more. Links that they were sent open nothing now.")
        return redirect(back)
    context = {
        "title": f"Ask {carer} no more?",
        "text": "Nobody writes to their address any more, and links that they were sent open nothing. "
        "The history, and what they acknowledged, stay on record.",
        "label": "Ask them no more",
        "cancel_url": back if isinstance(back, str) else back.get_absolute_url(),
        "trail": [CLASSES],
    }
    return render(request, "accounts/family_confirm.html", context)


def found_class(request, pk):
    """Return a present class of the school worked in."""
    classes = SchoolClass.objects.visible_to(request.membership).present()
    return get_object_or_404(classes.select_related("teacher__user", "school"), pk=pk)


def found_pupil(request, pk):
    """Return a child who has not left the school worked in."""
    pupils = Pupil.objects.visible_to(request.membership).present()
    return get_object_or_404(pupils.select_related("school_class", "school"), pk=pk)


def found_carer(request, pk):
    """Return a carer of the school worked in who is still asked."""
    return get_object_or_404(Carer.objects.visible_to(request.membership).present(), pk=pk)


def class_or_list(pupil):
    """Return where a child is looked at: in their class, or in the list where they have none."""
    return pupil.school_class or reverse("accounts:class_list")


def class_of(carer):
    """Return the class of a carer's first child, or the list of classes."""
    pupil = carer.pupils.present().exclude(school_class=None).select_related("school_class").first()
    return pupil.school_class if pupil else reverse("accounts:class_list")


def address(pupil):
    """Return the page on which a child is changed."""
    return reverse("accounts:pupil_edit", args=[pupil.pk])


def trail_to(school_class):
    """Return the way back up from what belongs to a class."""
    if school_class is None:
        return [CLASSES]
    return [CLASSES, (school_class.name, school_class.get_absolute_url())]


def asked(request, form, title, label, back, trail, leave=None):
    """Answer with a form about families; `leave` is a further link, as (address, words)."""
    context = {
        "form": form,
        "title": title,
        "label": label,
        "cancel_url": back if isinstance(back, str) else back.get_absolute_url(),
        "trail": trail,
        "leave": leave,
    }
    return render(request, "accounts/family_form.html", context)
