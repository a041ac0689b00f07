"""The pages of setting up: claim an empty portal, fill the posts, see what is missing, open it as two people."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.decorators import needs
from accounts.rules import TWO_PERSON_ROLES
from accounts.selectors import people_of, portal_is_empty, school_to_change
from accounts.services import add_person
from accounts.sessions import begin
from policies.models import Policy
from policies.rules import can_read_in
from policyportal.lib.workflow import Refused
from policyportal.set_up import (
    ask_to_open,
    can_be_opened_by,
    claim,
    correct_school,
    digest_of,
    missing_in,
    open_school,
    posts_to_confirm,
    standings,
)
from policyportal.set_up_forms import HolderForm, OpenForm, SchoolForm, SetUpForm


@never_cache
@sensitive_post_parameters()
@login_not_required
def set_up(request):
    """Claim an empty portal; once anybody is registered there is no such page."""
    if not portal_is_empty():
        raise Http404
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        try:
            user, _ = claim(**form.facts())
        except Refused as refusal:
            form.add_error("code", refusal.messages)
        else:
            get_adapter(request).login(request, user)
            begin(request)
            messages.success(request, "You are the first administrator. Now fill the posts that the school needs.")
            return redirect("portal:set_up_overview")
    return render(request, "policyportal/set_up.html", {"form": form})


@needs("manage_people")
def set_up_overview(request):
    """What is there and what is missing, while a school is set up and ever after; and asking to open it."""
    membership = request.membership
    school = membership.school
    if request.method == "POST":
        try:
            ask_to_open(by=membership)
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, "The headteacher and the chair are told. One of them confirms the posts.")
        return redirect("portal:set_up_overview")
    found = standings(school)
    missing = sum(not standing.is_filled for standing in found)
    opening = school.opened_at is None
    context = {
        "opening": opening,
        "missing": missing,
        "asked": school.opening_asked_by if opening else None,
        "may_open": can_be_opened_by(membership),
        "tasks": ([*first_tasks(membership)] if opening else []) + [task_of(standing, school) for standing in found],
    }
    return render(request, "policyportal/set_up_overview.html", context)


@needs("manage_people")
def set_up_school(request):
    """Correct what was said of the school, until it opens."""
    if request.membership.school.opened_at is not None:
        return redirect("accounts:school_detail")
    form = SchoolForm(request.POST or None, instance=school_to_change(request.membership))
    if form.is_valid():
        correct_school(by=request.membership, **form.school())
        messages.success(request, "The school is corrected.")
        return redirect("portal:set_up_overview")
    trail = [("Setting up", reverse("portal:set_up_overview"))]
    return render(request, "policyportal/set_up_school.html", {"form": form, "trail": trail})


@needs("manage_people")
def set_up_post(request, role):
    """Invite somebody to a post that must be filled, while the school is set up; later the usual pages do it."""
    membership = request.membership
    school = membership.school
    standing = next((one for one in standings(school) if one.role == role), None)
    if standing is None:
        raise Http404
    if school.opened_at is not None:
        return redirect("portal:set_up_overview")
    form = HolderForm(request.POST or None)
    if form.is_valid():
        try:
            post = add_person(**form.cleaned_data, role=role, by=membership)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            done = "has the post" if post.accepted_at else "is invited by e-mail"
            messages.success(request, f"{post.person_name} {done}: {standing.label}.")
            return redirect("portal:set_up_overview")
    context = {
        "form": form,
        "standing": standing,
        "people": [
            {"label": post.person_name, "value": state_of(post), "url": post.get_absolute_url()}
            for post in [*standing.held, *standing.offered]
        ],
        "trail": [("Setting up", reverse("portal:set_up_overview"))],
    }
    return render(request, "policyportal/set_up_post.html", context)


@needs("open_school")
def set_up_open(request):
    """Confirm who holds which post, as the second person, and open the portal."""
    membership = request.membership
    school = membership.school
    if school.opened_at is not None:
        messages.info(request, "The portal is open.")
        return redirect("portal:home")
    if not can_be_opened_by(membership):
        # Nobody asked yet, or it was they who did.
        raise PermissionDenied
    posts = posts_to_confirm(school)
    form = OpenForm(request.POST or None)
    if form.is_valid():
        try:
            open_school(by=membership, digest=form.cleaned_data["digest"])
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("portal:set_up_open")
        messages.success(request, "The portal is open. Everybody can read the school’s public page and report.")
        return redirect("portal:home")
    context = {
        "asked_by": school.opening_asked_by.user.name,
        "headers": ["Post", "Who", "E-mail", "How it stands"],
        "rows": [[school.label_of(post.role), post.person_name, post.user.email, state_of(post)] for post in posts],
        "digest": digest_of(posts),
        "missing": [f"{standing.label}: {standing.words}" for standing in missing_in(school)],
    }
    return render(request, "policyportal/set_up_open.html", context)


def first_tasks(membership):
    """Return what comes before the posts: the administrator, the school, its people."""
    number = people_of(membership).values("user").distinct().count()
    return [
        {"title": "First administrator", "url": membership.get_absolute_url(), "status": "Done", "tone": "good"},
        {"title": "The school", "url": reverse("portal:set_up_school"), "status": "Done", "tone": "good"},
        {
            "title": "People",
            "url": reverse("accounts:staff_import_create"),
            "hint": f"{number} so far. Import the list of staff, or add people one by one.",
            "status": "Done" if number > 1 else "Any time",
            "tone": "good" if number > 1 else "info",
        },
        policy_task(membership),
    ]


def policy_task(membership):
    """Return how it stands with the policy: whoever keeps policies reads it in."""
    is_there = Policy.objects.visible_to(membership).exists()
    may = can_read_in(membership)
    hint = (
        "The portal has it."
        if is_there
        else "Your school has no policy here yet. " + ("Read yours in." if may else "The headteacher reads it in.")
    )
    page = "policies:policy_list" if is_there else "portal:reading_create"
    return {
        "title": "The policy",
        "url": reverse(page) if may else "",
        "hint": hint,
        "status": "Done" if is_there else "Any time",
        "tone": "good" if is_there else "info",
    }


def task_of(standing, school):
    """Shape a post for the task list."""
    filled = standing.is_filled
    return {
        "title": standing.label,
        "url": page_for(standing.role, school),
        "hint": standing.words,
        "status": "Filled" if filled else "Invited" if standing.offered else "Missing",
        "tone": "good" if filled else "waiting" if standing.offered else "bad",
    }


def page_for(role, school):
    """Return the page on which this post is given."""
    if school.opened_at is None:
        return reverse("portal:set_up_post", args=[role])
    return reverse("accounts:appointment_list" if role in TWO_PERSON_ROLES else "accounts:person_create")


def state_of(post):
    """Say whether a post was taken up."""
    return "Has joined" if post.accepted_at else "Invited, not joined yet"
