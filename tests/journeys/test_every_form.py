"""Every form sent with nothing in it: the page says what is wrong, leads to each field, and has no fault itself."""

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.filled import by_whom, enter_as, paths_for
from tests.journeys.ground import fresh

pytestmark = pytest.mark.journey
# The forms of passkeys ask a device before they are sent; tests/journeys/test_second_step.py has one.
FORM = "main form[method=post]:not([data-passkey]):has(textarea, select, input:not([type=hidden]))"
EMPTY = """(form) => {
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else if (field.type !== "hidden" && field.tagName !== "BUTTON") field.value = "";
  }
}"""
# Each link of the summary, and whether pressing it moves the focus to a field that the page marks.
DEAD_LINKS = """() => [...document.querySelectorAll(".govuk-error-summary a")].filter((link) => {
  link.click();
  const field = document.activeElement;
  return field === link || !field.closest(".govuk-form-group--error");
}).map((link) => `leads to no field: ${link.textContent}`)"""


@pytest.fixture
def db(filled, django_db_blocker, settings, tmp_path):
    """A copy of the filled school: where nothing is needed, an empty form is stored."""
    settings.MEDIA_ROOT = tmp_path
    with django_db_blocker.unblock(), fresh(filled[0]):
        yield


@pytest.mark.parametrize("role", by_whom(), ids=lambda role: role or "stranger")
def test_an_empty_form_is_answered_with_what_is_wrong_where_it_is_wrong(role, db, filled, visitors):
    visitor = visitors(PHONE)
    enter_as(visitor, role)
    sent, faults = 0, []
    for path in paths_for(role, filled[1]):
        visitor.page.goto(f"{visitor.address}{path}")
        form = visitor.page.locator(FORM).first
        if not form.count():
            continue
        sent += 1
        form.evaluate(EMPTY)
        with visitor.page.expect_navigation():
            form.get_by_role("button").last.click()
        found = visitor.faults_here() + visitor.page.evaluate(DEAD_LINKS)
        faults += [f"{path}  {fault}" for fault in found]
    assert sent
    assert not faults, "\n".join(["", *faults])
