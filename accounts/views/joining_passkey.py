"""Taking up an invitation with a passkey: nothing to choose, nothing to remember."""

import json

from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import add_authenticator
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.forms.second_step import NewPasskeyForm
from accounts.second_step import record_second_step
from accounts.selectors import invitation_open as find_open
from accounts.views.joining import held_in, over, take_up


@never_cache
@login_not_required
@transaction.atomic
def invitation_passkey(request):
    """Join with a passkey in place of a password; whoever joined before takes the post up as themselves."""
    invitation = find_open(held_in(request.session))
    if invitation is None:
        return over(request)
    person = invitation.post.user
    if request.user.is_authenticated or person.joined_at is not None:
        return redirect("accounts:invitation_accept")
    form = NewPasskeyForm(request.POST or None, user=person)
    if form.is_valid():
        answer = take_up(request, invitation)
        if request.user != person:
            return answer
        passkey, _ = add_authenticator(request, form.cleaned_data["name"], form.cleaned_data["credential"])
        record_second_step(request, passkey)
        return redirect("mfa_view_recovery_codes")
    context = {
        "form": form,
        "post": invitation.post,
        "options": json.dumps(begin_registration(person, passwordless=True)),
        "trail": [("Join the portal", reverse("accounts:invitation_accept"))],
    }
    return render(request, "accounts/invitation_passkey.html", context)
