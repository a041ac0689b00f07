"""The pages of people and of the posts that they hold."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy

from accounts.decorators import needs
from accounts.forms.people import EndPostForm, NewPersonForm, PeopleFilter, PostForm
from accounts.models import Membership, Role
from accounts.rules import (
    can_end_post,
    can_give_role,
    can_invite,
    can_manage_person,
    can_mark_as_leaver,
    can_name_cover,
    can_propose,
    can_read_details,
    can_remove_second_steps,
    has_ended,
    holds,
    roles_given_by,
)
from accounts.selectors import cover_of, invitations_to, people_of, posts_of
from accounts.services import add_person, change_post, end_post
from accounts.services.second_step import has_second_step
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

PEOPLE = ("People", reverse_lazy("accounts:person_list"))


@needs("view_people")
def person_list(request):
    """The people of the school, by role and by employment."""
    school = request.membership.school
    manages = holds(request.membership, "manage_people")
    form = PeopleFilter(request.GET, roles=labelled(school, Role), manages=manages)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(people_of(request.membership, **chosen), request.GET, order="user__name")
    invitations = invitations_to(page) if manages else {}
    context = {
        "form": form,
        "page": page,
        "chips": chips(request, form),
        "headers": ["Name", "Title", "Role", "Employment", *(["Joined"] if manages else [])],
        "may_manage": manages,
        "may_appoint": holds(request.membership, "view_appointments"),
        "rows": [
            [
                {"text": post.person_name, "url": post.get_absolute_url()},
                {"text": post.title, "hint": str(post.site or "")},
                school.label_of(post.role),
                post.get_employment_display(),
                *([joined_cell(post, invitations.get(post.pk))] if manages else []),
            ]
            for post in page
        ],
    }
    return render(request, "accounts/person_list.html", context)


@needs("view_people")
def person_detail(request, pk):
    """One post: whose it is, what it is called here, and for those who manage it its dates and its past."""
    person = found(request, pk)
    details = can_read_details(request.membership, person)
    facts = [
        {"label": "Title", "value": person.title},
        {"label": "Role in the portal", "value": person.school.label_of(person.role)},
        {"label": "Employment", "value": person.get_employment_display()},
        {"label": "E-mail", "value": person.user.email},
    ]
    if person.site:
        facts.append({"label": "Where they work", "value": str(person.site)})
    if person.line_manager:
        manager = person.line_manager
        facts.append({"label": "Line manager", "value": str(manager), "url": manager.get_absolute_url()})
    if person.acting_for:
        covered = person.acting_for
        facts.append({"label": "Acts for", "value": str(covered), "url": covered.get_absolute_url()})
    if details:
        facts += [
            {"label": "First day", "value": person.starts_on},
            {"label": "Last day", "value": person.ends_on or "Not set"},
            {"label": "Away", "value": away_words(person)},
            {"label": "Order of seniority", "value": person.seniority},
        ]
    invitation = invitations_to([person]).get(person.pk)
    context = {
        "person": person,
        "facts": facts,
        "other_headers": ["Title", "Role", "First day", "Last day"],
        "others": [
            [
                {"text": post.title, "url": post.get_absolute_url()},
                post.school.label_of(post.role),
                post.starts_on,
                post.ends_on,
            ]
            for post in posts_of(person)
            if post != person
        ],
        "events": timeline_of(person) if details else [],
        "actions": actions_on(request.membership, person),
        "trail": [PEOPLE],
        "two_people": holds(request.membership, "manage_people")
        and not can_give_role(request.membership, person.role),
        "invites": can_invite(request.membership, person),
        "invitation": "" if person.accepted_at else standing_of(invitation),
        "withdrawable": invitation is not None and invitation.withdrawn_at is None,
        "cover_headers": ["Who acts", "First day", "Last day"],
        "cover": [
            [{"text": str(acting), "url": acting.get_absolute_url()}, acting.starts_on, acting.ends_on]
            for acting in cover_of(person)
        ],
    }
    return render(request, "accounts/person_detail.html", context)


@needs("manage_people")
def person_create(request):
    """Add somebody with a post; an invitation asks them to take it up."""
    school = request.membership.school
    roles = labelled(school, roles_given_by(request.membership))
    form = NewPersonForm(request.POST or None, school=school, roles=roles)
    if form.is_valid():
        try:
            post = add_person(
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                by=request.membership,
                **form.details(),
            )
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, added_words(post))
            return redirect(post)
    may_appoint = holds(request.membership, "view_appointments")
    return render(
        request, "accounts/person_create.html", {"form": form, "trail": [PEOPLE], "may_appoint": may_appoint}
    )


@needs("manage_people")
def person_edit(request, pk):
    """Change the details of a post: role, dates, absence."""
    person = found(request, pk)
    if not can_manage_person(request.membership, person):
        raise Http404
    roles = roles_given_by(request.membership) if can_give_role(request.membership, person.role) else []
    form = PostForm(request.POST or None, instance=person, school=person.school, roles=labelled(person.school, roles))
    if form.is_valid():
        try:
            person = change_post(person, by=request.membership, reason=form.cleaned_data["reason"], **form.details())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The details are changed.")
            return redirect(person)
    trail = [PEOPLE, (person.person_name, person.get_absolute_url())]
    return render(
        request, "accounts/person_edit.html", {"form": form, "person": person, "roles": roles, "trail": trail}
    )


@needs("manage_people")
def person_end(request, pk):
    """End a post on a day."""
    person = found(request, pk)
    if not can_end_post(request.membership, person):
        raise Http404
    form = EndPostForm(request.POST or None)
    if form.is_valid():
        try:
            end_post(person, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The last day is set.")
            return redirect(person)
    context = {
        "form": form,
        "person": person,
        "question": f"End the post of {person.person_name}, {person.title}?",
        "trail": [PEOPLE, (person.person_name, person.get_absolute_url())],
    }
    return render(request, "accounts/person_end.html", context)


def found(request, pk):
    """Return a post of the school worked in; another school's is as good as none."""
    posts = Membership.objects.visible_to(request.membership)
    return get_object_or_404(
        posts.select_related(
            "user",
            "school",
            "site",
            "line_manager__user",
            "line_manager__school",
            "acting_for__user",
            "acting_for__school",
        ),
        pk=pk,
    )


def actions_on(membership, person):
    """Return what may be done about a post, each with its page."""
    actions = []
    if can_manage_person(membership, person):
        actions.append(("Change details", reverse("accounts:person_edit", args=[person.pk])))
    if can_name_cover(membership, person):
        actions.append(("Name who covers", reverse("accounts:person_cover", args=[person.pk])))
    elif can_propose(membership, person.role):
        actions += [
            ("Propose who acts", f"{reverse('accounts:appointment_create')}?for={person.pk}"),
            ("Propose to end it", reverse("accounts:appointment_end", args=[person.pk])),
        ]
    if can_remove_second_steps(membership, person) and has_second_step(person.user):
        actions.append(("Remove second step", reverse("accounts:person_second_step_remove", args=[person.pk])))
    if can_end_post(membership, person):
        actions.append(("End post", reverse("accounts:person_end", args=[person.pk])))
    if can_mark_as_leaver(membership, person):
        actions.append(("Mark as leaver", reverse("portal:leaver_mark", args=[person.pk])))
    return actions if not has_ended(person) else []


def added_words(post):
    """Say what adding somebody has brought about."""
    if post.accepted_at:
        return f"{post.person_name} is now {post.title}."
    return f"{post.person_name} is invited. The post is theirs when they have taken it up."


def joined_cell(post, invitation):
    """Return whether the person has taken up the post, for the list."""
    return "Yes" if post.accepted_at else {"text": "Not yet", "tone": "waiting", "hint": standing_of(invitation)}


def standing_of(invitation):
    """Say how the last invitation to a post stands."""
    return invitation.standing_words if invitation else "Not invited"


def labelled(school, roles):
    """Return roles as choices in this school's own words."""
    return [(role, school.label_of(role)) for role in roles]


def chips(request, form):
    """Return the filters in use, each with the list as it is without it."""
    found = []
    for name in form.changed_data:
        query = request.GET.copy()
        for key in (name, "after", "before"):
            query.pop(key, None)
        words = dict(getattr(form.fields[name], "choices", ())).get(request.GET.get(name)) or form[name].label
        found.append({"label": words, "url": f"{request.path}?{query.urlencode()}"})
    return found


def away_words(person):
    """Say in words when somebody is away."""
    if not person.away_from:
        return "No absence recorded"
    until = f"until {person.away_until:%-d %B %Y}" if person.away_until else "until further notice"
    return f"From {person.away_from:%-d %B %Y} {until}"
