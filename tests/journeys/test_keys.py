"""Working with the keyboard alone, and without a password in a demonstration."""

import pytest
from playwright.sync_api import expect

from moderation.models import Item
from moderation.services import record_item
from policyportal.demo.load import PASSWORD

pytestmark = pytest.mark.journey
MOST_PRESSES = 60


def reach(visitor, role, name):
    """Press Tab until the control of this name has the focus, which must be seen there."""
    wanted = visitor.page.get_by_role(role, name=name, exact=True).first
    for _ in range(MOST_PRESSES):
        visitor.page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            assert wanted.evaluate(FOCUS_IS_SEEN), f"nothing shows that “{name}” has the focus"
            return
    raise AssertionError(f"“{name}” is not reached with the keyboard on {visitor.page.url}")


FOCUS_IS_SEEN = """(one) => [one, one.nextElementSibling].some((part) => {
  if (!part) return false;
  const marks = [getComputedStyle(part), getComputedStyle(part, "::before")];
  return marks.some(({boxShadow, outlineStyle}) => boxShadow !== "none" || outlineStyle !== "none");
})"""


def enter(visitor):
    """Press Enter on what has the focus; it leads to a page."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.look()


def test_signing_in_and_deciding_take_no_mouse(schools, desk):
    head = schools.post("croftlands", "headteacher")
    item = record_item(
        channel=schools.channel("croftlands", "Facebook"), by=head, words="Shame on you all.", author_handle="Jo"
    )
    desk.go("/sign-in/")
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(":focus")).to_have_text("Skip to main content")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#main")).to_be_focused()
    reach(desk, "textbox", "E-mail address")
    desk.page.keyboard.type(head.user.email)
    reach(desk, "textbox", "Password")
    desk.page.keyboard.type(PASSWORD)
    enter(desk)
    desk.go(item.get_absolute_url())
    reach(desk, "link", "Leave it as it is")
    enter(desk)
    reach(desk, "textbox", "Why may it stay?")
    desk.page.keyboard.type("It is harsh, but it is an opinion.")
    reach(desk, "button", "Leave it as it is")
    enter(desk)
    item.refresh_from_db()
    assert (item.status, item.decided_by) == (Item.Status.LEFT, head.user)


def test_one_press_signs_in_where_people_are_invented(schools, settings, desk):
    settings.PORTAL_DEMO = True
    head = schools.post("pennine-way", "headteacher")
    desk.go(f"/sign-in/?school={head.school.slug}")
    desk.page.get_by_role("button", name=head.user.name).click()
    desk.look()
    desk.sees("What waits for you", head.user.name)


def test_nobody_is_offered_that_elsewhere(schools, desk):
    desk.go("/sign-in/?school=pennine-way")
    assert "Try it as one of these people" not in desk.words()
    assert schools.post("pennine-way", "headteacher").user.name not in desk.words()
