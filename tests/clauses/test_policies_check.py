"""What the check finds in a school's policy beside its register of channels, and what closes it."""

import pytest
from django.urls import reverse

from channels_mgmt.models import Platform
from channels_mgmt.services import open_channel


def open_findings(schools, slug: str) -> dict[str, str]:
    """The open findings as the headteacher reads them on the policy's page, each message with its rule."""
    page = schools.client(slug, "headteacher").get(schools.version(slug).policy.get_absolute_url())
    return {finding.message: finding.rule for finding in page.context["page"].findings.found}


NOT_REGISTERED = "X is mentioned in 2.4 but not registered."


@pytest.mark.clause("PWP-57")
def test_a_platform_that_is_named_and_not_registered_is_reported_until_it_is_registered_or_dismissed(schools):
    assert NOT_REGISTERED in open_findings(schools, "pennine-way")
    head, policy = schools.post("pennine-way", "headteacher"), schools.version("pennine-way").policy
    finding = policy.findings.get(message=NOT_REGISTERED)
    client, step = schools.client("pennine-way", "headteacher"), reverse("policies:finding_step", args=[finding.pk])
    assert "There is a problem" in client.post(step, {"step": "dismiss", "reason": ""}).content.decode()
    client.post(step, {"step": "dismiss", "reason": "The account was closed last year"})
    assert NOT_REGISTERED not in open_findings(schools, "pennine-way")
    client.post(step, {"step": "reopen"})
    assert NOT_REGISTERED in open_findings(schools, "pennine-way")
    platform = Platform.objects.get(school=head.school, name__startswith="X")
    open_channel(school=head.school, by=head, platform=platform, name="Pennine Way on X", audience="public")
    assert NOT_REGISTERED not in open_findings(schools, "pennine-way")
    finding.refresh_from_db()
    assert finding.get_status_display() == "Mended"


@pytest.mark.clause("HEA-105")
def test_pupils_invited_below_the_minimum_age_of_a_platform_are_reported(schools):
    assert Platform.objects.get(school=schools.heathcoat, name="Facebook").minimum_age == 13
    [words] = [
        words for words, rule in open_findings(schools, "heathcoat").items() if rule == "pupils-invited-too-young"
    ]
    assert words.startswith("Pupil interaction versus minimum age") and "Facebook" in words
