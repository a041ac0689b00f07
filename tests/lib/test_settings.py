"""The start of the portal: what it refuses, and that each refusal is a sentence naming the variable."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "a-key-of-the-tests-with-many-different-letters-0123456789",
    "AUDIT_KEY": "another-key-of-the-tests-with-many-different-letters-012345",
    "ENCRYPTION_KEYS": "a-third-key-of-the-tests-with-many-different-letters-01234",
    "ALLOWED_HOSTS": "portal.example.org",
    "EMAIL_URL": "smtp+tls://name:word@mail.example.org:587",
}
ASKED = (
    "PORTAL_",
    "SECRET_KEY",
    "AUDIT_KEY",
    "ENCRYPTION_KEYS",
    "DEBUG",
    "PORT",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "CONN_MAX_AGE",
    "REDIS_URL",
    "EMAIL_URL",
    "GOOGLE_",
    "MICROSOFT_",
    "BEHIND_PROXY",
    "SESSION_",
    "LOG_LEVEL",
    "DJANGO_",
)


@pytest.fixture
def start(tmp_path):
    """Start the portal's command line with these variables alone and give how it went."""

    def run(variables, *command):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ASKED)}
        return subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", *(command or ("check",))],
            env={**kept, "ENV_FILE": "", "PORTAL_DATA": str(tmp_path / "data"), **variables},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "SECRET_KEY is not set."),
        ({**PRODUCTION, "SECRET_KEY": " "}, "SECRET_KEY is not set."),
        ({**PRODUCTION, "AUDIT_KEY": ""}, "AUDIT_KEY is not set."),
        ({**PRODUCTION, "ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set."),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set."),
        ({**PRODUCTION, "EMAIL_URL": ""}, "EMAIL_URL is not set."),
        ({**PRODUCTION, "EMAIL_URL": "carrier-pigeon://loft"}, "EMAIL_URL begins with 'carrier-pigeon'."),
        ({**PRODUCTION, "DEBUG": "1"}, "DEBUG is on and PORTAL_ENV is production."),
        ({**PRODUCTION, "PORTAL_DEMO": "1"}, "PORTAL_DEMO is on and PORTAL_ENV is production."),
        ({**PRODUCTION, "DEBUG": "perhaps"}, "DEBUG is 'perhaps'."),
        ({**PRODUCTION, "BEHIND_PROXY": "2"}, "BEHIND_PROXY is '2'."),
        ({**PRODUCTION, "SESSION_IDLE": "0"}, "SESSION_IDLE is '0'. Write a whole number from 1 to 1440."),
        ({**PRODUCTION, "SESSION_LONGEST": "48"}, "SESSION_LONGEST is '48'. Write a whole number from 1 to 24."),
        ({**PRODUCTION, "PORT": "eight"}, "PORT is 'eight'."),
        ({**PRODUCTION, "PORT": "70000"}, "PORT is '70000'."),
        ({**PRODUCTION, "DATABASE_URL": "mysql://somewhere/portal"}, "DATABASE_URL begins with 'mysql'."),
        ({**PRODUCTION, "REDIS_URL": "http://somewhere"}, "REDIS_URL begins with 'http'."),
        ({**PRODUCTION, "PORTAL_URL": "portal.example.org"}, "PORTAL_URL is 'portal.example.org'."),
        ({**PRODUCTION, "PORTAL_URL": "https://example.org/portal"}, "PORTAL_URL is 'https://example.org/portal'."),
        ({**PRODUCTION, "PORTAL_ENV": "staging"}, "PORTAL_ENV is 'staging'."),
        ({**PRODUCTION, "PORTAL_COLOUR": "blue"}, "PORTAL_COLOUR is not a setting of the portal."),
        ({**PRODUCTION, "LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'."),
    ],
)
def test_nonsense_stops_the_start_with_a_sentence(start, variables, sentence):
    ended = start(variables)
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert ended.stderr.count("\n") == 1


def test_production_passes_every_check_of_a_deployment(start):
    ended = start(PRODUCTION, "check", "--deploy", "--fail-level", "WARNING")
    assert ended.returncode == 0, ended.stderr


def test_a_key_is_made_once_and_kept_from_other_people(start, tmp_path):
    ask = ("shell", "--no-imports", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = (start({"PORTAL_ENV": "demo"}, *ask).stdout for _ in range(2))
    assert len(first) > 50
    assert first == second
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def test_what_was_committed_survives_a_power_cut(start):
    ask = (
        "from django.db import connection as c; k = c.cursor(); print(c.settings_dict['OPTIONS']['transaction_mode'],"
        "*(k.execute('pragma ' + p).fetchone()[0] for p in ('journal_mode', 'synchronous', 'busy_timeout')))"
    )
    # 2 is FULL.
    assert start({"PORTAL_ENV": "demo"}, "shell", "--no-imports", "-c", ask).stdout == "IMMEDIATE wal 2 20000\n"


def test_production_never_makes_a_key_of_its_own(start, tmp_path):
    start({**PRODUCTION, "SECRET_KEY": ""})
    assert not (tmp_path / "data" / "secret-key").exists()


def test_a_file_of_settings_yields_to_the_process(start, tmp_path):
    file = tmp_path / "portal.env"
    file.write_text("PORTAL_ENV=demo\nPORT=8111\n")
    ask = ("shell", "--no-imports", "-c", "from django.conf import settings; print(settings.PORTAL_URL)")
    assert start({"ENV_FILE": str(file)}, *ask).stdout == "http://localhost:8111\n"
    assert start({"ENV_FILE": str(file), "PORT": "8222"}, *ask).stdout == "http://localhost:8222\n"


def test_an_unknown_name_in_the_file_of_settings_is_refused_too(start, tmp_path):
    file = tmp_path / "portal.env"
    file.write_text("PORTAL_DEMOO=1\n")
    assert start({**PRODUCTION, "ENV_FILE": str(file)}).stderr.startswith("PORTAL_DEMOO is not a setting")


def test_every_variable_the_settings_read_is_explained_in_the_example_file():
    example = (settings.BASE_DIR / ".env.example").read_text()
    source = (settings.BASE_DIR / "policyportal" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert read | {"SECRET_KEY", "AUDIT_KEY", "ENCRYPTION_KEYS"} == explained
