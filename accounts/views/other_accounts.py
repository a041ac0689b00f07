"""The pages of signing in with Google or Microsoft, and of who may."""

import time
from functools import wraps
from secrets import token_urlsafe

from allauth.account import app_settings
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from accounts.decorators import needs
from accounts.forms.other_accounts import OtherAccountsForm
from accounts.openid import ComeBack, OtherAccountTokens
from accounts.selectors import school_to_change
from accounts.services.other_accounts import (
    GOOGLE,
    NOT_LINKED,
    change_other_accounts,
    company_of,
    link_account,
    linked_accounts,
    lists,
    providers,
    unlink_account,
)
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

SIGN_IN_AFRESH = "Sign out and sign in again first."


def after_signing_in_again(view):
    """Let a view run only for somebody who has just shown again who they are; anybody else is asked to.

    The library asks nothing of whoever has neither a password nor a second step: they sign in afresh.
    """

    @reauthentication_required(app="allauth.socialaccount")
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not get_reauthentication_flows(request.user):
            signed_in = [record["at"] for record in get_authentication_records(request, request.user)]
            if time.time() - max(signed_in, default=0) > app_settings.REAUTHENTICATION_TIMEOUT:
                messages.error(request, SIGN_IN_AFRESH)
                return redirect("socialaccount_connections")
        return view(request, *args, **kwargs)

    return guarded


@never_cache
def other_accounts(request):
    """How this person signs in: the accounts that they linked, those that they may link, and the other ways.

    It is their own, so no post is needed; an account is linked at a school, so one is needed for that.
    """
    linked = linked_accounts(request.user)
    held = {account.provider for account in linked}
    school = request.membership.school if request.membership else None
    offered = [provider for provider in providers() if school and lists(school, provider.id)]
    context = {
        "linked": [
            {
                "company": company_of(account.provider),
                "email": account.extra_data.get("email", ""),
                "since": account.date_joined,
                "unlink_url": reverse("account_unlink", args=[account.provider]),
            }
            for account in linked
        ],
        "offered": [provider for provider in offered if provider.id not in held],
    }
    return render(request, "accounts/other_accounts_list.html", context)


@login_not_required
@never_cache
@require_POST
def other_account_start(request, provider_id):
    """Lead on to the provider: to sign in, or, for somebody who is signed in, to link an account to theirs.

    The answer is a page that leads on, not a redirect: a form may then be sent to the portal alone, and the policy
    of the page need name no other origin.
    """
    provider = provider_or_404(request, provider_id)
    if request.user.is_authenticated:
        return link_start(request, provider)
    return lead_on(request, provider, AuthProcess.LOGIN, get_next_redirect_url(request))


@after_signing_in_again
def link_start(request, provider):
    """Lead somebody who has just shown again who they are to the provider, to link an account."""
    return lead_on(request, provider, AuthProcess.CONNECT, None)


def lead_on(request, provider, process, next_url):
    """Show the page that leads on to the provider, with a fresh state, nonce and proof of the request."""
    nonce = token_urlsafe(32)
    asked = {"nonce": nonce, "prompt": "select_account"}
    if provider.sub_id == GOOGLE:
        # It only hides other accounts from the choice; what comes back is checked.
        asked["hd"] = "*"
    kept = {"nonce": nonce, "user": str(request.user.pk)}
    try:
        url = provider.redirect(request, process, next_url=next_url, data=kept, auth_params=asked).url
    except (OAuth2Error, RequestException):
        return turned_away(request)
    return render(
        request, "accounts/other_accounts_lead_on.html", {"url": url, "company": company_of(provider.sub_id)}
    )


@login_not_required
@never_cache
@require_GET
def other_account_back(request, provider_id):
    """Come back from the provider with what it says; what follows is decided by the adapter."""
    provider_or_404(request, provider_id)
    return ComeBack.adapter_view(OtherAccountTokens(request, provider_id))(request)


def provider_or_404(request, provider_id):
    """Return the provider; there is no such page for one that nobody has configured."""
    try:
        return get_adapter(request).get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None


def turned_away(request):
    """Say the same whatever was wrong, so that nothing can be learned about whose account or address is known."""
    if request.user.is_authenticated:
        messages.error(request, NOT_LINKED)
        return redirect("socialaccount_connections")
    return render(request, "accounts/other_accounts_refused.html", status=403)


def link_and_return(request, provider_id, uid, claims):
    """Link the account and go back to the page of one's ways of signing in, which says how it went."""
    try:
        link_account(request.user, provider_id=provider_id, uid=uid, claims=claims)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Your {company_of(provider_id)} account is linked. You can sign in with it.")
    return redirect("socialaccount_connections")


@require_POST
@needs("read_notifications")
def other_account_unlink(request, provider_id):
    """Unlink one of one's own accounts."""
    account = next((found for found in linked_accounts(request.user) if found.provider == provider_id), None)
    if account is None:
        raise Http404
    return unlink_now(request, account)


@after_signing_in_again
def unlink_now(request, account):
    """Unlink the account of somebody who has just shown again who they are."""
    try:
        unlink_account(request.user, account)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Your {company_of(account.provider)} account is unlinked.")
    return redirect("socialaccount_connections")


@needs("manage_sign_in")
def other_accounts_edit(request):
    """Say whose accounts may be used to sign in at the school worked in."""
    school = school_to_change(request.membership)
    form = OtherAccountsForm(request.POST or None, school=school)
    if form.is_valid():
        change_other_accounts(school, by=request.membership, **form.cleaned_data)
        messages.success(request, "The list is changed.")
        return redirect("accounts:other_accounts_edit")
    return render(
        request,
        "accounts/other_accounts_edit.html",
        {
            "form": form,
            "events": timeline_of(school),
            "trail": [("The school", reverse("accounts:school_detail"))],
        },
    )
