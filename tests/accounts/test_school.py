"""Choosing the school worked in, and what a school says about itself."""

from datetime import time

import pytest

from accounts.models import Role, School, Site
from accounts.services import change_school, give_post, register_school
from policyportal.lib.workflow import NotAllowed, Refused


@pytest.fixture
def of_two_schools(cast):
    """A browser of a teacher who also teaches at the other school of the federation."""
    give_post(user=cast.user(Role.TEACHER), school=cast.school("elmwood"), role=Role.TEACHER, seniority=500)
    return cast.client("teacher")


def school_of(client):
    return client.get("/school/").context["school"].slug


def test_a_person_of_two_schools_works_in_one_at_a_time_and_changes_it(cast, of_two_schools):
    client = of_two_schools
    assert school_of(client) == "oakfield"
    key = client.session.session_key
    other = cast.user(Role.TEACHER).memberships.get(school__slug="elmwood")
    client.post("/school/choose/", {"post": other.pk})
    assert school_of(client) == "elmwood"
    assert client.session.session_key != key


def test_only_ones_own_posts_can_be_chosen(cast, of_two_schools):
    for post in (cast.post(Role.HEADTEACHER, "elmwood"), cast.post(Role.TEACHER, "riverside")):
        assert of_two_schools.post("/school/choose/", {"post": post.pk}).status_code == 404
    assert school_of(of_two_schools) == "oakfield"


def test_choosing_offers_each_school_once(cast, of_two_schools):
    give_post(user=cast.user(Role.TEACHER), school=cast.school(), role=Role.GOVERNOR)
    posts = of_two_schools.get("/school/choose/").context["posts"]
    assert [post.school.slug for post in posts] == ["elmwood", "oakfield"]


def test_the_school_page_shows_each_site_with_its_own_website(cast):
    Site.objects.create(school=cast.school(), name="Oakfield Infants", website="https://infants.oakfield.example/")
    Site.objects.create(school=cast.school("riverside"), name="Riverside Site")
    page = cast.client("teacher").get("/school/").content.decode()
    assert 'href="https://infants.oakfield.example/"' in page
    assert "Riverside Site" not in page


def test_the_motto_stands_in_the_header_of_every_page_once_the_head_has_set_it(cast):
    head = cast.client("headteacher")
    school = cast.school()
    typed = {
        "motto": "Roots and wings",
        "accent": "teal",
        "email": school.email,
        "telephone": school.telephone,
        "moderation_target_hours": 12,
        "block_threshold": 4,
        "takedown_hours": 24,
        "acknowledgement_days": 10,
        "credential_days": 1,
        "briefing_reminder_days": 7,
        "second_factor_grace_days": 14,
        "quiet_from": "19:00",
        "quiet_until": "07:00",
        "reason": "Agreed by the governors",
    }
    assert head.post("/school/settings/", typed).url == "/school/"
    page = cast.client("teacher").get("/people/").content.decode()
    assert '<p class="portal-header__motto">Roots and wings</p>' in page
    assert 'data-accent="teal"' in page
    latest = cast.school().history.first()
    assert latest.moderation_target_hours == 12
    assert latest.history_change_reason == "Agreed by the governors"
    assert latest.history_user_id == cast.headteacher.user_id


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        ("19:00", "12:01", "may not include noon"),
        ("11:00", "13:00", "may not include noon"),
        ("12:00", "07:00", "may not include noon"),
        ("late", "07:00", "Enter a time, like 19:00"),
        ("", "07:00", "Enter no mail from"),
    ],
)
def test_quiet_hours_are_times_and_leave_noon_free(cast, start, end, error):
    typed = {
        "accent": "teal",
        "block_threshold": 3,
        "takedown_hours": 24,
        "acknowledgement_days": 14,
        "credential_days": 1,
        "briefing_reminder_days": 7,
    }
    typed |= {"moderation_target_hours": 24, "second_factor_grace_days": 14, "quiet_from": start, "quiet_until": end}
    response = cast.client("headteacher").post("/school/settings/", typed)
    assert error in response.content.decode()
    assert cast.school().accent == "navy"
    with pytest.raises(Refused):
        change_school(cast.school(), by=cast.headteacher, quiet_from=time(11), quiet_until=time(13))


def test_the_head_sets_quiet_hours_and_everybody_reads_them(cast):
    change_school(cast.school(), by=cast.headteacher, quiet_from=time(18, 30), quiet_until=time(7))
    assert "No mail from 6:30pm to 7:00am" in cast.client("teacher").get("/school/").content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "", "many"])
def test_a_setting_that_is_no_number_of_one_or_more_is_refused(cast, number):
    before = cast.school().moderation_target_hours
    typed = {
        "accent": "teal",
        "block_threshold": 3,
        "takedown_hours": 24,
        "acknowledgement_days": 14,
        "credential_days": 1,
        "briefing_reminder_days": 7,
    }
    response = cast.client("headteacher").post("/school/settings/", typed | {"moderation_target_hours": number})
    assert "moderation_target_hours" in response.context["form"].errors
    assert response.context["school"].accent == "navy"
    assert cast.school().moderation_target_hours == before


@pytest.mark.parametrize("role", [role for role in Role if role != Role.HEADTEACHER])
def test_nobody_but_the_head_changes_the_settings(cast, role):
    assert cast.client(role).get("/school/settings/").status_code == 403
    assert cast.client(role).post("/school/settings/", {"motto": "Mine"}).status_code == 403
    with pytest.raises(NotAllowed):
        change_school(cast.school(), by=cast.post(role), motto="Mine")
    assert cast.school().motto == ""


def test_a_head_does_not_change_another_school(cast):
    with pytest.raises(NotAllowed):
        change_school(cast.school("elmwood"), by=cast.headteacher, motto="Ours")


def test_what_is_not_a_setting_cannot_be_changed_as_one(cast):
    with pytest.raises(TypeError, match="slug"):
        change_school(cast.school(), by=cast.headteacher, slug="elsewhere")


def test_a_school_joins_with_its_federation_and_sites_and_a_history_from_the_first_row(db):
    facts = {"slug": "hill", "name": "Hill Primary School", "short_name": "Hill", "federation": "Hills"}
    school = register_school(**facts, sites=[{"name": "Hill", "website": "https://hill.example/"}])
    assert school.federation.name == "Hills"
    assert school.history.get().history_change_reason == "Joined the portal"
    assert Site.objects.get(school=school).history.count() == 1
    assert register_school(**facts | {"slug": "dale", "name": "Dale"}).federation == school.federation
    with pytest.raises(Refused):
        register_school(**facts)
    assert School.objects.filter(slug="hill").count() == 1


def test_the_head_gives_roles_the_school_s_own_words_and_they_show_wherever_the_role_does(cast):
    head = cast.client("headteacher")
    assert (
        head.post("/school/words/", {"deputy_head": "Head of School", "reason": "As in the prospectus"}).status_code
        == 302
    )
    assert cast.school().role_labels == {"deputy_head": "Head of School"}
    assert cast.school().history.first().history_change_reason == "As in the prospectus"
    for path in ("/people/", "/school/", cast.deputy_head.get_absolute_url()):
        assert "Head of School" in cast.client("teacher").get(path).content.decode()
    assert "Head of School" not in cast.client("teacher", "elmwood").get("/people/").content.decode()
    head.post("/school/words/", {"deputy_head": "", "reason": ""})
    assert cast.school().role_labels == {}


def test_one_word_for_two_roles_is_refused(cast):
    answer = cast.client("headteacher").post("/school/words/", {"deputy_head": "headteacher"})
    assert "would be the word for two roles" in answer.content.decode()
    assert cast.school().role_labels == {}


def test_nobody_but_the_head_changes_the_words(cast):
    for role in ("deputy_head", "technical_administrator", "chair"):
        assert cast.client(role).post("/school/words/", {"deputy_head": "Boss"}).status_code == 403
    assert cast.school().role_labels == {}
