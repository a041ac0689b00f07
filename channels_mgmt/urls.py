"""The addresses of channels: the register, one channel and what is done with it, the platforms; and of links."""

from django.urls import path

from channels_mgmt.views import channels, credentials, families, links, platforms

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
    path("channels/credentials/<uuid:pk>/changed/", credentials.credential_change, name="credential_change"),
    path("channels/<uuid:pk>/attempts/", channels.attempt_list, name="attempt_list"),
    path("channels/lines/<uuid:pk>/drop/", channels.rule_drop, name="rule_drop"),
    path("channels/people/<uuid:pk>/revoke/", channels.authorisation_revoke, name="authorisation_revoke"),
    path("links/", links.own_link_list, name="own_link_list"),
    path("links/new/", links.link_create, name="link_create"),
    path("links/answer/", links.links_answer, name="links_answer"),
    path("links/school/", links.link_list, name="link_list"),
    path("links/form/", families.link_notice, name="link_notice"),
    path("links/<uuid:pk>/", links.link_detail, name="link_detail"),
    path("links/<uuid:pk>/step/", links.link_step, name="link_step"),
    path("links/<uuid:pk>/person/", links.link_name, name="link_name"),
    path("links/<uuid:pk>/told/", links.link_told, name="link_told"),
    path("s/<slug:slug>/links/", families.public_link, name="public_link"),
    path("s/<slug:slug>/links/thanks/", families.public_link_thanks, name="public_link_thanks"),
]
