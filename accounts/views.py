"""The pages of sign-in, people, the school, and what somebody was told."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.forms import (
    DemoPersonForm,
    EndPostForm,
    NewPersonForm,
    PeopleFilter,
    PostForm,
    SchoolSettingsForm,
    SignInForm,
)
from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Role, School, Site
from accounts.rules import (
    can_change_school,
    can_end_post,
    can_give_role,
    can_manage_person,
    can_read_details,
    holds,
    roles_given_by,
)
from accounts.selectors import (
    demo_people,
    people_of,
    posts_of,
    school_to_change,
    schools_on_the_portal,
    schools_open_to,
    told_to,
)
from accounts.services import (
    SCHOOL_SETTINGS,
    change_post,
    change_school,
    end_post,
    give_post,
    read_notifications,
    register_person,
)
from policyportal.lib.paging import page_of
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

PEOPLE = ("People", reverse_lazy("accounts:person_list"))


class SignInView(LoginView):
    """Sign in with an e-mail address; in a demo also as one of its people, one press each."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        schools = schools_on_the_portal()
        return super().get_context_data(**kwargs) | {"schools": schools, **self.demo(schools)}

    def demo(self, schools):
        """Return the demo schools as tabs and the people of the one looked at; nothing outside a demo."""
        schools = [school for school in schools if school.is_demo and settings.PORTAL_DEMO]
        if not schools:
            return {}
        asked = self.request.GET.get("school")
        chosen = next((school for school in schools if school.slug == asked), schools[0])
        tabs = []
        for school in schools:
            query = self.request.GET.copy()
            query["school"] = school.slug
            tabs.append({"label": school.short_name, "url": f"?{query.urlencode()}", "current": school == chosen})
        return {"tabs": tabs, "chosen": chosen, "people": demo_people(chosen)}


@method_decorator(login_not_required, name="dispatch")
class DemoSignInView(RedirectURLMixin, View):
    """Sign in as a person of the demo without a password; there is no such page outside a demo."""

    http_method_names = ("post",)
    next_page = settings.LOGIN_REDIRECT_URL

    def dispatch(self, request, *args, **kwargs):
        if not settings.PORTAL_DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request):
        form = DemoPersonForm(request.POST)
        if not form.is_valid():
            raise Http404
        post = form.cleaned_data["person"]
        login(request, post.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session[SESSION_KEY] = str(post.pk)
        return redirect(self.get_success_url())


def school_choose(request):
    """Choose the school to work in, among one's own current posts; says so when there is none."""
    posts = schools_open_to(request.user)
    if request.method == "POST":
        post = next((post for post in posts if str(post.pk) == request.POST.get("post")), None)
        if post is None:
            raise Http404
        request.session.cycle_key()
        request.session[SESSION_KEY] = str(post.pk)
        messages.success(request, f"You are now working in {post.school.name}.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/school_choose.html", {"posts": posts})


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
        "actions": (
            [("Change settings", reverse("accounts:school_edit"))]
            if can_change_school(request.membership, school)
            else []
        ),
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


@needs("read_notifications")
def notification_list(request):
    """What this person was told in the school worked in, newest first."""
    told = told_to(request.membership)
    page = page_of(told, request.GET, order="-created_at")
    return render(request, "accounts/notification_list.html", {"page": page})


@require_POST
@needs("read_notifications")
def notification_read(request, pk):
    """Mark one as read and go where it leads."""
    notification = get_object_or_404(told_to(request.membership), pk=pk)
    read_notifications(request.membership, only=notification)
    return redirect(notification.path)


@require_POST
@needs("read_notifications")
def notification_read_all(request):
    """Mark all as read."""
    read_notifications(request.membership)
    return redirect("accounts:notification_list")


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


def setting_labels():
    """Return the settings a headteacher may change with their labels."""
    return [(name, School._meta.get_field(name).verbose_name.capitalize()) for name in SCHOOL_SETTINGS]
