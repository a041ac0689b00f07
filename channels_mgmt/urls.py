"""The addresses of channels: the register, one channel and what is done with it, the platforms."""

from django.urls import path

from channels_mgmt.views import channels, platforms

app_name = "channels"

urlpatterns = [
    path("channels/", channels.channel_list, name="channel_list"),
    path("channels/new/", channels.channel_create, name="channel_create"),
    path("channels/platforms/", platforms.platform_list, name="platform_list"),
    path("channels/platforms/new/", platforms.platform_create, name="platform_create"),
    path("channels/platforms/<uuid:pk>/", platforms.platform_edit, name="platform_edit"),
    path("channels/<uuid:pk>/", channels.channel_detail, name="channel_detail"),
    path("channels/<uuid:pk>/edit/", channels.channel_edit, name="channel_edit"),
    path("channels/<uuid:pk>/step/", channels.channel_step, name="channel_step"),
    path("channels/<uuid:pk>/audience/", channels.audience_confirm, name="audience_confirm"),
    path("channels/<uuid:pk>/lines/new/", channels.rule_create, name="rule_create"),
    path("channels/<uuid:pk>/people/new/", channels.authorisation_create, name="authorisation_create"),
    path("channels/<uuid:pk>/attempts/", channels.attempt_list, name="attempt_list"),
    path("channels/lines/<uuid:pk>/drop/", channels.rule_drop, name="rule_drop"),
    path("channels/people/<uuid:pk>/revoke/", channels.authorisation_revoke, name="authorisation_revoke"),
]
