"""Every rule of conduct: it stands on the guides of those it binds, and its breach can be reported and is shown.

One case for each rule, from the list of clauses itself.
"""

import csv
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from channels_mgmt.models import Platform
from channels_mgmt.services import open_channel
from incidents.models import Incident
from tests.clauses.register import REGISTER
from tests.incidents.filing import detail, staff_page

SLUGS = {"PWP": "pennine-way", "MLC": "mill-lane", "HEA": "heathcoat", "GRA": "the-grange", "CRO": "croftlands"}
SHAPE = re.compile(
    r"when the (?P<guides>[a-z/, ]+?) guide pages? (?:is|are) opened, then this rule is listed; and when an incident "
    r"about (?P<about>[a-z ]+?) is filed under '(?P<category>.+)', then the saved report shows that category"
)
GUIDES = {"staff": "staff", "pupil": "pupils", "parent/carer": "parents"}
ABOUT = {
    "a staff member": ["staff"],
    "a pupil": ["pupil"],
    "a parent or carer": ["parent"],
    "any community member": ["staff", "pupil", "parent", "community"],
}


def cases():
    with REGISTER.open(newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if row["app"] == "incidents" and (found := SHAPE.search(row["acceptance"])):
                guides = [GUIDES[word] for word in re.split(r", | and ", found["guides"])]
                yield pytest.param(
                    row["id"],
                    guides,
                    ABOUT[found["about"]],
                    found["category"],
                    id=row["id"],
                    marks=pytest.mark.clause(row["id"]),
                )


@pytest.mark.parametrize(("code", "guides", "abouts", "category"), list(cases()))
def test_a_rule_is_on_its_guides_and_its_breach_is_filed_and_shown(schools, code, guides, abouts, category):
    slug, clause = SLUGS[code[:3]], schools.clause(code)
    assert clause.category == category
    for audience in guides:
        guide = Client().get(reverse("policies:guide", args=[slug, audience])).content.decode()
        assert f'id="clause-{code}"' in guide
        assert clause.on_guide in unescape(guide)
    for about in abouts:
        file_and_show(schools, slug, clause, about)


@pytest.mark.clause("MLC-38")
def test_the_rule_on_contact_with_parents_is_followed_by_the_register_and_its_breach_is_filed(schools):
    """The policy names no channel, so the head enters one first."""
    clause, head = schools.clause("MLC-38"), schools.post("mill-lane", "headteacher")
    channel = open_channel(
        school=head.school,
        by=head,
        platform=Platform.objects.get(school=head.school, name="Facebook"),
        name="Mill Lane news",
        audience="public",
        managing_roles=["office"],
        authorising_roles=["headteacher"],
    )
    guide = unescape(Client().get(reverse("policies:guide", args=["mill-lane", "staff"])).content.decode())
    after_the_rule = guide[guide.index(clause.on_guide) :]
    assert channel.name in after_the_rule[: after_the_rule.index("</ul>")]
    file_and_show(schools, "mill-lane", clause, "staff")


def file_and_show(schools, slug, clause, about):
    """File a report under the clause's breach category as a teacher would, and open it as the head does."""
    category = clause.category
    reporter, handler = schools.client(slug, "teacher"), schools.client(slug, "headteacher")
    before = set(Incident.objects.values_list("pk", flat=True))
    page = staff_page(reporter)
    assert f'value="{clause.pk}">{category}<' in unescape(reporter.get(page).content.decode())
    answers = {"about": about, "category": str(clause.pk), "words": "Seen this morning."}
    assert reporter.post(page, answers).status_code == 302
    incident = Incident.objects.exclude(pk__in=before).get()
    saved = unescape(handler.get(detail(incident)).content.decode())
    assert incident.about == about and category in saved
