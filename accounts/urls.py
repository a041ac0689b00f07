"""Addresses of sign-in, people, the school and what somebody was told."""

from django.urls import path

from accounts.views import (
    appointments,
    joining,
    joining_passkey,
    other_accounts,
    people,
    schools,
    second_step,
    signing_in,
    staff_import,
    told,
)

app_name = "accounts"

urlpatterns = [
    path("sign-in/demo/", signing_in.DemoSignInView.as_view(), name="demo_sign_in"),
    path("school/", schools.school_detail, name="school_detail"),
    path("school/choose/", signing_in.school_choose, name="school_choose"),
    path("school/settings/", schools.school_edit, name="school_edit"),
    path("school/words/", schools.role_labels_edit, name="role_labels_edit"),
    path("school/other-accounts/", other_accounts.other_accounts_edit, name="other_accounts_edit"),
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/import/", staff_import.staff_import_create, name="staff_import_create"),
    path("people/import/invite/", staff_import.staff_import_invite, name="staff_import_invite"),
    path("people/import/<uuid:pk>/", staff_import.staff_import_detail, name="staff_import_detail"),
    path("people/import/<uuid:pk>/columns/", staff_import.staff_import_columns, name="staff_import_columns"),
    path("people/import/<uuid:pk>/left-out/", staff_import.staff_import_left_out, name="staff_import_left_out"),
    path("people/import/<uuid:pk>/put-away/", staff_import.staff_import_put_away, name="staff_import_put_away"),
    path("people/<uuid:pk>/", people.person_detail, name="person_detail"),
    path("people/<uuid:pk>/change/", people.person_edit, name="person_edit"),
    path("people/<uuid:pk>/second-step/", second_step.person_second_step_remove, name="person_second_step_remove"),
    path("people/<uuid:pk>/end/", people.person_end, name="person_end"),
    path("people/<uuid:pk>/cover/", appointments.person_cover, name="person_cover"),
    path("people/<uuid:pk>/invite/", joining.invitation_send, name="invitation_send"),
    path("people/<uuid:pk>/invitation/withdraw/", joining.invitation_withdraw, name="invitation_withdraw"),
    path("invitation/", joining.invitation_accept, name="invitation_accept"),
    path("invitation/passkey/", joining_passkey.invitation_passkey, name="invitation_passkey"),
    path("invitation/<str:token>/", joining.invitation_open, name="invitation_open"),
    path("appointments/", appointments.appointment_list, name="appointment_list"),
    path("appointments/new/", appointments.appointment_create, name="appointment_create"),
    path("appointments/end/<uuid:pk>/", appointments.appointment_end, name="appointment_end"),
    path("appointments/<uuid:pk>/", appointments.appointment_detail, name="appointment_detail"),
    path("appointments/<uuid:pk>/step/", appointments.appointment_step, name="appointment_step"),
    path("notifications/", told.notification_list, name="notification_list"),
    path("notifications/how/", told.notification_choice, name="notification_choice"),
    path("notifications/read/", told.notification_read_all, name="notification_read_all"),
    path("notifications/<uuid:pk>/read/", told.notification_read, name="notification_read"),
]
