"""The pages of sign-in, where one is signed in, and the choice of the school to work in."""

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import RedirectURLMixin
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts.forms.signing_in import DemoPersonForm, SignInForm
from accounts.middleware import POWERS, SESSION_KEY
from accounts.selectors import begins_later, demo_people, portal_is_empty, schools_on_the_portal, schools_open_to
from accounts.services.sessions import end_session, end_sessions, sessions_of
from accounts.sessions import begin, rotate


class SignInView(LoginView):
    """Sign in with an e-mail address; in a demo also as one of its people, one press each."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get(self, *args, **kwargs):
        # Where nobody is known, nobody can sign in.
        return redirect("portal:set_up") if portal_is_empty() else super().get(*args, **kwargs)

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
        get_adapter(request).login(request, post.user)
        request.session[SESSION_KEY] = str(post.pk)
        begin(request)
        return redirect(self.get_success_url())


class SignOutView(LogoutView):
    """Sign out: the session ends here and on the server, and the browser forgets what it was shown."""

    http_method_names = ("post",)

    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        # Not "cookies": that this browser is known guards the person from strangers who guess.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def session_list(request):
    """See where one is signed in, and end one of these sessions or all the others."""
    this = request.session.session_key
    if request.method == "POST":
        if request.POST.get("session") == "others":
            ended = end_sessions(request.user, but=this)
        else:
            ended = end_session(request.user, request.POST.get("session", ""), but=this)
        messages.success(request, "Signed out there." if ended else "That was signed out already.")
        return redirect("usersessions_list")
    return render(request, "accounts/session_list.html", {"sessions": sessions_of(request.user, this)})


def session_alive(request):
    """Keep the session open while somebody types; that somebody asked is all that counts."""
    return HttpResponse(status=204)


def school_choose(request):
    """Choose the school to work in, among one's own current posts; says so when there is none."""
    posts = schools_open_to(request.user)
    if request.method == "POST":
        post = next((post for post in posts if str(post.pk) == request.POST.get("post")), None)
        if post is None:
            raise Http404
        request.session[SESSION_KEY] = str(post.pk)
        request.session.pop(POWERS, None)
        rotate(request)
        messages.success(request, f"You are now working in {post.school.name}.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    later = [] if posts else begins_later(request.user)
    return render(request, "accounts/school_choose.html", {"posts": posts, "later": later})
