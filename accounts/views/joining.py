"""The pages of invitations: opening the link, taking up the post, sending and withdrawing."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import needs
from accounts.forms.joining import FirstPasswordForm
from accounts.inviting import id_in
from accounts.middleware import POWERS, SESSION_KEY
from accounts.models import Membership
from accounts.rules import can_invite
from accounts.selectors import invitation_open as find_open
from accounts.services import accept_invitation, send_invitation, withdraw_invitation
from accounts.sessions import begin, rotate
from policyportal.lib.workflow import Refused

# Where the session keeps the invitation that its link named.
HELD = "invitation"


@never_cache
@login_not_required
@require_safe
def invitation_open(request, token):
    """Take the secret out of the address: the session keeps it, and the next page needs no more than that."""
    invitation = find_open(id_in(token))
    if invitation is None:
        return over(request)
    request.session[HELD] = str(invitation.pk)
    return redirect("accounts:invitation_accept")


@never_cache
@sensitive_post_parameters()
@login_not_required
def invitation_accept(request):
    """Take up the one post that an invitation is for; whoever is new chooses a password here."""
    invitation = find_open(held_in(request.session))
    if invitation is None:
        return over(request)
    post = invitation.post
    context = {
        "post": post,
        "facts": [
            {"label": "School", "value": post.school.name},
            {"label": "Your post", "value": post.title},
            {"label": "First day", "value": post.starts_on},
            {"label": "Your address", "value": post.user.email},
            {"label": "Open until", "value": invitation.expires_at},
        ],
    }
    if request.user.is_authenticated:
        if request.user.pk != post.user_id:
            return render(request, "accounts/invitation_other_person.html")
        if request.method == "POST":
            return take_up(request, invitation)
        return render(request, "accounts/invitation_accept.html", context)
    if post.user.joined_at is not None:
        sign_in = f"{reverse('account_login')}?next={reverse('accounts:invitation_accept')}"
        return render(request, "accounts/invitation_accept.html", {**context, "sign_in_url": sign_in})
    form = FirstPasswordForm(request.POST or None, user=post.user)
    if form.is_valid():
        return take_up(request, invitation, form.cleaned_data["password"])
    return render(request, "accounts/invitation_join.html", {**context, "form": form})


@require_POST
@needs("view_people")
def invitation_send(request, pk):
    """Send the invitation to a post again; the link before opens nothing any more."""
    post = found(request, pk)
    try:
        send_invitation(post, by=request.membership)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"An invitation is on its way to {post.user.email}. Older ones open nothing now.")
    return redirect(post)


@require_POST
@needs("view_people")
def invitation_withdraw(request, pk):
    """Withdraw the invitation to a post."""
    post = found(request, pk)
    try:
        withdraw_invitation(post, by=request.membership)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The invitation is withdrawn. Its link opens nothing now.")
    return redirect(post)


@sensitive_variables("password")
def take_up(request, invitation, password=""):
    """Accept the invitation, sign in whoever joined with it, and go where the post begins."""
    del request.session[HELD]
    try:
        post = accept_invitation(invitation.pk, user=invitation.post.user, password=password)
    except Refused:
        return over(request)
    request.session[SESSION_KEY] = str(post.pk)
    if request.user.is_authenticated:
        request.session.pop(POWERS, None)
        rotate(request)
    else:
        get_adapter(request).login(request, post.user)
        record_authentication(request, request.user, "password")
        begin(request)
    messages.success(request, f"You have taken up your post in {post.school.name}: {post.title}.")
    return redirect(settings.LOGIN_REDIRECT_URL)


def over(request):
    """Answer every link that opens nothing in one and the same way."""
    request.session.pop(HELD, None)
    return render(request, "accounts/invitation_over.html", status=404)


def held_in(session):
    """Return the id of the invitation that this session opened, or None."""
    kept = session.get(HELD)
    return UUID(kept) if kept else None


def found(request, pk):
    """Return a post of the school worked in to which this person may invite; any other is not there."""
    posts = Membership.objects.visible_to(request.membership)
    post = get_object_or_404(posts.select_related("user", "school"), pk=pk)
    if not can_invite(request.membership, post):
        raise Http404
    return post
