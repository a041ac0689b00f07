"""A governor with ten minutes reads the review pack."""

import pytest
from django.urls import reverse

from policies import services
from policies.models import Review
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_governor_reads_the_review_pack_from_the_list_of_policies(schools, visitors, size):
    services.open_due_reviews()
    version = schools.version("heathcoat")
    review = Review.objects.get(version=version)
    services.suggest(version.policy, by=schools.post("heathcoat", "teacher"), text="Say what a group chat is.")
    visitor = visitors(size)
    visitor.sign_in(schools.post("heathcoat", "governor").user)
    visitor.go(reverse("policies:policy_list"))
    visitor.press("Reviews")
    visitor.press(str(version.policy))
    visitor.sees("Yearly review", "What it weighs up", "10 November 2022")
    visitor.press("Review pack")
    visitor.sees(
        "Overdue since 11 November 2022",
        "What this review weighs up",
        "What changed outside",
        "What the check finds in the text",
        "Fewer than 5",
        "Say what a group chat is.",
    )
    assert review.get_absolute_url() in visitor.page.content()
