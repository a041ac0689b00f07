"""Addresses of sign-in, by the names that the sign-in library looks for."""

from django.urls import path

from accounts.views import other_accounts, passwords, second_step, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignInView.as_view(), name="account_login"),
    path("sign-in/again/", second_step.PasswordAgainView.as_view(), name="account_reauthenticate"),
    path("sign-in/second-step/", second_step.SecondStepView.as_view(), name="mfa_authenticate"),
    path("sign-in/again/second-step/", second_step.CodeAgainView.as_view(), name="mfa_reauthenticate"),
    path("sign-in/passkey/", second_step.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("sign-in/again/passkey/", second_step.PasskeyAgainView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("sign-out/", signing_in.SignOutView.as_view(), name="account_logout"),
    path("password/", passwords.ChangePasswordView.as_view(), name="account_change_password"),
    path("password/set/", passwords.SetPasswordView.as_view(), name="account_set_password"),
    path("password/forgotten/", passwords.ForgottenPasswordView.as_view(), name="account_reset_password"),
    path("password/forgotten/asked/", passwords.password_asked, name="account_reset_password_done"),
    path(
        "password/new/<str:uidb36>/<str:key>/",
        passwords.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("second-step/", second_step.overview, name="mfa_index"),
    path("second-step/app/", second_step.NewAppView.as_view(), name="mfa_activate_totp"),
    path("second-step/app/remove/", second_step.AppRemoveView.as_view(), name="mfa_deactivate_totp"),
    path("second-step/recovery-codes/", second_step.recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/recovery-codes/new/", second_step.NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("second-step/passkeys/new/", second_step.NewPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("second-step/passkeys/<slug:mark>/", second_step.PasskeyRenameView.as_view(), name="mfa_edit_webauthn"),
    path(
        "second-step/passkeys/<slug:mark>/remove/",
        second_step.PasskeyRemoveView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("sessions/", signing_in.session_list, name="usersessions_list"),
    path("sessions/alive/", signing_in.session_alive, name="session_alive"),
    path("sign-in/with/<str:provider_id>/", other_accounts.other_account_start, name="openid_connect_login"),
    path("sign-in/with/<str:provider_id>/back/", other_accounts.other_account_back, name="openid_connect_callback"),
    path("how-you-sign-in/", other_accounts.other_accounts, name="socialaccount_connections"),
    path("how-you-sign-in/<str:provider_id>/unlink/", other_accounts.other_account_unlink, name="account_unlink"),
]
