"""The pages of passwords: change one's own, forget it, choose it anew by a link."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import (
    PasswordChangeView,
    PasswordResetFromKeyView,
    PasswordResetView,
    PasswordSetView,
)
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from accounts.browsers import address_of
from accounts.forms.signing_in import (
    ChangePasswordForm,
    ForgottenPasswordForm,
    NewPasswordForm,
)
from accounts.services.guesses import ask_stranger, same
from accounts.services.passwords import request_password
from accounts.services.sessions import end_sessions


class ChangePasswordView(PasswordChangeView):
    """Change one's own password; everywhere else one is signed out."""

    form_class = ChangePasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("usersessions_list")

    def form_valid(self, form):
        response = super().form_valid(form)
        end_sessions(self.request.user, but=self.request.session.session_key)
        return response


@method_decorator(reauthentication_required, name="dispatch")
class SetPasswordView(PasswordSetView):
    """Set a first password, for somebody who has so far signed in by other means."""

    form_class = NewPasswordForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("usersessions_list")

    def form_valid(self, form):
        response = super().form_valid(form)
        end_sessions(self.request.user, but=self.request.session.session_key)
        return response


class ForgottenPasswordView(PasswordResetView):
    """Ask for a link to a new password; the answer is the same for every address."""

    form_class = ForgottenPasswordForm
    template_name = "accounts/password_forgotten.html"

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        ask_stranger("reset", same(email), address_of(self.request))
        request_password(email)
        return redirect("account_reset_password_done")


@login_not_required
def password_asked(request):
    """Say what happens next, whether or not the address is known."""
    return render(request, "accounts/password_asked.html")


class NewPasswordView(PasswordResetFromKeyView):
    """Choose a new password by the link; the secret moves from the address into the session first."""

    form_class = NewPasswordForm
    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form):
        # What the secret was kept in goes with it, and so does every session of the person.
        self.request.session.flush()
        end_sessions(form.user)
        return super().form_valid(form)
