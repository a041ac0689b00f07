"""The page that says which post may do what, against the table that decides it."""

from accounts.management.commands.role_matrix import page, render


def test_the_page_of_roles_says_what_the_code_does():
    assert page().read_text() == render(), "run `.venv/bin/python manage.py role_matrix`"
