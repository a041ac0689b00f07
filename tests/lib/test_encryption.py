"""Secrets kept: only for their place, only with their key, and moved to a new key without losing one."""

import base64
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from policyportal.lib import encryption
from policyportal.lib.encryption import Store, Unreadable, decrypt, encrypt, reencrypt
from policyportal.management.commands import rotate_keys

OLD, NEW = "an old key, long enough to derive from", "a new key, long enough to derive from"
SECRET = "JBSWY3DPEHPK3PXP"
MINE = "second step:anna"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.ENCRYPTION_KEYS = [OLD]


def test_what_was_encrypted_is_read_again_and_never_looks_the_same_twice():
    first, second = encrypt(SECRET, context=MINE), encrypt(SECRET, context=MINE)
    assert first != second
    assert SECRET not in first
    assert decrypt(first, context=MINE) == decrypt(second, context=MINE) == SECRET


@pytest.mark.parametrize("text", ["", "Ünïcode – “quoted”", "x" * 20_000])
def test_any_text_comes_back_as_it_was(text):
    assert decrypt(encrypt(text, context=MINE), context=MINE) == text


@pytest.mark.parametrize("other", ["second step:ben", "second step:ann", "second step:anna ", "recovery:anna"])
def test_a_secret_moved_to_another_place_is_refused_there(other):
    with pytest.raises(Unreadable):
        decrypt(encrypt(SECRET, context=MINE), context=other)


def test_a_secret_is_always_for_a_place():
    with pytest.raises(ValueError, match="context"):
        encrypt(SECRET, context="")


def test_every_bit_of_every_character_that_is_changed_is_noticed():
    token = encrypt(SECRET, context=MINE)
    accepted = []
    for place, character in enumerate(token):
        for bit in range(7):
            changed = token[:place] + chr(ord(character) ^ (1 << bit)) + token[place + 1 :]
            try:
                decrypt(changed, context=MINE)
                accepted.append((place, bit))
            except Unreadable:
                continue
    assert accepted == []


def test_every_bit_of_every_byte_that_was_encrypted_is_noticed():
    prefix, body = encrypt(SECRET, context=MINE).rsplit(".", 1)
    raw = base64.urlsafe_b64decode(body)
    for place in range(len(raw)):
        for bit in range(8):
            changed = raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]
            with pytest.raises(Unreadable):
                decrypt(f"{prefix}.{base64.urlsafe_b64encode(changed).decode()}", context=MINE)


@pytest.mark.parametrize("token", ["", "JBSWY3DPEHPK3PXP", "v1", "v1.", "v1..", "v2.00000000.AAAA", "v1.é.é"])
def test_what_is_no_token_is_refused_and_never_taken_for_the_secret_itself(token):
    with pytest.raises(Unreadable):
        decrypt(token, context=MINE)


def test_a_token_cut_short_is_refused():
    token = encrypt(SECRET, context=MINE)
    for length in range(len(token)):
        with pytest.raises(Unreadable):
            decrypt(token[:length], context=MINE)


def test_without_its_key_a_secret_is_refused_with_words_that_say_so(settings):
    token = encrypt(SECRET, context=MINE)
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(Unreadable, match="not among ENCRYPTION_KEYS"):
        decrypt(token, context=MINE)


@pytest.mark.parametrize("nothing", [[], [""], [" ", ""]])
def test_without_any_key_nothing_is_encrypted(settings, nothing):
    settings.ENCRYPTION_KEYS = nothing
    with pytest.raises(ImproperlyConfigured):
        encrypt(SECRET, context=MINE)


def test_the_first_key_encrypts_and_the_others_still_read(settings):
    old = encrypt(SECRET, context=MINE)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(old, context=MINE) == SECRET
    moved = reencrypt(old, context=MINE)
    assert moved.startswith(encryption.current_prefix())
    assert not old.startswith(encryption.current_prefix())
    settings.ENCRYPTION_KEYS = [NEW]
    assert decrypt(moved, context=MINE) == SECRET
    assert reencrypt(moved, context=MINE) == moved


def test_moving_to_a_new_key_refuses_a_secret_out_of_its_place(settings):
    old = encrypt(SECRET, context=MINE)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(Unreadable):
        reencrypt(old, context="second step:ben")


class Kept(dict):
    """Secrets by name, in memory, that notice how often they are rewritten."""

    def __init__(self):
        super().__init__({name: encrypt(name, context=name) for name in ("anna", "ben", "carl")})
        self.rewritten = []
        self.stop_after = None

    def waiting(self, prefix):
        return [name for name, token in self.items() if not token.startswith(prefix)]

    def rewrite(self, name):
        if self.stop_after is not None and len(self.rewritten) >= self.stop_after:
            raise KeyboardInterrupt
        self[name] = reencrypt(self[name], context=name)
        self.rewritten.append(name)


@pytest.fixture
def kept(monkeypatch):
    kept = Kept()
    monkeypatch.setattr(rotate_keys, "STORES", [Store("names", kept.waiting, kept.rewrite)])
    return kept


def test_the_change_of_keys_moves_everything_once_and_says_what_remains(settings, kept):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "names: 3 moved to the first key, 0 remain on old keys" in said.getvalue()
    call_command("rotate_keys", stdout=said)
    assert "names: 0 moved to the first key, 0 remain on old keys" in said.getvalue()
    assert kept.rewritten == ["anna", "ben", "carl"]
    settings.ENCRYPTION_KEYS = [NEW]
    assert [decrypt(token, context=name) for name, token in kept.items()] == list(kept)


def test_a_change_of_keys_that_was_broken_off_goes_on_where_it_stopped(settings, kept):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    kept.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        encryption.rotate(rotate_keys.STORES)
    assert [decrypt(token, context=name) for name, token in kept.items()] == list(kept)
    kept.stop_after = None
    assert encryption.rotate(rotate_keys.STORES) == {"names": (2, 0, 0)}
    assert kept.rewritten == ["anna", "ben", "carl"]


def test_what_cannot_be_read_stays_as_it_is_and_the_command_fails(settings, kept):
    swapped = kept["ben"] = kept["anna"]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    said = StringIO()
    with pytest.raises(CommandError, match="1 .* cannot be read"):
        call_command("rotate_keys", stdout=said)
    assert "names: 2 moved to the first key, 1 remain on old keys" in said.getvalue()
    assert kept["ben"] == swapped
