"""Addresses of sign-in, people, the school and what somebody was told."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-in/demo/", views.DemoSignInView.as_view(), name="demo_sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("school/", views.school_detail, name="school_detail"),
    path("school/choose/", views.school_choose, name="school_choose"),
    path("school/settings/", views.school_edit, name="school_edit"),
    path("people/", views.person_list, name="person_list"),
    path("people/new/", views.person_create, name="person_create"),
    path("people/<uuid:pk>/", views.person_detail, name="person_detail"),
    path("people/<uuid:pk>/change/", views.person_edit, name="person_edit"),
    path("people/<uuid:pk>/end/", views.person_end, name="person_end"),
    path("notifications/", views.notification_list, name="notification_list"),
    path("notifications/read/", views.notification_read_all, name="notification_read_all"),
    path("notifications/<uuid:pk>/read/", views.notification_read, name="notification_read"),
]
