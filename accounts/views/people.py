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
    can_manage_person,
    can_read_details,
    holds,
    roles_given_by,
)
from accounts.selectors import people_of, posts_of
from accounts.services import change_post, end_post, give_post, register_person
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

PEOPLE = ("People", reverse_lazy("accounts:person_list"))


@needs("view_people")
def person_list(request):
    """The people of the school, by role and by employment."""
    school = request.membership.school
    form = PeopleFilter(request.GET, roles=labelled(school, Role))
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(people_of(request.membership, **chosen), request.GET, order="user__name")
    context = {
        "form": form,
        "page": page,
        "chips": chips(request, form),
        "headers": ["Name", "Title", "Role", "Employment"],
        "may_manage": holds(request.membership, "manage_people"),
        "rows": [
            [
                {"text": post.user.name, "url": post.get_absolute_url()},
                {"text": post.title, "hint": str(post.site or "")},
                school.label_of(post.role),
                post.get_employment_display(),
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
    if details:
        facts += [
            {"label": "First day", "value": person.starts_on},
            {"label": "Last day", "value": person.ends_on or "Not set"},
            {"label": "Away", "value": away_words(person)},
            {"label": "Order of seniority", "value": person.seniority},
        ]
    actions = []
    if can_manage_person(request.membership, person):
        actions.append(("Change details", reverse("accounts:person_edit", args=[person.pk])))
    if can_end_post(request.membership, person):
        actions.append(("End post", reverse("accounts:person_end", args=[person.pk])))
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
        "actions": actions,
        "trail": [PEOPLE],
        "two_people": holds(request.membership, "manage_people")
        and not can_give_role(request.membership, person.role),
    }
    return render(request, "accounts/person_detail.html", context)


@needs("manage_people")
def person_create(request):
    """Register somebody and give them a post."""
    school = request.membership.school
    roles = labelled(school, roles_given_by(request.membership))
    form = NewPersonForm(request.POST or None, school=school, roles=roles)
    if form.is_valid():
        try:
            user = register_person(
                email=form.cleaned_data["email"], name=form.cleaned_data["name"], by=request.membership
            )
            post = give_post(user=user, school=school, by=request.membership, **form.details())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{post.user} is now {post.title}.")
            return redirect(post)
    return render(request, "accounts/person_create.html", {"form": form, "trail": [PEOPLE]})


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
    trail = [PEOPLE, (person.user.name, person.get_absolute_url())]
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
        "question": f"End the post of {person.user.name}, {person.title}?",
        "trail": [PEOPLE, (person.user.name, person.get_absolute_url())],
    }
    return render(request, "accounts/person_end.html", context)


def found(request, pk):
    """Return a post of the school worked in; another school's is as good as none."""
    posts = Membership.objects.visible_to(request.membership)
    return get_object_or_404(
        posts.select_related("user", "school", "site", "line_manager__user", "line_manager__school"), pk=pk
    )


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
