"""The second step of signing in: setting it up, giving it, needing it, and losing it."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from accounts.inviting import token_of
from accounts.models import Invitation, Notification, User
from accounts.second_step import secrets_of
from accounts.services import add_person
from policyportal.lib.encryption import Unreadable, current_prefix, rotate
from policyportal.lib.models import OutboxMail
from policyportal.management.commands.rotate_keys import STORES
from tests.passkeys import Passkey
from tests.second_steps import code_of, codes_of, give_app, give_passkey, options_in

PASSWORD = "a long enough passphrase"
HOME, SCHOOL = "/", "/school/"


@pytest.fixture
def tara(cast):
    return cast.user("teacher")


@pytest.fixture
def client_of_tara(cast):
    return cast.client("teacher")


def enter(user, client=None, **extra):
    """Give the password on the sign-in page."""
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **extra})


def is_signed_in(client):
    return client.get(reverse("accounts:school_choose")).status_code == 200


def second_step(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def letters_on(response):
    """Return the secret that the page shows as letters."""
    return re.search(r"<strong>((?:[A-Z2-7]{4} ?){8})</strong>", response.content.decode())[1].replace(" ", "")


def set_up_app(client):
    secret = letters_on(client.get(reverse("mfa_activate_totp")))
    return secret, client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})


# Setting up


def test_somebody_sets_an_app_up_with_the_code_that_it_shows(tara, client_of_tara):
    page = client_of_tara.get(reverse("mfa_activate_totp"))
    assert re.search(r'<path d="(M\d+ \d+h1v1h-1z){200,}"', page.content.decode())
    secret, answer = set_up_app(client_of_tara)
    assert answer.url == reverse("mfa_view_recovery_codes")
    app = Authenticator.objects.get(user=tara, type="totp")
    assert app.data["secret"].startswith(current_prefix())
    assert secret not in json.dumps(app.data)


def test_a_wrong_first_code_sets_nothing_up_and_keeps_the_same_picture(tara, client_of_tara):
    secret = letters_on(client_of_tara.get(reverse("mfa_activate_totp")))
    answer = client_of_tara.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "That code is not right" in answer.content.decode()
    assert letters_on(answer) == secret
    assert not Authenticator.objects.filter(user=tara).exists()


def test_while_an_app_is_being_set_up_its_secret_stands_nowhere_in_clear(tara, client_of_tara):
    secret = letters_on(client_of_tara.get(reverse("mfa_activate_totp")))
    assert secret not in json.dumps(dict(client_of_tara.session.items()), default=str)


def test_a_secret_of_another_persons_session_is_not_taken(cast, tara, client_of_tara):
    """A row of the session table copied to somebody else gives them a new picture, and sets nothing up."""
    other = cast.client("volunteer")
    secret = letters_on(other.get(reverse("mfa_activate_totp")))
    session = client_of_tara.session
    session["mfa.totp.secret"] = other.session["mfa.totp.secret"]
    session.save()
    answer = client_of_tara.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 200
    assert letters_on(answer) != secret
    assert not Authenticator.objects.filter(user=tara).exists()


def test_setting_up_asks_again_who_it_is_when_the_sign_in_was_a_while_ago(cast, tara):
    client = cast.client("teacher", second_step=False)
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))
    wrong = client.post(reverse("account_reauthenticate"), {"password": "not this one"})
    assert "This is not your password" in wrong.content.decode()
    right = client.post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
    )
    assert right.url == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_just_signed_in_need_not_say_so_again(tara):
    client, _ = enter(tara)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_setting_up_counts_as_having_taken_the_second_step_and_gives_the_session_a_new_key(cast):
    client = cast.client("headteacher", second_step=False)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    old = client.session.session_key
    assert "needs a second step" in client.get(SCHOOL).content.decode()
    set_up_app(client)
    assert client.session.session_key != old
    assert "needs a second step" not in client.get(SCHOOL).content.decode()


def test_the_person_is_told_by_mail_of_every_change_without_its_words(tara, client_of_tara):
    set_up_app(client_of_tara)
    client_of_tara.post(reverse("mfa_generate_recovery_codes"))
    client_of_tara.post(reverse("mfa_deactivate_totp"))
    told = Notification.objects.filter(user=tara, event="second_step_changed").values_list("subject", flat=True)
    assert set(told) == {
        "An app for signing in was set up",
        "New recovery codes were made",
        "The app for signing in was removed",
    }
    mails = OutboxMail.objects.filter(to=tara, path=reverse("mfa_index"))
    assert mails.count() == 3
    assert not any("app" in mail.subject for mail in mails)


# Recovery codes


def test_recovery_codes_are_shown_once_and_only_when_asked_for(tara, client_of_tara):
    give_app(tara)
    page = reverse("mfa_view_recovery_codes")
    codes = codes_of(tara)
    assert not any(code in client_of_tara.get(page).content.decode() for code in codes)
    shown = unescape(client_of_tara.post(page).content.decode())
    assert all(f"<code>{code}</code>" in shown for code in codes)
    assert 'download="recovery-codes.txt"' in shown
    again = client_of_tara.post(page).content.decode()
    assert not any(code in again for code in codes)
    assert "You have 10 codes left" in again


def test_new_recovery_codes_replace_the_old_ones_and_are_shown_once_too(tara, client_of_tara):
    give_app(tara)
    old = codes_of(tara)
    client_of_tara.post(reverse("mfa_view_recovery_codes"))
    assert client_of_tara.post(reverse("mfa_generate_recovery_codes")).url == reverse("mfa_view_recovery_codes")
    new = codes_of(tara)
    assert not set(old) & set(new)
    assert new[0] in client_of_tara.post(reverse("mfa_view_recovery_codes")).content.decode()


def test_whoever_has_no_second_step_has_no_recovery_codes(client_of_tara):
    assert client_of_tara.get(reverse("mfa_view_recovery_codes")).status_code == 404
    answer = client_of_tara.post(reverse("mfa_generate_recovery_codes"))
    assert "Set up an app or a passkey first" in answer.content.decode()


# Signing in


def test_after_the_password_an_app_is_asked_for_its_code(tara):
    secret = give_app(tara)
    client, answer = enter(tara)
    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert second_step(client, code_of(secret)).url == HOME
    assert is_signed_in(client)


def test_a_code_leads_to_where_the_person_was_going(tara):
    secret = give_app(tara)
    client, _ = enter(tara, next=reverse("policies:policy_list"))
    assert second_step(client, code_of(secret)).url == reverse("policies:policy_list")


def test_each_code_works_once_also_in_another_browser(tara):
    secret = give_app(tara)
    code = code_of(secret)
    first, _ = enter(tara)
    second_step(first, code)
    other, _ = enter(tara)
    assert "or it was used before" in second_step(other, code).content.decode()
    assert not is_signed_in(other)


def test_a_code_older_than_the_last_one_used_no_longer_works(tara):
    secret = give_app(tara)
    first, _ = enter(tara)
    second_step(first, code_of(secret, 1))
    other, _ = enter(tara)
    second_step(other, code_of(secret))
    assert not is_signed_in(other)


def test_the_code_that_set_the_app_up_does_not_sign_in(tara, client_of_tara):
    secret, _ = set_up_app(client_of_tara)
    client, _ = enter(tara)
    second_step(client, code_of(secret))
    assert not is_signed_in(client)
    second_step(client, code_of(secret, 1))
    assert is_signed_in(client)


@pytest.mark.parametrize("later", [-3, 3])
def test_a_code_of_another_time_is_refused(tara, later):
    secret = give_app(tara)
    client, _ = enter(tara)
    second_step(client, code_of(secret, later))
    assert not is_signed_in(client)


def test_after_five_wrong_codes_even_the_right_one_waits(tara):
    secret = give_app(tara)
    client, _ = enter(tara)
    for _ in range(5):
        assert second_step(client, "000000").status_code == 200
    assert second_step(client, code_of(secret)).status_code == 429
    assert not is_signed_in(client)


def test_wrong_codes_are_counted_through_whatever_browser_they_come(tara):
    secret = give_app(tara)
    for _ in range(5):
        client, _ = enter(tara)
        second_step(client, "000000")
    fresh, _ = enter(tara)
    assert second_step(fresh, code_of(secret)).status_code == 429


def test_five_minutes_later_the_right_code_works_again(tara):
    secret = give_app(tara)
    client, _ = enter(tara)
    for _ in range(5):
        second_step(client, "000000")
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        client, _ = enter(tara)
        second_step(client, code_of(secret))
        assert is_signed_in(client)


def test_right_codes_are_not_counted_as_guesses(tara):
    give_app(tara)
    for code in codes_of(tara)[:7]:
        client, _ = enter(tara)
        second_step(client, code)
        assert is_signed_in(client)


def test_a_recovery_code_stands_in_for_the_app_and_works_once(tara):
    give_app(tara)
    code = codes_of(tara)[3]
    client, _ = enter(tara)
    second_step(client, code)
    assert is_signed_in(client)
    other, _ = enter(tara)
    second_step(other, code)
    assert not is_signed_in(other)
    assert len(codes_of(tara)) == 9


def test_without_a_password_first_there_is_no_second_step():
    assert Client().get(reverse("mfa_authenticate")).url == reverse("account_login")


def test_somebody_elses_code_does_not_do(cast, tara):
    give_app(tara)
    other = give_app(cast.user("volunteer"))
    client, _ = enter(tara)
    second_step(client, code_of(other))
    assert not is_signed_in(client)


# Passkeys


def add_passkey(client, passkey, name="My phone"):
    options = options_in(client.get(reverse("mfa_add_webauthn")))
    return client.post(reverse("mfa_add_webauthn"), {"name": name, "credential": passkey.create(options)})


def sign_in_with(passkey, client=None, **changes):
    client = client or Client()
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    credential = passkey.get(options["request_options"])
    return client, client.post(reverse("mfa_login_webauthn"), {"credential": credential, **changes})


def test_a_passkey_is_added_and_then_signs_in_alone(tara, client_of_tara):
    passkey = Passkey()
    assert add_passkey(client_of_tara, passkey).url == reverse("mfa_view_recovery_codes")
    client, answer = sign_in_with(passkey, next=reverse("policies:policy_list"))
    assert answer.url == reverse("policies:policy_list")
    assert is_signed_in(client)


def test_a_page_for_a_new_passkey_asks_for_one_that_signs_in_alone(client_of_tara):
    asked = options_in(client_of_tara.get(reverse("mfa_add_webauthn")))["publicKey"]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"]["id"] == "localhost"


def test_passkeys_belong_to_the_portals_own_address_whatever_a_request_names(client_of_tara, settings):
    settings.ALLOWED_HOSTS = ["*"]
    page = client_of_tara.get(reverse("mfa_add_webauthn"), headers={"host": "elsewhere.example"})
    assert options_in(page)["publicKey"]["rp"]["id"] == "localhost"


def test_a_passkey_that_asks_for_no_finger_is_refused_for_adding_and_for_signing_in(tara, client_of_tara):
    add_passkey(client_of_tara, Passkey(verifies=False))
    assert not Authenticator.objects.filter(user=tara).exists()
    passkey, _ = give_passkey(tara)
    passkey.verifies = False
    client, _ = sign_in_with(passkey)
    assert not is_signed_in(client)


def test_a_passkey_used_on_a_look_alike_page_is_refused(tara):
    passkey, _ = give_passkey(tara)
    passkey.origin = "https://localhost.example"
    client, _ = sign_in_with(passkey)
    assert not is_signed_in(client)


def test_an_answer_of_a_passkey_works_once(tara):
    passkey, _ = give_passkey(tara)
    client = Client()
    options = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    credential = passkey.get(options["request_options"])
    client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert not is_signed_in(client)


def test_a_passkey_of_one_person_does_not_sign_in_another(cast, tara):
    passkey, _ = give_passkey(tara)
    other, _ = give_passkey(cast.user("headteacher"))
    passkey.user_handle = other.user_handle
    client, _ = sign_in_with(passkey)
    assert not is_signed_in(client)


def test_a_passkey_that_was_removed_no_longer_signs_in(tara):
    passkey, row = give_passkey(tara)
    row.delete()
    client, _ = sign_in_with(passkey)
    assert not is_signed_in(client)


def test_a_passkey_of_somebody_who_may_no_longer_sign_in_opens_nothing(tara):
    passkey, _ = give_passkey(tara)
    tara.is_active = False
    tara.save()
    client, answer = sign_in_with(passkey)
    assert answer.status_code in (302, 403)
    assert not is_signed_in(client)


@pytest.mark.parametrize("sent", ["", "nothing", "[]", "7", "{}", '{"response": 1}', '{"id": "a", "response": {}}'])
def test_nonsense_in_place_of_a_passkeys_answer_is_refused_with_words(tara, sent):
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": sent})
    assert answer.url == reverse("account_login")
    assert not is_signed_in(client)


def test_a_passkey_is_the_second_step_after_a_password(tara):
    passkey, _ = give_passkey(tara)
    client, answer = enter(tara)
    assert answer.url == reverse("mfa_authenticate")
    options = options_in(client.get(reverse("mfa_authenticate")))
    client.post(reverse("mfa_authenticate"), {"credential": passkey.get(options)})
    assert is_signed_in(client)


def test_a_passkey_is_renamed_and_removed_by_its_owner(tara, client_of_tara):
    _, row = give_passkey(tara)
    overview = unescape(client_of_tara.get(reverse("mfa_index")).content.decode())
    rename = re.search(r'href="(/second-step/passkeys/[0-9a-f]{20}/)"', overview)[1]
    client_of_tara.post(rename, {"name": "Laptop at school"})
    assert Authenticator.objects.get(pk=row.pk).wrap().name == "Laptop at school"
    client_of_tara.post(f"{rename}remove/")
    assert not Authenticator.objects.filter(user=tara).exists()


def test_somebody_elses_passkey_is_not_there(cast, tara):
    give_passkey(tara)
    rename = re.search(
        r'href="(/second-step/passkeys/[0-9a-f]{20}/)"',
        cast.client("teacher").get(reverse("mfa_index")).content.decode(),
    )[1]
    other = cast.client("headteacher")
    for address in (rename, f"{rename}remove/"):
        assert other.get(address).status_code == 404
        assert other.post(address, {"name": "Mine now"}).status_code == 404
    assert Authenticator.objects.get(user=tara).wrap().name == "My phone"


def test_removing_the_last_passkey_takes_the_recovery_codes_with_it(tara, client_of_tara):
    add_passkey(client_of_tara, Passkey())
    assert Authenticator.objects.filter(user=tara).count() == 2
    rename = re.search(
        r'href="(/second-step/passkeys/[0-9a-f]{20}/)"', client_of_tara.get(reverse("mfa_index")).content.decode()
    )[1]
    client_of_tara.post(f"{rename}remove/")
    assert not Authenticator.objects.filter(user=tara).exists()


# Secrets kept


def test_nothing_of_a_second_step_stands_in_the_database_in_clear(tara):
    secret = give_app(tara)
    row = Authenticator.objects.get(user=tara, type="recovery_codes")
    with secrets_of(tara):
        seed = row.wrap().generate_codes() and row.data["seed"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = " ".join(str(data) for (data,) in cursor.fetchall())
    assert secret not in stored
    assert not any(code in stored for code in codes_of(tara))
    assert stored.count(current_prefix()) == 2
    assert seed.startswith(current_prefix())


def test_a_secret_swapped_between_two_people_signs_in_neither(cast, tara, caplog):
    victor = cast.user("volunteer")
    secrets = {user: give_app(user) for user in (tara, victor)}
    mine, theirs = (Authenticator.objects.get(user=user, type="totp") for user in (tara, victor))
    mine.data, theirs.data = theirs.data, mine.data
    mine.save()
    theirs.save()
    for user in secrets:
        for secret in secrets.values():
            client, _ = enter(user)
            assert "cannot be checked" in second_step(client, code_of(secret)).content.decode()
            assert not is_signed_in(client)
    assert "cannot be read" in caplog.text


def test_recovery_codes_that_cannot_be_read_say_so_and_stay_as_they_are(tara, client_of_tara, settings):
    give_app(tara)
    before = Authenticator.objects.get(user=tara, type="recovery_codes").data
    settings.ENCRYPTION_KEYS = ["another key than the one that encrypted"]
    page = client_of_tara.post(reverse("mfa_view_recovery_codes")).content.decode()
    assert "cannot be read" in page
    assert Authenticator.objects.get(user=tara, type="recovery_codes").data == before


def test_moving_to_a_new_key_keeps_every_app_and_every_recovery_code(cast, settings):
    old, new = "the old key of the portal", "the new key of the portal"
    settings.ENCRYPTION_KEYS = [old]
    people = [cast.user(role) for role in ("teacher", "volunteer", "headteacher")]
    secrets = {user: give_app(user) for user in people}
    codes = {user: codes_of(user) for user in people}
    settings.ENCRYPTION_KEYS = [new, old]
    assert rotate(STORES) == {"second steps": (6, 0, 0)}
    assert rotate(STORES) == {"second steps": (0, 0, 0)}
    settings.ENCRYPTION_KEYS = [new]
    for user in people:
        assert codes_of(user) == codes[user]
        client, _ = enter(user)
        second_step(client, code_of(secrets[user]))
        assert is_signed_in(client)


def test_a_swapped_secret_is_not_moved_to_the_new_key(cast, settings):
    settings.ENCRYPTION_KEYS = ["the old key of the portal"]
    tara, victor = cast.user("teacher"), cast.user("volunteer")
    give_app(tara)
    give_app(victor)
    mine, theirs = (Authenticator.objects.get(user=user, type="totp") for user in (tara, victor))
    swapped = mine.data = theirs.data
    mine.save()
    settings.ENCRYPTION_KEYS = ["the new key of the portal", "the old key of the portal"]
    assert rotate(STORES) == {"second steps": (3, 1, 1)}
    assert Authenticator.objects.get(pk=mine.pk).data == swapped


def test_a_secret_is_never_kept_for_nobody():
    with pytest.raises(LookupError), secrets_of(User()):
        # A person who is not stored has an id already; nobody at all has none.
        raise LookupError
    with pytest.raises(Unreadable), secrets_of(User()):
        Authenticator(user=User(), type="totp", data={"secret": "plain"}).wrap().validate_code("000000")


# Joining with a passkey


@pytest.fixture
def nia(cast):
    """Somebody invited who has not joined."""
    return add_person(name="Nia Nowak", email="nia@oakfield.example", by=cast.headteacher, role="teacher")


def opened(post):
    client = Client()
    client.get(reverse("accounts:invitation_open", args=[token_of(Invitation.objects.waiting().get(post=post))]))
    return client


JOIN = reverse_lazy("accounts:invitation_passkey")


def test_somebody_invited_joins_with_a_passkey_in_place_of_a_password(nia):
    client, passkey = opened(nia), Passkey()
    options = options_in(client.get(JOIN))
    answer = client.post(JOIN, {"name": "", "credential": passkey.create(options)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    nia.refresh_from_db()
    assert nia.accepted_at
    assert not nia.user.has_usable_password()
    assert Authenticator.objects.get(user=nia.user, type="webauthn").wrap().name == "Passkey 1"
    assert is_signed_in(sign_in_with(passkey)[0])


def test_a_passkey_that_is_none_takes_nothing_up(nia):
    client = opened(nia)
    client.get(JOIN)
    for sent in ("", "{}", Passkey(verifies=False).create(options_in(client.get(JOIN)))):
        assert client.post(JOIN, {"name": "", "credential": sent}).status_code == 200
    nia.refresh_from_db()
    assert nia.accepted_at is None
    assert not Authenticator.objects.filter(user=nia.user).exists()


def test_without_the_link_of_an_invitation_nobody_joins_with_a_passkey(nia):
    assert Client().get(JOIN).status_code == 404
    assert Client().post(JOIN, {"credential": "{}"}).status_code == 404


def test_an_invitation_does_not_add_a_passkey_to_somebody_who_joined_before(cast, nia):
    nia.user.joined_at = timezone.now()
    nia.user.save()
    client = opened(nia)
    assert client.get(JOIN).url == reverse("accounts:invitation_accept")
    assert client.post(JOIN, {"credential": "{}"}).url == reverse("accounts:invitation_accept")


def test_nor_to_somebody_else_who_is_signed_in_at_that_browser(cast, nia):
    client = cast.client("teacher")
    client.get(reverse("accounts:invitation_open", args=[token_of(Invitation.objects.waiting().get(post=nia))]))
    assert client.get(JOIN).url == reverse("accounts:invitation_accept")
    assert not Authenticator.objects.filter(user__in=[nia.user, cast.user("teacher")]).exists()
