"""The pages of the platforms that a school lists."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from accounts.rules import holds
from channels_mgmt import services
from channels_mgmt.forms import PlatformForm
from channels_mgmt.models import Platform
from channels_mgmt.selectors import find_platforms
from channels_mgmt.views.channels import REGISTER
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused


@needs("view_channels")
def platform_list(request):
    """The platforms that the school lists, found by any of their names."""
    words = request.GET.get("q", "")
    manages = holds(request.membership, "manage_channels")
    page = page_of(find_platforms(request.membership, words), request.GET, order="name")
    context = {
        "words": words,
        "page": page,
        "headers": ["Platform", "Also called", "Minimum age", "On offer"],
        "rows": [
            [
                {
                    "text": platform.name,
                    "url": reverse("channels:platform_edit", args=[platform.pk]) if manages else "",
                    "hint": platform.note,
                },
                ", ".join(platform.aliases),
                str(platform.minimum_age or "None stated"),
                {"text": "On offer" if platform.active else "Not for new reports", "tone": platform.active_tone},
            ]
            for platform in page
        ],
        "actions": [("Add a platform", reverse("channels:platform_create"))] if manages else [],
        "trail": [(REGISTER, reverse("channels:channel_list"))],
    }
    return render(request, "channels_mgmt/platform_list.html", context)


@needs("manage_channels")
def platform_create(request):
    """Add a platform to the school's list."""
    school = request.membership.school
    form = PlatformForm(request.POST or None, instance=Platform(school=school))
    if form.is_valid():
        try:
            services.list_platform(school=school, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.messages)
        else:
            messages.success(request, "The platform is on the list.")
            return redirect("channels:platform_list")
    return ask_about_platform(request, form, "Add a platform", "Add platform")


@needs("manage_channels")
def platform_edit(request, pk):
    """Change what the list says of a platform."""
    platform = get_object_or_404(Platform.objects.visible_to(request.membership), pk=pk)
    form = PlatformForm(request.POST or None, instance=platform)
    if form.is_valid():
        try:
            services.edit_platform(platform, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.messages)
        else:
            messages.success(request, "The platform is changed.")
            return redirect("channels:platform_list")
    return ask_about_platform(request, form, "Change a platform", "Save changes")


def ask_about_platform(request, form, title, label):
    """Show a form about a platform."""
    platforms = reverse("channels:platform_list")
    context = {
        "form": form,
        "title": title,
        "label": label,
        "cancel_url": platforms,
        "trail": [(REGISTER, reverse("channels:channel_list")), ("Platforms", platforms)],
    }
    return render(request, "channels_mgmt/form.html", context)
