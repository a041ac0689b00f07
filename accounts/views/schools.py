"""The pages of the school worked in."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.forms.schools import RoleLabelsForm, SchoolSettingsForm
from accounts.models import Role, School, Site
from accounts.quiet import in_words
from accounts.rules import holds
from accounts.selectors import school_to_change
from accounts.services import SCHOOL_SETTINGS, change_role_labels, change_school
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused


@needs("view_school")
def school_detail(request):
    """The facts of the school worked in: its sites with their websites, its own words, its settings."""
    school = request.membership.school
    facts = [
        {"label": "Name", "value": school.name},
        {"label": "Phase", "value": school.phase.capitalize()},
        {"label": "Motto", "value": school.motto},
        {"label": "Federation", "value": str(school.federation or "")},
        {"label": "Office e-mail", "value": school.email},
        {"label": "Office telephone", "value": school.telephone},
        {"label": "Pupils on roll", "value": school.roll},
        {"label": "Ideas for posts go to", "value": ", ".join(map(school.label_of, school.suggestion_roles))},
    ]
    if school.quiet_from != school.quiet_until:
        hours = in_words((school.quiet_from, school.quiet_until))
        facts.append({"label": "Quiet hours", "value": f"No mail from {hours}, except about safeguarding"})
    context = {
        "facts": [fact for fact in facts if fact["value"]],
        "sites": [
            [site.name, {"text": site.website, "url": site.website} if site.website else "None given"]
            for site in Site.objects.visible_to(request.membership)
        ],
        "settings": [
            {"label": label, "value": getattr(school, name)}
            for name, label in setting_labels()
            if isinstance(getattr(school, name), int)
        ],
        "words": [
            {"label": Role(role).label, "value": word}
            for role, word in school.role_labels.items()
            if word != Role(role).label
        ],
        "procedures": [{"label": f"About {who}", "value": name} for who, name in school.procedures.items()],
        "site_headers": ["Site", "Website"],
        "actions": [
            (label, reverse(page))
            for label, page, capability in (
                ("Change settings", "accounts:school_edit", "manage_school"),
                ("Change words for roles", "accounts:role_labels_edit", "manage_school"),
                ("Whose accounts may sign in", "accounts:other_accounts_edit", "manage_sign_in"),
            )
            if holds(request.membership, capability)
        ],
        "events": timeline_of(school),
    }
    return render(request, "accounts/school_detail.html", context)


@needs("manage_school")
def school_edit(request):
    """Change the settings of the school worked in."""
    school = school_to_change(request.membership)
    form = SchoolSettingsForm(request.POST or None, instance=school)
    if form.is_valid():
        change_school(school, by=request.membership, reason=form.cleaned_data["reason"], **form.settings())
        messages.success(request, "The settings are changed.")
        return redirect("accounts:school_detail")
    return render(
        request,
        "accounts/school_edit.html",
        {"form": form, "trail": [("The school", reverse("accounts:school_detail"))]},
    )


@needs("manage_school")
def role_labels_edit(request):
    """Change this school's own words for roles."""
    school = school_to_change(request.membership)
    form = RoleLabelsForm(request.POST or None, school=school)
    if form.is_valid():
        try:
            change_role_labels(school, by=request.membership, labels=form.labels(), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The words are changed.")
            return redirect("accounts:school_detail")
    trail = [("The school", reverse("accounts:school_detail"))]
    return render(request, "accounts/role_labels_edit.html", {"form": form, "trail": trail})


def setting_labels():
    """Return the settings a headteacher may change with their labels."""
    return [(name, School._meta.get_field(name).verbose_name.capitalize()) for name in SCHOOL_SETTINGS]
