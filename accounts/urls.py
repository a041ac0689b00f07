"""Addresses of sign-in, people, the school and what somebody was told."""

from django.urls import path

from accounts.views import other_accounts, people, schools, signing_in, told

app_name = "accounts"

urlpatterns = [
    path("sign-in/demo/", signing_in.DemoSignInView.as_view(), name="demo_sign_in"),
    path("school/", schools.school_detail, name="school_detail"),
    path("school/choose/", signing_in.school_choose, name="school_choose"),
    path("school/settings/", schools.school_edit, name="school_edit"),
    path("school/other-accounts/", other_accounts.other_accounts_edit, name="other_accounts_edit"),
    path("people/", people.person_list, name="person_list"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<uuid:pk>/", people.person_detail, name="person_detail"),
    path("people/<uuid:pk>/change/", people.person_edit, name="person_edit"),
    path("people/<uuid:pk>/end/", people.person_end, name="person_end"),
    path("notifications/", told.notification_list, name="notification_list"),
    path("notifications/how/", told.notification_choice, name="notification_choice"),
    path("notifications/read/", told.notification_read_all, name="notification_read_all"),
    path("notifications/<uuid:pk>/read/", told.notification_read, name="notification_read"),
]
