"""What is typed wrong stays where it was typed, and the page says what is wrong with it."""

import pytest
from playwright.sync_api import expect

from incidents.models import Report

pytestmark = pytest.mark.journey
# Nobody chosen, nothing said, no link, no such day.
FAULTS = 4
PROGRAM = {"name": "holiday.png", "mimeType": "image/png", "buffer": b"MZ this is a program, whatever its name says"}


def begin(visitor, school):
    visitor.go(f"{school.get_absolute_url()}report/parent/")
    visitor.choose("No")
    visitor.press("Carry on")


def test_a_form_with_every_answer_wrong_keeps_them_all_and_says_of_each_what_is_wrong(schools, phone):
    begin(phone, schools.pennine_way)
    typed = {
        "Their name (optional)": "Somebody in Year 4",
        "Link to the page (optional)": "not a link",
        "Day": "31",
        "Month": "2",
        "Year": "2026",
        "Time": "later",
        "Your name (optional)": "Pat",
    }
    for label, text in typed.items():
        phone.fill(label, text)
    phone.press("Send report")
    summary = phone.page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    faults = links.all_inner_texts()
    assert len(faults) == FAULTS, faults
    for label, text in typed.items():
        expect(phone.page.get_by_label(label, exact=True)).to_have_value(text)
    for number, fault in enumerate(faults):
        links.nth(number).click()
        field = phone.page.locator(":focus")
        beside = phone.page.locator(".govuk-form-group--error", has=field).last
        expect(beside.locator(".govuk-error-message").first).to_contain_text(fault)
    assert not Report.objects.filter(incident__school=schools.pennine_way).exists()


def test_a_file_of_the_wrong_kind_is_refused_and_the_rest_is_kept(schools, desk):
    begin(desk, schools.mill_lane)
    desk.choose("A pupil")
    desk.fill("What happened?", "Somebody shares pictures of the trip.")
    desk.page.get_by_label("Files (optional)").set_input_files(PROGRAM)
    for box in desk.page.get_by_role("checkbox").all():
        box.check()
    desk.press("Send report")
    desk.sees("There is a problem", "holiday.png")
    expect(desk.page.get_by_label("What happened?")).to_have_value("Somebody shares pictures of the trip.")
    expect(desk.page.get_by_label("A pupil", exact=True)).to_be_checked()
    assert not Report.objects.exists()


def test_a_wrong_password_keeps_the_address_and_says_nothing_of_which_was_wrong(schools, desk):
    head = schools.post("pennine-way", "headteacher")
    desk.go("/sign-in/")
    desk.fill("E-mail address", head.user.email)
    desk.fill("Password", "a wrong password")
    desk.press("Sign in")
    desk.sees("The e-mail address or the password is not right.")
    expect(desk.page.get_by_label("E-mail address")).to_have_value(head.user.email)
