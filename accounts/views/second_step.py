"""The pages of the second step: how somebody signs in, setting it up, giving it, and removing a lost one."""

import hashlib
import json
import logging

from allauth.account.decorators import reauthentication_required
from allauth.account.views import ReauthenticateView
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from qrcode import QRCode

from accounts.decorators import needs
from accounts.forms.second_step import (
    CodeAgainForm,
    CodeForm,
    LostSecondStepForm,
    NewAppForm,
    NewPasskeyForm,
    PasskeyAgainForm,
    PasskeyForm,
    PasskeyNameForm,
    PasskeySignInForm,
    PasswordAgainForm,
)
from accounts.notifications import second_step_changed
from accounts.rules import can_remove_second_steps
from accounts.second_step import record_second_step, second_step_owed, second_steps_of
from accounts.services.second_step import has_second_step, remove_second_steps, spend
from accounts.views.people import PEOPLE, found
from policyportal.lib.encryption import Unreadable
from policyportal.lib.workflow import Refused

logger = logging.getLogger(__name__)
TYPES = Authenticator.Type
OVERVIEW = reverse_lazy("mfa_index")
HOW = ("How you sign in", reverse_lazy("socialaccount_connections"))
TRAIL = [HOW, ("Passkeys and second step", OVERVIEW)]
AFTER = "after_second_step"
again = method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
uncached = method_decorator(never_cache, name="dispatch")


@require_safe
def overview(request):
    """The passkeys, the app and the recovery codes of this person, and what is still needed."""
    remember_way_back(request)
    held = list(second_steps_of(request.user).order_by("created_at"))
    codes = next((one for one in held if one.type == TYPES.RECOVERY_CODES), None)
    context = {
        "app": next((one for one in held if one.type == TYPES.TOTP), None),
        "passkeys": [passkey_row(one) for one in held if one.type == TYPES.WEBAUTHN],
        "codes": codes,
        "codes_left": codes_left(codes),
        "trail": [HOW],
        "owed": second_step_owed(request),
        "way_back": request.session.get(AFTER) if has_second_step(request.user) else "",
    }
    return render(request, "accounts/second_step.html", context)


@again
@uncached
class NewAppView(ActivateTOTPView):
    """Set an app up: a picture to scan, the same as letters to type, and its first code."""

    form_class = NewAppForm
    template_name = "accounts/second_step_app.html"

    def get_context_data(self, **kwargs):
        # Not the library's own, which makes the picture an address that the security policy rightly refuses.
        context = super(ActivateTOTPView, self).get_context_data(**kwargs)
        secret = context["form"].secret
        letters = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
        address = get_adapter().build_totp_url(self.request.user, secret)
        return context | {"letters": letters, "picture": picture_of(address), "trail": TRAIL}

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
            app = second_steps_of(self.request.user).get(type=TYPES.TOTP)
            # The code that proved the app is spent with it.
            spend(app, form.counter)
            tell(self.request, "An app for signing in was set up")
        record_second_step(self.request, app)
        return response


class AppRemoveView(DeactivateTOTPView):
    """Remove the app."""

    template_name = "accounts/second_step_app_remove.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"trail": TRAIL}

    def form_valid(self, form):
        with transaction.atomic():
            tell(self.request, "The app for signing in was removed")
            return super().form_valid(form)


@never_cache
@reauthentication_required(app="allauth.mfa")
def recovery_codes(request):
    """The recovery codes, shown once when asked for; afterwards only how many are left."""
    with transaction.atomic():
        held = second_steps_of(request.user).select_for_update().filter(type=TYPES.RECOVERY_CODES).first()
        if held is None:
            raise Http404
        codes, unreadable = [], False
        if request.method == "POST" and not held.wrap().did_view:
            try:
                codes = held.wrap().get_unused_codes()
                held.wrap().mark_as_viewed()
            except Unreadable as fault:
                logger.error("recovery codes %s cannot be read: %s", held.pk, fault)
                unreadable = True
    context = {
        "codes": codes,
        "file": "\r\n".join(codes),
        "unreadable": unreadable,
        "shown_before": not codes and held.wrap().did_view,
        "codes_left": codes_left(held),
        "way_on": request.session.get(AFTER) or OVERVIEW,
        "trail": TRAIL,
    }
    return render(request, "accounts/second_step_codes.html", context)


@uncached
class NewCodesView(GenerateRecoveryCodesView):
    """Make the recovery codes anew; those from before no longer work."""

    template_name = "accounts/second_step_codes_new.html"

    def get_context_data(self, **kwargs):
        held = second_steps_of(self.request.user).filter(type=TYPES.RECOVERY_CODES).first()
        return super(GenerateRecoveryCodesView, self).get_context_data(**kwargs) | {
            "codes_left": codes_left(held),
            "trail": TRAIL,
        }

    def form_valid(self, form):
        with transaction.atomic():
            tell(self.request, "New recovery codes were made")
            return super().form_valid(form)


@uncached
class NewPasskeyView(AddWebAuthnView):
    """Add a passkey: one that can sign in alone, because it asks for a finger, a face or a PIN."""

    form_class = NewPasskeyForm
    template_name = "accounts/second_step_passkey.html"

    def get_context_data(self, **kwargs):
        options = begin_registration(self.request.user, passwordless=True)
        context = super(AddWebAuthnView, self).get_context_data(**kwargs)
        return context | {"options": json.dumps(options), "trail": TRAIL}

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)
            passkey = second_steps_of(self.request.user).filter(type=TYPES.WEBAUTHN).latest("pk")
            tell(self.request, "A passkey for signing in was added")
        record_second_step(self.request, passkey)
        return response


class OnePasskey:
    """One of one's own passkeys, by a mark that is made from its own random name."""

    success_url = OVERVIEW

    def get_object(self, queryset=None):
        mine = (queryset or self.get_queryset()).order_by("pk")
        passkey = next((one for one in mine if mark_of(one) == self.kwargs["mark"]), None)
        if passkey is None:
            raise Http404
        return passkey

    def get_context_data(self, **kwargs):
        passkey = self.object.wrap()
        return super().get_context_data(**kwargs) | {"passkey": passkey, "trail": TRAIL}


class PasskeyRenameView(OnePasskey, EditWebAuthnView):
    """Give a passkey another name."""

    form_class = PasskeyNameForm
    template_name = "accounts/second_step_passkey_rename.html"


class PasskeyRemoveView(OnePasskey, RemoveWebAuthnView):
    """Remove a passkey."""

    template_name = "accounts/second_step_passkey_remove.html"

    def form_valid(self, form):
        with transaction.atomic():
            tell(self.request, "A passkey for signing in was removed")
            return super().form_valid(form)


class SecondStepView(AuthenticateView):
    """The second step of signing in: a code, a recovery code, or a passkey."""

    form_class = CodeForm
    webauthn_form_class = PasskeyForm
    template_name = "accounts/second_step_sign_in.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        types = set(second_steps_of(user).values_list("type", flat=True))
        return context | {
            "takes_codes": bool(types & {TYPES.TOTP, TYPES.RECOVERY_CODES}),
            "takes_passkeys": TYPES.WEBAUTHN in types,
            "options": json.dumps(context["js_data"]["request_options"]),
        }


class PasskeySignInView(LoginWebAuthnView):
    """Sign in with a passkey alone; the browser asks for what to sign, then sends it."""

    form_class = PasskeySignInForm

    def get(self, request, *args, **kwargs):
        if request.headers.get("Accept") != "application/json":
            return redirect("account_login")
        return JsonResponse({"request_options": begin_authentication()})


class Again:
    """Signing in again, by one of the ways that this person has; the others are one press away."""

    template_name = "accounts/second_step_again.html"
    way = ""
    # What the other ways are called, by the library's name of each.
    words = {
        "reauthenticate": "Use your password",
        "mfa_reauthenticate": "Use a code from your app, or a recovery code",
        "mfa_reauthenticate:webauthn": "Use a passkey",
    }

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        options = context.get("js_data", {}).get("request_options")
        ways = context["reauthentication_alternatives"]
        return context | {
            "way": self.way,
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
            "options": json.dumps(options) if options else "",
            "others": [{"label": self.words[way["id"]], "url": way["url"]} for way in ways],
        }


class PasswordAgainView(Again, ReauthenticateView):
    """Give the password again."""

    form_class = PasswordAgainForm
    way = "password"


class CodeAgainView(Again, ReauthenticateByCodeView):
    """Give a code again."""

    form_class = CodeAgainForm
    way = "code"


class PasskeyAgainView(Again, ReauthenticateWebAuthnView):
    """Use a passkey again."""

    form_class = PasskeyAgainForm

    way = "passkey"

    def form_invalid(self, form):
        messages.error(self.request, " ".join(form.errors.get("credential", ["Try again."])))
        return redirect(self.request.get_full_path())


@needs("manage_people")
def person_second_step_remove(request, pk):
    """Remove the second steps of somebody who lost theirs, so that they can set up new ones."""
    person = found(request, pk)
    if not can_remove_second_steps(request.membership, person) or not has_second_step(person.user):
        raise Http404
    form = LostSecondStepForm(request.POST or None)
    if form.is_valid():
        try:
            remove_second_steps(person, by=request.membership, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{person.user.name} can now set up a new second step.")
            return redirect(person)
    trail = [PEOPLE, (person.user.name, person.get_absolute_url())]
    context = {
        "form": form,
        "person": person,
        "question": f"Remove the second step of {person.user.name}?",
        "trail": trail,
    }
    return render(request, "accounts/second_step_person_remove.html", context)


def picture_of(text):
    """Return the QR code of a text as the size of its square and the path of its dark parts."""
    code = QRCode()
    code.add_data(text)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"size": len(rows), "path": "".join(dark)}


def remember_way_back(request):
    """Keep where the person was going when they were led here."""
    asked = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        request.session[AFTER] = asked


def passkey_row(authenticator):
    """Return a passkey as the overview shows it."""
    mark = mark_of(authenticator)
    return {
        "name": authenticator.wrap().name,
        "added": authenticator.created_at,
        "used": authenticator.last_used_at,
        "rename_url": reverse("mfa_edit_webauthn", args=[mark]),
        "remove_url": reverse("mfa_remove_webauthn", args=[mark]),
    }


def mark_of(authenticator):
    """Return the part of an address that stands for a passkey: it tells nothing, not even how many there are."""
    return hashlib.sha256(authenticator.data["credential"]["id"].encode()).hexdigest()[:20]


def codes_left(authenticator):
    """Return how many recovery codes were not used yet."""
    used = authenticator.data["used_mask"].bit_count() if authenticator else 0
    return app_settings.RECOVERY_CODE_COUNT - used if authenticator else 0


def tell(request, what):
    """Tell the person by mail that a way of signing in as them has changed."""
    school = request.membership.school if request.membership else None
    second_step_changed(user=request.user, school=school, what=what)
