"""The page that says which post may do what, against the table that decides it."""

from pathlib import Path

from django.conf import settings

from accounts.management.commands.role_matrix import page, render
from accounts.rules import CAPABILITIES

APPS = ["accounts", "policies", "channels_mgmt", "moderation", "incidents", "policyportal"]


def test_the_page_of_roles_says_what_the_code_does():
    assert page().read_text() == render(), "run `.venv/bin/python manage.py role_matrix`"


def test_every_capability_is_asked_for_somewhere():
    code = "".join(path.read_text() for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py"))
    assert [name for name in CAPABILITIES if code.count(f'"{name}"') < 2] == []
