"""A committee approves a policy after one change was requested; and the pages on the way to it."""

import pytest

from policies.models import PolicyVersion
from policies.services import draft_next_version
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


def sign_in(visitors, size, user):
    visitor = visitors(size)
    visitor.sign_in(user)
    return visitor


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_committee_approves_with_one_change_requested_in_between(schools, visitors, size):
    slug = "pennine-way"
    policy, head_post = schools.version(slug).policy, schools.post(slug, "headteacher")
    governor_post = schools.post(slug, "governor")
    head = sign_in(visitors, size, head_post.user)

    head.go(f"/policies/{policy.pk}/approval/")
    head.choose("A committee of governors")
    head.fill("Name of the committee or board", "Welfare Committee")
    head.fill("Why this changes", "Terms of reference of September")
    head.press("Save who approves")
    head.press("Draft a new version")
    head.choose("Yearly review")
    head.fill("Reason", "The yearly review")
    head.press("Draft version")
    draft = policy.versions.get(status=PolicyVersion.Status.DRAFTED)
    first = draft.clauses.first()
    head.press(first.code)
    head.press("Change clause")
    head.fill("Text", "This policy belongs to Pennine Way Primary School alone. Its rules apply nowhere else.")
    head.press("Save clause")
    head.press("Hand over for approval")
    head.fill("What has changed, in a few words", "A plainer beginning")
    head.press("Hand over for approval")
    head.sees("In review", "One signature is needed.")

    governor = sign_in(visitors, size, governor_post.user)
    governor.press(f"Approve: {draft}")
    governor.sees("A plainer beginning", "1 clause changed.")
    governor.press("Request changes")
    governor.fill("Reason", "Say who answers questions")
    governor.press("Request changes")
    governor.sees("Changes requested")

    head.go("/")
    head.press(f"Change: {draft}")
    head.sees("Say who answers questions")
    head.press("Add clause")
    head.fill("Heading", "Questions")
    head.pick("Kind", "Information")
    head.fill("Text", "The headteacher answers questions about this policy.")
    head.choose("Staff")
    head.press("Add clause")
    head.go(draft.get_absolute_url())
    head.press("Hand over for approval")
    head.press("Hand over for approval")

    governor.go(draft.get_absolute_url())
    governor.sees("1 clause added, 1 clause changed.")
    governor.press("Compare with version 1")
    governor.sees("The headteacher answers questions about this policy.")
    governor.go(draft.get_absolute_url())
    governor.press("Approve version")
    governor.press("Approve version")
    governor.sees("There is a problem", "Enter minute")
    governor.fill("Minute", "WC 2026/7")
    for part, value in (("Day", "1"), ("Month", "6"), ("Year", "2026")):
        governor.fill(part, value)
    governor.press("Approve version")
    governor.sees("Approved", governor_post.user.name)

    head.go("/")
    head.press(f"Publish: {draft}")
    head.press("Publish version")
    head.sees("Published", "Welfare Committee", "WC 2026/7")
    draft.refresh_from_db()
    assert draft.status == PolicyVersion.Status.PUBLISHED
    assert [signature.as_role for signature in draft.signatures.all()] == ["governor"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_a_draft_bear_a_reader_and_their_device(schools, visitors, size):
    head_post = schools.post("mill-lane", "headteacher")
    draft = draft_next_version(schools.version("mill-lane").policy, by=head_post, reason="Amended")
    head = sign_in(visitors, size, head_post.user)
    head.go(draft.get_absolute_url())
    head.sees("Not asked yet")
    head.press("Record of the trade unions")
    for page in ("place", "remove"):
        head.go(f"/policies/clauses/{draft.clauses.first().pk}/{page}/")
