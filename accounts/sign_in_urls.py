"""Addresses of sign-in, by the names that the sign-in library looks for."""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path

from accounts.views import other_accounts, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignInView.as_view(), name="account_login"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/second-step/", second_step.authenticate, name="mfa_authenticate"),
    path("sign-in/again/second-step/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("second-step/", second_step.index, name="mfa_index"),
    path("second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-step/recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("second-step/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("second-step/passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("second-step/passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-step/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("sign-in/with/<str:provider_id>/", other_accounts.other_account_start, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", other_accounts.other_account_back, name="openid_connect_callback"),
    path("how-you-sign-in/", other_accounts.other_accounts, name="socialaccount_connections"),
    path("how-you-sign-in/<str:provider_id>/unlink/", other_accounts.other_account_unlink, name="account_unlink"),
]
