"""Every page, as somebody who may open it, on a phone and at a desk: nothing is wrong with any of them."""

import pytest
from django.urls import reverse

from policies.models import Audience
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.filled import by_whom, enter_as, paths_for
from tests.journeys.ground import using

pytestmark = pytest.mark.journey
NOT_THERE, REFUSED = "/nowhere/", "/people/new/"
NARROW = 320
SMALLEST_TARGET = 24
# Controls smaller than a fingertip; a link in the middle of a sentence is as tall as its line.
TARGETS = """(smallest) => [...document.querySelectorAll(
    "a[href], button, summary, select, textarea, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: false}))
  .filter((one) => !(one.tagName === "A" && getComputedStyle(one).display === "inline"
    && one.parentElement.innerText.trim() !== one.innerText.trim()))
  .filter((one) => !one.classList.contains("govuk-skip-link"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width && (box.width < smallest || box.height < smallest))
  .map(([one, box]) =>
    `target ${Math.round(box.width)}x${Math.round(box.height)}: ${one.outerHTML.slice(0, 120)}`)"""
OUTLINE = """() => {
  const faults = [];
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} headings of the first level`);
  if (!document.title.split(" – ")[0].trim()) faults.push("no title");
  return faults;
}"""


@pytest.fixture
def db(filled, django_db_blocker):
    """The filled school: whoever only looks may share it."""
    with django_db_blocker.unblock(), using(filled[0]):
        yield


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", by_whom(), ids=lambda role: role or "stranger")
def test_nothing_is_wrong_with_any_page(role, size, db, filled, visitors):
    visitor = visitors(size)
    enter_as(visitor, role)
    paths = paths_for(role, filled[1])
    # What is refused, and what is not there, are pages too.
    faults = [f"{path}  {fault}" for path in [*paths, NOT_THERE, REFUSED] for fault in faults_of(visitor, path, size)]
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("slug", ["croftlands", "heathcoat", "mill-lane", "pennine-way", "the-grange"])
def test_nothing_is_wrong_with_what_a_school_shows_everybody(slug, size, db, visitors):
    visitor = visitors(size)
    paths = [reverse("policies:school_page", args=[slug])]
    paths += [reverse("policies:guide", args=[slug, audience]) for audience in Audience.values]
    faults = [f"{path}  {fault}" for path in paths for fault in faults_of(visitor, path, size)]
    assert not faults, "\n".join(["", *faults])


def test_the_sweep_notices_each_kind_of_fault(visitors):
    visitor = visitors(PHONE)
    visitor.page.set_content(
        "<p style='width: 900px'>Wide</p> <a href='/'>in <img src='https://elsewhere.example/x.png'></a><button>x</button>"
    )
    found = "\n".join(visitor.faults_here() + visitor.page.evaluate(OUTLINE))
    found += "\n".join(visitor.page.evaluate(TARGETS, SMALLEST_TARGET))
    for kind in ("overflow", "axe image-alt", "asked elsewhere", "0 headings", "no title", "target"):
        assert kind in found, kind


def faults_of(visitor, path, size):
    """Return what is wrong with one page."""
    visitor.page.goto(f"{visitor.address}{path}")
    found = visitor.faults_here() + visitor.page.evaluate(OUTLINE)
    found += visitor.page.evaluate(TARGETS, SMALLEST_TARGET)
    if size is PHONE:
        visitor.page.set_viewport_size({**PHONE, "width": NARROW})
        found += visitor.overflow()
        visitor.page.set_viewport_size(PHONE)
    return dict.fromkeys(found)
