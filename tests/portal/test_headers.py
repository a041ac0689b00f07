"""What every answer carries: pages, errors, redirects, refusals, static files and downloads alike."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.authz.table import ROWS, addresses

PARAMETERS = addresses()
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOWHERE = ("default-src 'none'", "sandbox")
PAGE_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
)
# Whatever a page would fetch by itself or lead a form to.
FETCHED = re.compile(r"""<(?:script|img|link|iframe|form|source|video|audio|object|embed)\b[^>]*?"""
                     r"""\s(?:src|href|action|data|srcset)=["']((?:https?:)?//[^"']+)""")  # fmt: skip


def faults_of(response, *, static=False):
    """Return what is missing from an answer, or looser than it should be."""
    faults = [f"{name}: {response.get(name)}" for name, wanted in ALWAYS.items() if response.get(name) != wanted]
    policy = response.get("Content-Security-Policy", "")
    if not all(part in policy for part in NOWHERE) and not all(part in policy for part in PAGE_POLICY):
        faults.append(f"policy: {policy}")
    if any(loose in policy for loose in ("unsafe", "data:", "*", "http:", "https:", "blob:")):
        faults.append(f"loose policy: {policy}")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        faults.append("Permissions-Policy")
    kept = response.get("Cache-Control", "")
    if ("no-store" in kept) == static:
        faults.append(f"Cache-Control: {kept}")
    return faults


@pytest.fixture
def planted(stage):
    return stage.oakfield


@pytest.mark.parametrize("role", ["headteacher", "teacher", "nobody"])
def test_every_address_of_the_site_map_answers_with_every_header(stage, planted, role):
    wrong = {}
    for row in ROWS:
        client = Client() if role == "nobody" else stage.cast.client(role)
        response = getattr(client, row.method)(row.url(planted, PARAMETERS[row.page]))
        found = faults_of(response)
        if found:
            wrong[row.id, response.status_code] = found
    assert wrong == {}


def test_no_page_names_another_origin(stage, planted):
    wrong = {}
    for row in ROWS:
        response = stage.cast.client("headteacher").get(row.url(planted, PARAMETERS[row.page]))
        named = [] if response.streaming else FETCHED.findall(response.content.decode(errors="replace"))
        if named:
            wrong[row.id] = named
    assert wrong == {}


def test_the_search_for_other_origins_finds_one():
    assert FETCHED.findall('<script type="module" src="https://cdn.example/x.js">') == ["https://cdn.example/x.js"]
    assert FETCHED.findall('<img alt="" src="//cdn.example/x.png">') == ["//cdn.example/x.png"]
    assert FETCHED.findall('<a href="https://www.gov.uk/">') == []


@pytest.mark.parametrize("kind", ["unknown", "refused", "untokened", "bad host", "redirect", "no method", "fault"])
def test_errors_and_refusals_carry_every_header_too(cast, settings, monkeypatch, kind):
    client = cast.client("teacher")
    if kind == "unknown":
        response, status = client.get("/there/is/no/such/page/"), 404
    elif kind == "refused":
        response, status = client.get(reverse("accounts:school_edit")), 403
    elif kind == "untokened":
        response, status = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a@b.example"}), 403
    elif kind == "bad host":
        response, status = client.get("/", headers={"host": "evil.example"}), 400
    elif kind == "redirect":
        response, status = Client().get("/people/"), 302
    elif kind == "no method":
        response, status = client.put("/people/"), 405
    else:
        monkeypatch.setattr("accounts.views.people.people_of", None)
        client.raise_request_exception = False
        response, status = client.get("/people/"), 500
    assert response.status_code == status
    assert faults_of(response) == []


def test_a_static_file_carries_every_header_and_may_be_kept(client, settings, tmp_path):
    """The one kind of answer that a browser keeps."""
    (tmp_path / "a.css").write_text("p { color: red }")
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = True
    client = Client()
    response = client.get("/static/a.css")
    assert response.status_code == 200
    assert "max-age" in response["Cache-Control"]
    assert faults_of(response, static=True) == []
    missing = client.get("/static/no-such.css")
    assert missing.status_code == 404
    assert faults_of(missing) == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_address_answers_another_method_than_get_head_and_post(stage, planted, method):
    wrong = {}
    client = stage.cast.client("headteacher")
    for row in ROWS:
        response = getattr(client, method)(row.url(planted, PARAMETERS[row.page]))
        if response.status_code != 405 or response["Allow"] != "GET, HEAD, POST" or response.content:
            wrong[row.id] = response.status_code
    assert wrong == {}


def test_a_head_request_is_answered_without_a_body(cast):
    response = cast.client("headteacher").head("/people/")
    assert response.status_code == 200
    assert response.content == b""
    assert faults_of(response) == []


PRODUCTION = {
    "PATH": "/usr/bin:/bin",
    "PORTAL_ENV": "production",
    "ENV_FILE": "",
    "SECRET_KEY": "a-key-of-the-tests-with-many-different-letters-0123456789",
    "AUDIT_KEY": "another-key-of-the-tests-with-many-different-letters-012345",
    "ENCRYPTION_KEYS": "a-third-key-of-the-tests-with-many-different-letters-01234",
    "ALLOWED_HOSTS": "portal.example.org",
    "EMAIL_URL": "dummymail://",
    "LOG_LEVEL": "ERROR",
}
# Signs somebody in over https, and prints what the browser was told.
VISIT = """
import json
from django.test import Client
from accounts.models import User
User.objects.create_user("a@b.example", "Anna B", "a long enough passphrase")
client, host = Client(), {"host": "portal.example.org"}
plain = client.get("/sign-in/", headers=host)
page = client.get("/password/forgotten/", secure=True, headers=host)
inside = client.post(
    "/sign-in/", {"login": "a@b.example", "password": "a long enough passphrase"}, secure=True, headers=host
)
refused = client.get("/", secure=True, headers={"host": "evil.example"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers["Location"]],
    "page": dict(page.headers),
    "inside": [inside.status_code, dict(inside.headers)],
    "refused": [refused.status_code, dict(refused.headers)],
    "cookies": {name: {**cookie} for name, cookie in client.cookies.items()},
}))
"""


def test_in_production_everything_goes_by_https_with_cookies_of_this_host_alone(tmp_path):
    def portal(*command):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env={**PRODUCTION, "PORTAL_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    portal("migrate", "-v", "0")
    portal("collectstatic", "--no-input", "-v", "0")
    seen = json.loads(portal("shell", "--no-imports", "-c", VISIT))
    assert seen["plain"] == [301, "https://portal.example.org/sign-in/"]
    assert seen["inside"][0] == 302
    assert seen["refused"][0] == 400
    for headers in (seen["page"], seen["inside"][1], seen["refused"][1]):
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert faults_of(headers) == []
    assert set(seen["cookies"]) == {"__Host-session", "__Host-csrf", "__Host-browser"}
    for cookie in seen["cookies"].values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
