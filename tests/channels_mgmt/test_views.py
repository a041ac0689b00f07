"""The pages of the register over HTTP: who may do what, what is refused and recorded, what other schools see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from channels_mgmt.models import Authorisation, Channel, ChannelRule, Platform, RefusedAttempt
from channels_mgmt.services import add_rule, authorise, open_channel
from policyportal.lib.workflow import take

MANAGING = ["channel_edit", "rule_create"]
AUTHORISING = ["authorisation_create"]


def page(name, *args):
    return reverse(f"channels:{name}", args=args)


def facts(platform, **others):
    return {
        "platform": platform.pk,
        "name": "Oakfield on Facebook",
        "address": "https://facebook.example/oakfield",
        "audience": "public",
        "posting_mode": "may",
        "has_agency": "no",
        "managing_roles": ["office"],
    } | others


def test_the_register_shows_each_channel_with_who_sees_it_and_who_manages_it(cast, channel):
    text = cast.client(Role.TEACHER).get(page("channel_list")).content.decode()
    for words in ("Oakfield on X", "Public", "Not stated in the policy: confirm", "School business manager", "Open"):
        assert words in text
    assert "Add a channel" not in text


def test_a_channel_of_another_school_is_on_no_register_but_its_own(cast, channel):
    assert "Oakfield on X" not in cast.client(Role.HEADTEACHER, "elmwood").get(page("channel_list")).content.decode()


def test_an_empty_register_asks_the_head_to_begin_it_and_tells_others_so(cast):
    assert "Add a channel" in cast.client(Role.HEADTEACHER).get(page("channel_list")).content.decode()
    text = cast.client(Role.TEACHER).get(page("channel_list")).content.decode()
    assert "The headteacher has been asked" in text and "Add a channel" not in text


@pytest.mark.parametrize("role", [Role.DPO, Role.TECHNICAL_ADMINISTRATOR])
def test_posts_without_the_register_get_403(cast, channel, role):
    assert cast.client(role).get(page("channel_list")).status_code == 403
    assert cast.client(role).get(channel.get_absolute_url()).status_code == 403


def test_the_head_adds_a_channel_whose_audience_is_thereby_confirmed(cast, platform):
    answers = facts(platform, authorising_roles=["deputy_head"], most_authorised="4")
    response = cast.client(Role.HEADTEACHER).post(page("channel_create"), answers)
    channel = Channel.objects.get()
    assert response.url == channel.get_absolute_url()
    assert channel.audience_confirmed and channel.most_authorised == 4
    assert set(channel.roles.values_list("role", "manages", "authorises")) == {
        ("office", True, False),
        ("deputy_head", False, True),
    }


def test_a_deputy_who_sends_authorising_roles_by_hand_sets_none(cast, platform):
    answers = facts(platform, authorising_roles=["deputy_head"], most_authorised="99")
    cast.client(Role.DEPUTY_HEAD).post(page("channel_create"), answers)
    channel = Channel.objects.get()
    assert not channel.roles.filter(authorises=True).exists()
    assert channel.most_authorised is None and channel.must_confirm


def test_a_form_with_a_mistake_stores_nothing_and_keeps_what_was_typed(cast, platform):
    response = cast.client(Role.HEADTEACHER).post(page("channel_create"), facts(platform, name="", purpose="News"))
    text = response.content.decode()
    assert response.status_code == 200 and "Enter name" in text and "News" in text
    assert not Channel.objects.exists()


def test_an_agency_asks_for_its_name_and_a_responsible_person(cast, platform):
    client = cast.client(Role.HEADTEACHER)
    text = client.post(page("channel_create"), facts(platform, has_agency="yes")).content.decode()
    assert "Enter agency" in text and "an answer for “Member of staff responsible for it”" in text
    answers = facts(platform, has_agency="yes", agency="Pages Ltd", responsible=str(cast.office.pk))
    client.post(page("channel_create"), answers)
    assert Channel.objects.get().responsible == cast.office


def test_a_second_channel_of_a_name_is_refused_beside_the_name(cast, platform, channel):
    response = cast.client(Role.HEADTEACHER).post(page("channel_create"), facts(platform, name="Oakfield on X"))
    assert "already" in response.context["form"].errors["name"][0]
    assert Channel.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OFFICE, Role.TEACHER, Role.GOVERNOR])
def test_nobody_but_leaders_adds_a_channel(cast, platform, role):
    assert cast.client(role).post(page("channel_create"), facts(platform)).status_code == 403
    assert not Channel.objects.exists()


def test_a_manager_changes_the_channel_and_sees_no_question_about_roles(cast, channel, platform):
    client = cast.client(Role.COMPUTING_LEAD)
    form = client.get(page("channel_edit", channel.pk)).context["form"]
    assert {"managing_roles", "authorising_roles", "most_authorised"}.isdisjoint(form.fields)
    client.post(page("channel_edit", channel.pk), facts(platform, name=channel.name, purpose="News"))
    channel.refresh_from_db()
    assert channel.purpose == "News"
    assert channel.roles.filter(manages=True).count() == 2


def test_the_page_offers_managing_only_to_those_who_may(cast, channel, line):
    manager = cast.client(Role.BUSINESS_MANAGER).get(channel.get_absolute_url()).content.decode()
    for words in ("Change the channel", "Add a line", "Take off", "Suspend channel", "Refused attempts"):
        assert words in manager
    assert "Authorise a person" not in manager and "Confirm who can see it" not in manager
    deputy = cast.client(Role.DEPUTY_HEAD).get(channel.get_absolute_url()).content.decode()
    assert "Authorise a person" in deputy and "Change the channel" not in deputy
    teacher = cast.client(Role.TEACHER).get(channel.get_absolute_url()).content.decode()
    for words in ("Change the channel", "Add a line", "Take off", "Suspend channel", "Authorise a person"):
        assert words not in teacher


def test_a_refused_attempt_is_answered_403_and_recorded_for_the_managers(cast, channel):
    for name in [*MANAGING, *AUTHORISING]:
        assert cast.client(Role.TEACHER).get(page(name, channel.pk)).status_code == 403
    attempt = RefusedAttempt.objects.first()
    assert (attempt.user, attempt.channel) == (cast.teacher.user, channel)
    assert RefusedAttempt.objects.count() == len(MANAGING) + len(AUTHORISING)
    assert "Tara Oakfield" in cast.client(Role.COMPUTING_LEAD).get(page("attempt_list", channel.pk)).content.decode()
    assert cast.client(Role.OFFICE).get(page("attempt_list", channel.pk)).status_code == 403


def test_an_attempt_at_another_schools_channel_is_404_and_leaves_no_trace(cast, channel, line):
    row = authorise(channel, cast.teacher, by=None)
    client = cast.client(Role.HEADTEACHER, "elmwood")
    for name in ("channel_detail", "channel_edit", "channel_step", "audience_confirm", "rule_create", "attempt_list"):
        assert client.get(page(name, channel.pk) + "?step=suspend").status_code == 404
    assert client.post(page("authorisation_create", channel.pk)).status_code == 404
    assert client.post(page("channel_step", channel.pk), {"step": "close", "reason": "x"}).status_code == 404
    assert client.post(page("audience_confirm", channel.pk), {"audience": "private"}).status_code == 404
    assert client.post(page("rule_drop", line.pk)).status_code == 404
    assert client.post(page("authorisation_revoke", row.pk), {"reason": "x"}).status_code == 404
    assert client.post(page("platform_edit", channel.platform_id), {"name": "Mine"}).status_code == 404
    assert not RefusedAttempt.objects.exists()
    for thing in (channel, line, row):
        thing.refresh_from_db()
    assert (channel.status, channel.audience_confirmed) == ("opened", False)
    assert (line.dropped_at, row.revoked_at) == (None, None)


def test_a_manager_suspends_the_channel_with_a_reason(cast, channel):
    client = cast.client(Role.COMPUTING_LEAD)
    url = page("channel_step", channel.pk)
    assert "Suspend channel" in client.get(url + "?step=suspend").content.decode()
    assert client.post(url, {"step": "suspend", "reason": ""}).status_code == 200
    assert client.post(url, {"step": "suspend", "reason": "Taken over"}).status_code == 302
    channel.refresh_from_db()
    assert channel.status == "suspended"
    assert "Taken over" in client.get(channel.get_absolute_url()).content.decode()


def test_a_late_click_is_told_what_happened_and_changes_nothing(cast, channel):
    take("close", channel, cast.headteacher, "Not used")
    url = page("channel_step", channel.pk)
    response = cast.client(Role.COMPUTING_LEAD).post(url, {"step": "suspend", "reason": "Taken over"})
    assert response.status_code == 409 and "Closed" in response.content.decode()
    channel.refresh_from_db()
    assert channel.status == "closed"


def test_an_unknown_step_is_not_there(cast, channel):
    assert cast.client(Role.HEADTEACHER).get(page("channel_step", channel.pk) + "?step=explode").status_code == 404


def test_only_the_head_confirms_the_audience(cast, channel):
    url = page("audience_confirm", channel.pk)
    assert cast.client(Role.COMPUTING_LEAD).post(url, {"audience": "private"}).status_code == 403
    cast.client(Role.HEADTEACHER).post(url, {"audience": "private"})
    channel.refresh_from_db()
    assert (channel.audience, channel.must_confirm) == ("private", False)


@pytest.mark.parametrize(("mode", "heading"), [("will", "The school will post"), ("may", "The school may post")])
def test_the_three_lists_stand_under_the_schools_own_heading_each_line_with_its_clause(cast, channel, mode, heading):
    channel.posting_mode = mode
    channel.save()
    for kind in ChannelRule.List.values:
        add_rule(channel, by=None, rule_list=kind, title=f"Line of {kind}")
    text = cast.client(Role.TEACHER).get(channel.get_absolute_url()).content.decode()
    for words in (heading, "Never posted", "Removed on sight", "Line of allowed", "Line of never", "Line of remove"):
        assert words in text


def test_a_manager_adds_a_line_and_takes_it_off_after_being_asked(cast, channel):
    client = cast.client(Role.COMPUTING_LEAD)
    answers = {"rule_list": "remove", "title": "Spam", "text": "", "example": "", "clause": ""}
    client.post(page("rule_create", channel.pk), answers)
    line = ChannelRule.objects.get()
    assert "Take “Spam” off the list?" in client.get(page("rule_drop", line.pk)).content.decode()
    client.post(page("rule_drop", line.pk))
    text = client.get(channel.get_absolute_url()).content.decode()
    assert "“Spam”: taken off the list" in text and "Colin Oakfield" in text


def test_a_line_that_is_on_the_list_is_refused_beside_its_title(cast, channel, line):
    answers = {"rule_list": "remove", "title": "Spam", "text": "", "example": "", "clause": ""}
    response = cast.client(Role.COMPUTING_LEAD).post(page("rule_create", channel.pk), answers)
    assert "already" in response.context["form"].errors["title"][0]


def grant(person, **others):
    day = {"starts_on_day": "1", "starts_on_month": "9", "starts_on_year": "2026"}
    return {"person": str(person.pk), "may": ["post"], "reason": "Runs the choir", **day} | others


def test_an_authoriser_authorises_a_person_who_then_stands_on_the_page(cast, channel):
    client = cast.client(Role.DEPUTY_HEAD)
    response = client.post(page("authorisation_create", channel.pk), grant(cast.teacher))
    assert response.status_code == 302
    row = Authorisation.objects.get()
    assert (row.granted_by, row.may_post, row.may_moderate) == (cast.deputy_head.user, True, False)
    text = client.get(channel.get_absolute_url()).content.decode()
    for words in ("Tara Oakfield", "1 September 2026", "No end", "Runs the choir", "Devi Oakfield"):
        assert words in text


@pytest.mark.parametrize(
    ("others", "field", "why"),
    [
        ({"may": []}, "may", "post, moderate or both"),
        ({"ends_on_day": "1", "ends_on_month": "8", "ends_on_year": "2026"}, "ends_on", "The last day"),
        ({"reason": ""}, "reason", "Enter reason"),
        ({"person": ""}, "person", "“Person”"),
    ],
)
def test_what_stands_against_an_authorisation_is_said_beside_its_field(cast, channel, others, field, why):
    answers = grant(cast.teacher) | others
    response = cast.client(Role.HEADTEACHER).post(page("authorisation_create", channel.pk), answers)
    assert why in response.context["form"].errors[field][0]
    assert not Authorisation.objects.exists()


def test_neither_oneself_nor_a_person_of_another_school_can_be_chosen(cast, channel):
    client = cast.client(Role.HEADTEACHER)
    for person in (cast.headteacher, cast.post(Role.TEACHER, "elmwood"), cast.governor):
        response = client.post(page("authorisation_create", channel.pk), grant(person))
        assert "person" in response.context["form"].errors
    assert not Authorisation.objects.exists()


def test_a_second_authorisation_is_refused_beside_the_person(cast, channel):
    authorise(channel, cast.teacher, by=None)
    response = cast.client(Role.HEADTEACHER).post(page("authorisation_create", channel.pk), grant(cast.teacher))
    assert "already" in response.context["form"].errors["person"][0]
    assert Authorisation.objects.count() == 1


def test_revoking_asks_why_and_keeps_it(cast, channel):
    row = authorise(channel, cast.teacher, by=None)
    client = cast.client(Role.DEPUTY_HEAD)
    url = page("authorisation_revoke", row.pk)
    assert client.post(url, {"reason": ""}).status_code == 200
    assert cast.client(Role.COMPUTING_LEAD).post(url, {"reason": "No"}).status_code == 403
    row.refresh_from_db()
    assert row.revoked_at is None
    client.post(url, {"reason": "Left the team"})
    row.refresh_from_db()
    assert row.revoked_by == cast.deputy_head.user
    assert "Left the team" in client.get(channel.get_absolute_url()).content.decode()
    assert "revoked already" in client.post(url, {"reason": "Again"}).content.decode()


def test_a_platform_is_found_by_any_of_its_names(cast, platform):
    client = cast.client(Role.TEACHER)
    for words in ("X", "twit", "Twitter"):
        assert "X" in [row[0]["text"] for row in client.get(page("platform_list") + f"?q={words}").context["rows"]]
    assert client.get(page("platform_list") + "?q=vine").context["rows"] == []


def test_office_and_leaders_keep_the_list_of_platforms(cast, platform):
    answers = {"name": "Threads", "aliases": "Meta Threads, Insta Threads", "minimum_age": "13", "active": "on"}
    assert cast.client(Role.TEACHER).post(page("platform_create"), answers).status_code == 403
    cast.client(Role.OFFICE).post(page("platform_create"), answers)
    added = Platform.objects.get(name="Threads")
    assert added.aliases == ["Meta Threads", "Insta Threads"]
    cast.client(Role.OFFICE).post(page("platform_edit", added.pk), answers | {"minimum_age": "16", "active": ""})
    added.refresh_from_db()
    assert (added.minimum_age, added.active) == (16, False)
    response = cast.client(Role.OFFICE).post(page("platform_create"), answers)
    assert "already" in response.context["form"].errors["name"][0]


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_register_and_a_channel_cost_the_same_with_one_row_and_with_fifty(cast, platform, channel, line):
    authorise(channel, cast.teacher, by=None)
    client = cast.client(Role.HEADTEACHER)
    urls = [page("channel_list"), channel.get_absolute_url(), page("platform_list"), page("attempt_list", channel.pk)]
    client.get(urls[0])
    before = [queries(client, url) for url in urls]
    for number in range(50):
        open_channel(
            school=cast.school(),
            by=None,
            platform=platform,
            name=f"Page {number}",
            audience="public",
            managing_roles=[Role.OFFICE],
        )
        add_rule(channel, by=None, rule_list="remove", title=f"Line {number}")
        RefusedAttempt.objects.create(school=cast.school(), channel=channel, user=cast.teacher.user)
    for role in (Role.OFFICE, Role.SUPPORT_STAFF, Role.DSL, Role.VOLUNTEER):
        authorise(channel, cast.post(role), by=None)
    assert [queries(client, url) for url in urls] == before


def test_the_register_the_platforms_and_the_attempts_are_shown_a_page_at_a_time(cast, platform, channel):
    for number in range(30):
        open_channel(school=cast.school(), by=None, platform=platform, name=f"Page {number}", audience="public")
        Platform.objects.create(school=cast.school(), name=f"Platform {number}")
        RefusedAttempt.objects.create(school=cast.school(), channel=channel, user=cast.teacher.user)
    client = cast.client(Role.HEADTEACHER)
    for url in (page("channel_list"), page("platform_list"), page("attempt_list", channel.pk)):
        first = client.get(url).context
        rest = client.get(url + first["page"].next_url).context
        assert len(first["rows"]) == 25
        assert 5 <= len(rest["rows"]) <= 6
