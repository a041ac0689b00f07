"""Signing in with Google and Microsoft, against a provider that really runs: only a linked account, only its key."""

import re
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification, School
from accounts.services.other_accounts import PRIVATE_TENANT, change_other_accounts, link_account, unlink_account
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused
from tests.accounts.openid import CLIENT_ID, CLIENT_SECRET, STRANGERS_KEY, openid_provider
from tests.second_steps import give_app

PASSWORD = "a long enough passphrase"
TENANT = "11111111-2222-4333-8444-555555555555"
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"
MICROSOFT = f"microsoft-{TENANT}"
HOW = "/how-you-sign-in/"
TARA = {
    "sub": "104792",
    "email": "tara@oakfield.example",
    "email_verified": True,
    "hd": "oakfield.example",
    "name": "Tara Oakfield",
}
TARA_AT_MICROSOFT = {
    "sub": "per-app-subject",
    "oid": "aaaaaaaa-0000-4000-8000-000000000001",
    "tid": TENANT,
    "email": "tara@oakfield.example",
    "preferred_username": "tara@oakfield.example",
}


@pytest.fixture
def provider(settings):
    """A provider that plays Google and Microsoft, with the portal registered at both."""
    with openid_provider() as running:
        settings.GOOGLE_CLIENT_ID = settings.MICROSOFT_CLIENT_ID = CLIENT_ID
        settings.GOOGLE_CLIENT_SECRET = settings.MICROSOFT_CLIENT_SECRET = CLIENT_SECRET
        settings.GOOGLE_ISSUER, settings.MICROSOFT_ISSUER = running.google, running.microsoft
        cache.clear()
        yield running


@pytest.fixture
def listed(cast, provider):
    """The school lists its domain and its tenant."""
    school = cast.school()
    school.google_domains, school.microsoft_tenants = ["oakfield.example"], [TENANT]
    school.save()
    return school


def start(client, account="google", **posted):
    """Press the button and return where the page leads on to."""
    page = client.post(f"/sign-in/with/{account}/", posted)
    assert page.status_code == 200, page
    return page.context["url"]


def come_back(client, url):
    """Choose the account at the provider and come back to the portal with what it gave."""
    back = urlsplit(requests.get(url, allow_redirects=False, timeout=5).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def sign_in(account="google", **posted):
    client = Client()
    return SimpleNamespace(client=client, answer=come_back(client, start(client, account, **posted)))


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def signed_in_long_ago(cast, role):
    """A browser in which somebody signed in an hour ago, second step and all."""
    client = cast.client(role)
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 3600
    session.save()
    return client


def link(cast, provider, account="google", role="teacher", person=None):
    """Link an account through the pages, as its owner does."""
    provider.person = person or (TARA if account == "google" else TARA_AT_MICROSOFT)
    client = signed_in_long_ago(cast, role)
    asked = client.post(f"/sign-in/with/{account}/")
    assert asked.url.startswith(reverse("account_reauthenticate"))
    shown = client.post(asked.url, {"password": PASSWORD})
    come_back(client, shown.context["url"])
    return client


def assert_turned_away(attempt):
    """The one plain page, nobody signed in, and not a word on whom the portal knows."""
    assert attempt.answer.status_code == 403
    page = attempt.answer.content.decode()
    assert "This account is not linked. Sign in with your password and link it" in page
    assert "oakfield" not in page.lower()
    assert signed_in_as(attempt.client) is None


@pytest.mark.parametrize(("account", "key"), [("google", "104792"), (MICROSOFT, TARA_AT_MICROSOFT["oid"])])
def test_a_linked_account_signs_its_owner_in(cast, provider, listed, account, key):
    client = link(cast, provider, account)
    stored = SocialAccount.objects.get()
    assert (stored.user, stored.provider, stored.uid) == (cast.user("teacher"), account, key)
    assert "account is linked" in client.get(HOW).content.decode()
    attempt = sign_in(account)
    assert attempt.answer.status_code == 302
    assert signed_in_as(attempt.client) == str(cast.user("teacher").pk)


def test_signing_in_leads_to_the_page_that_was_asked_for_and_nowhere_else(cast, provider, listed):
    link(cast, provider)
    assert sign_in(next="/people/").answer.url == "/people/"
    assert sign_in(next="https://elsewhere.example/").answer.url == reverse("portal:home")


def test_linking_tells_the_person_and_stands_in_their_history(cast, provider, listed):
    link(cast, provider)
    person = cast.user("teacher")
    assert Notification.objects.get(user=person).subject == "Google account linked for signing in"
    newest = person.history.latest("history_id")
    assert (newest.history_change_reason, newest.history_user_id) == (
        "Google account linked for signing in",
        person.pk,
    )


def test_nothing_of_the_provider_is_kept_but_the_key_and_the_address(cast, provider, listed):
    link(cast, provider)
    sign_in()
    assert SocialAccount.objects.get().extra_data == {"email": "tara@oakfield.example"}
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()


def test_after_linking_the_address_counts_for_nothing(cast, provider, listed):
    link(cast, provider)
    provider.person = TARA | {"email": "harriet@oakfield.example"}
    assert signed_in_as(sign_in().client) == str(cast.user("teacher").pk)


def test_another_account_with_the_heads_address_opens_nothing(cast, provider, listed):
    link(cast, provider, role="headteacher", person=TARA | {"email": "harriet@oakfield.example"})
    provider.person = TARA | {"sub": "666", "email": "harriet@oakfield.example"}
    assert_turned_away(sign_in())


def test_another_tenants_token_with_the_heads_address_opens_nothing(cast, provider, listed):
    head = TARA_AT_MICROSOFT | {"email": "harriet@oakfield.example", "preferred_username": "harriet@oakfield.example"}
    link(cast, provider, MICROSOFT, "headteacher", head)
    # From its own address the other tenant is unknown here.
    assert Client().post(f"/sign-in/with/microsoft-{OTHER_TENANT}/").status_code == 404
    for person, lies in (
        (head | {"tid": OTHER_TENANT}, {}),
        (head | {"tid": OTHER_TENANT}, {"iss": provider.microsoft.format(tenant=OTHER_TENANT)}),
        (head, {"iss": provider.microsoft.format(tenant=OTHER_TENANT)}),
        (head | {"tid": None}, {}),
        (head | {"oid": "66666666-0000-4000-8000-000000000001"}, {}),
    ):
        provider.person, provider.lies = person, lies
        assert_turned_away(sign_in(MICROSOFT))


def test_a_tenant_listed_by_another_school_opens_nothing_here(cast, provider, listed):
    riverside = cast.school("riverside")
    riverside.microsoft_tenants = [OTHER_TENANT]
    riverside.save()
    other = f"microsoft-{OTHER_TENANT}"
    stranger = TARA_AT_MICROSOFT | {"tid": OTHER_TENANT}
    SocialAccount.objects.create(user=cast.user("teacher"), provider=other, uid=stranger["oid"])
    provider.person = stranger
    assert_turned_away(sign_in(other))


@pytest.mark.parametrize(
    "changed",
    [
        {"hd": "elsewhere.example"},
        {"hd": None},
        {"hd": "oakfield.example.elsewhere.example"},
        {"hd": ["oakfield.example"]},
        {"hd": ""},
        {"email_verified": "false"},
        {"email_verified": "true"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": 1},
    ],
    ids=str,
)
def test_what_the_school_asks_of_a_google_account_is_asked_at_every_sign_in(cast, provider, listed, changed):
    link(cast, provider)
    provider.person = TARA | changed
    assert_turned_away(sign_in())
    provider.person = TARA
    assert signed_in_as(sign_in().client)


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another request, long enough to be one"},
        {"nonce": None},
        {"iss": "https://accounts.google.com"},
        {"iss": None},
        {"aud": "another-portal"},
        {"aud": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_request_opens_nothing(cast, provider, listed, lies):
    link(cast, provider)
    provider.lies = lies
    assert_turned_away(sign_in())


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (STRANGERS_KEY, "RS256"),
        (STRANGERS_KEY, "RS512"),
        (None, "none"),
        ("a shared word of thirty-two letters or so", "HS256"),
    ],
)
def test_a_token_with_a_wrong_signature_opens_nothing(cast, provider, listed, key, algorithm):
    """The library would not look at it, because it came straight from the provider."""
    link(cast, provider)
    provider.signs_with, provider.algorithm = key, algorithm
    assert_turned_away(sign_in())


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": None},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_wrongly_is_not_followed(cast, provider, listed, description):
    link(cast, provider)
    provider.misdescribes = description
    cache.clear()
    client = Client()
    assert_turned_away(SimpleNamespace(client=client, answer=client.post("/sign-in/with/google/")))


def test_a_provider_that_is_away_is_no_fault_of_the_page(cast, provider, listed, settings):
    settings.GOOGLE_ISSUER = "http://127.0.0.1:9/google"
    client = Client()
    assert_turned_away(SimpleNamespace(client=client, answer=client.post("/sign-in/with/google/")))


def test_a_state_works_once_and_in_its_own_browser_alone(cast, provider, listed):
    link(cast, provider)
    client = Client()
    url = start(client)
    back = urlsplit(requests.get(url, allow_redirects=False, timeout=5).headers["Location"])
    other = Client()
    assert_turned_away(SimpleNamespace(client=other, answer=other.get(f"{back.path}?{back.query}")))
    changed = f"{back.path}?{back.query}x"
    assert_turned_away(SimpleNamespace(client=client, answer=client.get(changed)))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert signed_in_as(client)
    client.session.flush()
    again = Client()
    assert_turned_away(SimpleNamespace(client=again, answer=again.get(f"{back.path}?{back.query}")))


def test_a_code_that_was_seen_by_somebody_else_opens_nothing(cast, provider, listed):
    """The code of one browser, given to the portal with the state of another: its proof does not fit."""
    link(cast, provider)
    provider.keeps_codes_alive = True
    theirs = urlsplit(requests.get(start(Client()), allow_redirects=False, timeout=5).headers["Location"])
    client = Client()
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    code = parse_qs(theirs.query)["code"][0]
    assert_turned_away(SimpleNamespace(client=client, answer=client.get(theirs.path, {"code": code, "state": state})))
    assert provider.refused == ["proof"]


def test_a_code_that_was_used_opens_nothing(cast, provider, listed):
    link(cast, provider)
    client = Client()
    back = urlsplit(requests.get(start(client), allow_redirects=False, timeout=5).headers["Location"])
    code = parse_qs(back.query)["code"][0]
    client.get(f"{back.path}?{back.query}")
    again = Client()
    state = parse_qs(urlsplit(start(again)).query)["state"][0]
    assert_turned_away(SimpleNamespace(client=again, answer=again.get(back.path, {"code": code, "state": state})))
    assert provider.refused == ["code"]


@pytest.mark.parametrize("said", [{"error": "access_denied"}, {"error": "server_error"}, {}])
def test_somebody_who_turns_back_at_the_provider_is_told_the_same(cast, provider, listed, said):
    client = Client()
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    answer = client.get("/sign-in/with/google/back/", {"state": state, **said})
    assert_turned_away(SimpleNamespace(client=client, answer=answer))


def test_looking_starts_no_sign_in(cast, provider, listed):
    client = Client()
    assert client.get("/sign-in/with/google/").status_code == 405
    assert provider.asked == []
    assert client.post("/sign-in/with/google/back/").status_code == 405


def test_a_form_of_another_site_starts_no_sign_in(cast, provider, listed):
    assert Client(enforce_csrf_checks=True).post("/sign-in/with/google/").status_code == 403
    assert provider.asked == []


def test_the_page_that_leads_on_asks_for_no_more_than_it_needs(cast, provider, listed):
    client = Client()
    page = client.post("/sign-in/with/google/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page.context["url"]).query).items()}
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/sign-in/with/google/back/"
    assert CLIENT_SECRET not in page.content.decode()
    assert re.search(r"form-action 'self'(;|$)", page.headers["Content-Security-Policy"])
    assert "no-store" in page.headers["Cache-Control"]
    assert 'http-equiv="refresh"' in page.content.decode()


@pytest.mark.parametrize("how", ["switched off", "post ended", "post not begun", "post not taken up"])
def test_somebody_who_may_not_come_in_is_told_no_more_than_a_stranger(cast, provider, listed, how):
    link(cast, provider)
    provider.person = TARA | {"sub": "nobody's"}
    stranger = sign_in()
    post = cast.teacher
    if how == "switched off":
        post.user.is_active = False
        post.user.save()
    elif how == "post ended":
        post.ends_on = today() - timedelta(days=1)
    elif how == "post not begun":
        post.starts_on = today() + timedelta(days=1)
    else:
        post.accepted_at = None
    post.save()
    provider.person = TARA
    attempt = sign_in()
    assert_turned_away(attempt)
    assert attempt.answer.content == stranger.answer.content
    assert lasting(attempt.answer) == lasting(stranger.answer)


def lasting(answer):
    """The headers of an answer but those that tell the time or differ for every visitor."""
    return {name: value for name, value in answer.headers.items() if name not in ("Expires", "Set-Cookie")}


def test_a_second_step_is_asked_for_all_the_same(cast, provider, listed):
    link(cast, provider)
    give_app(cast.user("teacher"))
    attempt = sign_in()
    assert attempt.answer.url == reverse("mfa_authenticate")
    assert signed_in_as(attempt.client) is None


def test_what_a_school_takes_off_its_list_opens_nothing_from_then_on(cast, provider, listed):
    link(cast, provider)
    waiting = Client()
    url = start(waiting)
    elmwood = cast.school("elmwood")
    elmwood.google_domains = ["elmwood.example"]
    elmwood.save()
    change_other_accounts(
        listed, by=cast.technical_administrator, google_domains=[], microsoft_tenants=[], reason="We left Google"
    )
    assert_turned_away(SimpleNamespace(client=waiting, answer=come_back(waiting, url)))
    elmwood.google_domains = []
    elmwood.save()
    assert Client().post("/sign-in/with/google/").status_code == 404


# Linking and unlinking.


def test_linking_asks_first_who_it_is(cast, provider, listed):
    client = signed_in_long_ago(cast, "teacher")
    answer = client.post("/sign-in/with/google/")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert provider.asked == []
    assert not client.post(answer.url, {"password": "a wrong passphrase"}).context.get("url")
    assert provider.asked == []


@pytest.mark.parametrize(
    ("account", "person"),
    [
        ("google", TARA | {"hd": "elsewhere.example"}),
        ("google", TARA | {"hd": None}),
        ("google", TARA | {"email_verified": "true"}),
        (MICROSOFT, TARA_AT_MICROSOFT | {"tid": OTHER_TENANT}),
    ],
)
def test_only_an_account_of_the_school_is_linked(cast, provider, listed, account, person):
    client = link(cast, provider, account, person=person)
    assert "That account was not linked." in client.get(HOW).content.decode()
    assert not SocialAccount.objects.exists()


def test_an_account_that_is_somebody_elses_is_not_linked_and_nobody_learns_whose(cast, provider, listed):
    link(cast, provider)
    page = link(cast, provider, role="office").get(HOW).content.decode()
    assert "That account was not linked." in page
    assert "Tara" not in page
    assert SocialAccount.objects.get().user == cast.user("teacher")


def test_a_link_begun_by_one_person_is_not_ended_by_another(cast, provider, listed):
    provider.person = TARA
    client = signed_in_long_ago(cast, "teacher")
    asked = client.post("/sign-in/with/google/")
    url = client.post(asked.url, {"password": PASSWORD}).context["url"]
    session = client.session
    kept = session["socialaccount_states"]
    client.force_login(cast.user("office"))
    session = client.session
    session["socialaccount_states"] = kept
    session.save()
    come_back(client, url)
    assert not SocialAccount.objects.exists()


def test_coming_back_signs_in_the_owner_of_the_account_and_nobody_else(cast, provider, listed):
    link(cast, provider)
    client = Client()
    url = start(client)
    client.force_login(cast.user("office"))
    come_back(client, url)
    assert signed_in_as(client) == str(cast.user("teacher").pk)


def test_one_account_of_each_provider_is_enough(cast, provider, listed):
    link(cast, provider)
    link(cast, provider, person=TARA | {"sub": "another"})
    assert SocialAccount.objects.get().uid == "104792"


def test_an_account_is_unlinked_by_its_owner_alone(cast, provider, listed):
    client = link(cast, provider)
    for stranger in (cast.client("headteacher"), cast.client("teacher", "riverside")):
        assert stranger.post(f"{HOW}google/unlink/").status_code == 404
    assert client.get(f"{HOW}google/unlink/").status_code == 405
    assert SocialAccount.objects.exists()
    assert client.post(f"{HOW}google/unlink/").url == HOW
    assert "is unlinked" in client.get(HOW).content.decode()
    assert not SocialAccount.objects.exists()
    assert cast.user("teacher").history.latest("history_id").history_change_reason == "Google account unlinked"
    assert_turned_away(sign_in())


def test_unlinking_asks_first_who_it_is(cast, provider, listed):
    link(cast, provider)
    answer = signed_in_long_ago(cast, "teacher").post(f"{HOW}google/unlink/")
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert SocialAccount.objects.exists()


def test_the_last_way_of_signing_in_is_kept(cast, provider, listed):
    link(cast, provider)
    person, account = cast.user("teacher"), SocialAccount.objects.get()
    person.set_unusable_password()
    person.save()
    # One that no school lists any more is no way in.
    SocialAccount.objects.create(user=person, provider=f"microsoft-{OTHER_TENANT}", uid="old")
    with pytest.raises(Refused, match="only way of signing in"):
        unlink_account(person, account)
    client = sign_in().client
    assert client.post(f"{HOW}google/unlink/").url == HOW
    assert "only way of signing in" in client.get(HOW).content.decode()
    assert SocialAccount.objects.filter(pk=account.pk).exists()
    SocialAccount.objects.create(user=person, provider=MICROSOFT, uid="new")
    unlink_account(person, account)
    assert not SocialAccount.objects.filter(pk=account.pk).exists()


def test_somebody_without_a_password_signs_in_afresh_before_linking(cast, provider, listed):
    person = cast.user("teacher")
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    assert client.post("/sign-in/with/google/").url == HOW
    assert "Sign out and sign in again first" in client.get(HOW).content.decode()
    assert provider.asked == []


def test_nobody_switched_off_links_anything(cast, provider, listed):
    person = cast.user("teacher")
    person.is_active = False
    person.save()
    with pytest.raises(Refused):
        link_account(person, provider_id="google", uid="1", claims=TARA)


# The pages.


def test_the_buttons_stand_only_where_they_lead_somewhere(cast, provider, settings):
    assert "Google" not in cast.client("teacher").get(HOW).content.decode().split("Linked accounts")[0]
    school = cast.school()
    school.google_domains = ["oakfield.example"]
    school.save()
    assert "Link your Google account" in cast.client("teacher").get(HOW).content.decode()
    assert "Link your Google account" not in cast.client("teacher", "riverside").get(HOW).content.decode()
    settings.GOOGLE_CLIENT_ID = ""
    assert "Link your Google account" not in cast.client("teacher").get(HOW).content.decode()
    assert Client().post("/sign-in/with/google/").status_code == 404


def test_somebody_without_a_post_sees_what_they_linked_and_can_link_nothing_more(cast, provider, listed):
    client = link(cast, provider)
    post = cast.teacher
    post.ends_on = today() - timedelta(days=1)
    post.save()
    page = client.get(HOW)
    assert page.status_code == 200
    assert "tara@oakfield.example" in page.content.decode()
    assert "Link your" not in page.content.decode()


def test_more_schools_and_more_linked_accounts_take_no_more_queries(cast, provider, listed):
    client = cast.client("teacher")
    client.get(HOW)
    with CaptureQueriesContext(connection) as few:
        client.get(HOW)
    for number in range(50):
        tenant = f"{number:08}-2222-4333-8444-555555555555"
        School.objects.create(
            slug=f"s{number}", name=f"S{number}", short_name=f"S{number}", microsoft_tenants=[tenant]
        )
        SocialAccount.objects.create(user=cast.user("teacher"), provider=f"microsoft-{tenant}", uid="1")
    with CaptureQueriesContext(connection) as many:
        page = client.get(HOW)
    assert page.content.decode().count("Unlink") == 50
    assert len(many) == len(few)


def test_the_technical_administrator_says_whose_accounts_may_sign_in(cast, provider):
    client = cast.client("technical_administrator")
    answer = client.post(
        "/school/other-accounts/",
        {
            "google_domains": "Oakfield.example\n\noakfield.example\n staff.oakfield.example",
            "microsoft_tenants": TENANT.upper(),
            "reason": "New accounts",
        },
    )
    assert answer.status_code == 302
    school = cast.school()
    assert school.google_domains == ["oakfield.example", "staff.oakfield.example"]
    assert school.microsoft_tenants == [TENANT]
    page = client.get("/school/other-accounts/").content.decode()
    assert "New accounts" in page
    told = Notification.objects.get(user=cast.user("headteacher"))
    assert told.subject == "Changed: whose accounts may be used to sign in"


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("google_domains", "gmail", "is no domain"),
        ("google_domains", "tara@oakfield.example", "is no domain"),
        ("google_domains", "https://oakfield.example", "is no domain"),
        ("google_domains", "\n".join(f"s{n}.example" for n in range(21)), "List 20 at most"),
        ("microsoft_tenants", "common", "is no tenant ID"),
        ("microsoft_tenants", "oakfield.onmicrosoft.com", "is no tenant ID"),
        ("microsoft_tenants", PRIVATE_TENANT, "private Microsoft accounts"),
    ],
)
def test_what_is_no_domain_and_no_tenant_is_refused_with_words(cast, field, text, message):
    page = cast.client("technical_administrator").post("/school/other-accounts/", {field: text})
    assert page.status_code == 200
    assert message in page.content.decode()
    school = cast.school()
    assert school.google_domains == school.microsoft_tenants == []


def test_nobody_else_says_whose_accounts_may_sign_in(cast):
    for client in (cast.client("headteacher"), cast.client("teacher")):
        assert client.post("/school/other-accounts/", {"google_domains": "elsewhere.example"}).status_code == 403
    facts = {"google_domains": ["elsewhere.example"], "microsoft_tenants": [], "reason": ""}
    with pytest.raises(NotAllowed):
        change_other_accounts(cast.school(), by=cast.headteacher, **facts)
    with pytest.raises(NotAllowed):
        change_other_accounts(cast.school("elmwood"), by=cast.technical_administrator, **facts)
    with pytest.raises(Refused):
        change_other_accounts(
            cast.school(), by=cast.technical_administrator, **facts | {"google_domains": ["nonsense"]}
        )
    assert cast.school().google_domains == []
