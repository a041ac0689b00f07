"""Journeys of signing in with an account of Google or Microsoft: linked once, then a press of a button."""

import pytest
from django.core.cache import cache

from accounts.models import School
from tests.accounts.openid import CLIENT_ID, CLIENT_SECRET, openid_provider
from tests.cast import Cast
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey
PASSWORD = "a long enough passphrase"
TENANT = "11111111-2222-4333-8444-555555555555"
TARA = {"sub": "104792", "email": "tara@oakfield.example", "email_verified": True, "hd": "oakfield.example"}
TARA_AT_MICROSOFT = {"sub": "s", "oid": "aaaaaaaa-0000-4000-8000-000000000001", "tid": TENANT}


@pytest.fixture
def provider(db, settings):
    """A provider at another address than the portal's, with the portal registered and the school listed."""
    with openid_provider() as running:
        settings.GOOGLE_CLIENT_ID = settings.MICROSOFT_CLIENT_ID = CLIENT_ID
        settings.GOOGLE_CLIENT_SECRET = settings.MICROSOFT_CLIENT_SECRET = CLIENT_SECRET
        settings.GOOGLE_ISSUER, settings.MICROSOFT_ISSUER = running.google, running.microsoft
        cache.clear()
        school = School.objects.get(slug="oakfield")
        school.google_domains, school.microsoft_tenants = ["oakfield.example"], [TENANT]
        school.save()
        yield running


@pytest.fixture(params=["desk", "phone", "no scripts"])
def visitor(request, visitors, provider):
    """Somebody at a desk, with a phone, and with a browser that runs no scripts."""
    visitor = visitors(PHONE if request.param == "phone" else DESK, scripts=request.param != "no scripts")
    visitor.elsewhere = (f"{provider.address}/",)
    return visitor


def press_and_come_back(visitor, name, path):
    """Press a button that leads over the provider and back to a page of the portal."""
    with visitor.page.expect_navigation(url=f"{visitor.address}{path}"):
        visitor.control(name).click()
    visitor.look()


@pytest.mark.parametrize(("company", "person"), [("Google", TARA), ("Microsoft", TARA_AT_MICROSOFT)])
def test_a_teacher_links_an_account_and_signs_in_with_it(visitor, provider, company, person):
    teacher = Cast().teacher.user
    provider.person = person
    visitor.sign_in(teacher, PASSWORD)
    visitor.go("/how-you-sign-in/")
    press_and_come_back(visitor, f"Link your {company} account", "/how-you-sign-in/")
    visitor.sees(f"Your {company} account is linked.")
    visitor.page.context.clear_cookies()
    visitor.go("/sign-in/?next=/people/")
    press_and_come_back(visitor, f"Sign in with {company}", "/people/")
    visitor.sees(teacher.name)
    visitor.go("/how-you-sign-in/")
    visitor.press("Unlink")
    visitor.sees(f"Your {company} account is unlinked.")


def test_a_stranger_is_told_plainly_and_led_back(visitor, provider):
    provider.person = TARA | {"sub": "nobody's"}
    visitor.go("/sign-in/")
    press_and_come_back(visitor, "Sign in with Google", "/sign-in/with/google/back/*")
    visitor.sees("You are not signed in", "This account is not linked.")
    visitor.press("Go to sign-in")
    visitor.sees("Forgotten your password?")


def test_the_page_that_leads_on_says_where_and_has_a_link_of_its_own(visitor, provider):
    visitor.page.route(f"{provider.address}/**", lambda route: route.abort("aborted"))
    visitor.go("/sign-in/")
    visitor.press("Sign in with Google")
    visitor.sees("Going on to Google")
    assert visitor.page.get_by_role("link", name="Go on to Google").is_visible()
