"""Every row of information that a school wants shown: on each guide page named, editable, its past kept."""

import csv
import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from policies.selectors.guides import filled_in
from tests.clauses.register import REGISTER

SLUGS = {"PWP": "pennine-way", "MLC": "mill-lane", "HEA": "heathcoat", "GRA": "the-grange", "CRO": "croftlands"}
AUDIENCES = {"staff": "staff", "pupil": "pupils", "parent/carer": "parents"}
# What each row's acceptance wants displayed, in words that its clause must contain.
WANTED = {
    "PWP-06": ["rules for official channels"],
    "PWP-07": ["clear expectations for online conduct"],
    "PWP-08": ["data protection", "online safety", "safeguarding"],
    "PWP-14": ["copyright", "safeguarding", "data protection", "private"],
    "PWP-16": ["social media means", "photos and videos"],
    "PWP-54": ["a like is not an endorsement"],
    "PWP-56": ["a follow is not an endorsement"],
    "MLC-05": ["welcomes", "benefits"],
    "MLC-07": ["encourage", "safeguarding", "bullying", "personal reputation"],
    "MLC-08": ["good practice", "protection", "effective use"],
    "MLC-18": ["before you post", "pupils", "colleagues", "employer", "do not post"],
    "MLC-21": ["social media is", "ideas", "views"],
    "MLC-23": ["upload", "never private"],
    "MLC-41": ["safeguarding risk", "children"],
    "MLC-61": ["access to a site blocked", "exceptional cases", "site closed"],
    "MLC-76": ["serious breach", "dismissal"],
    "MLC-92": ["every medium"],
    "HEA-06": ["new ways to communicate"],
    "HEA-07": ["responsible use", "confidentiality", "reputation"],
    "HEA-12": ["every medium"],
    "HEA-24": ["copyright", "data protection", "freedom of information"],
    "HEA-37": ["friends' settings affect who sees your posts"],
    "HEA-48": ["before you post", "parents"],
    "HEA-49": ["date of birth", "mobile number", "location", "email address"],
    "HEA-50": ["privacy settings", "strict"],
    "HEA-51": ["friends' settings affect who sees your posts"],
    "HEA-52": ["strangers", "open places", "twitter"],
    "HEA-53": ["protected tweets"],
    "HEA-66": ["not responsible", "students misuse"],
    "HEA-67": ["monitoring your child's activity", "your responsibility"],
    "HEA-70": ["social networks", "frustration", "concern"],
    "HEA-86": ["curriculum use"],
    "HEA-104": ["responsibly and respectfully"],
    "HEA-106": ["internet", "content", "services", "email", "monitored"],
    "HEA-107": ["no prior notice or consent"],
    "HEA-108": ["do not expect privacy"],
    "GRA-03": ["reputation", "if we did not"],
    "GRA-04": ["online reputation management", "digital footprint"],
    "GRA-05": ["searches online", "before applying"],
    "GRA-06": ["ofsted", "before it inspects"],
    "GRA-07": ["negative coverage", "disrupts"],
    "GRA-14": ["social media means", "games count too"],
    "GRA-15": ["we accept that"],
    "GRA-32": ["time-sensitive", "safer internet strategy"],
    "GRA-33": ["balance"],
    "GRA-37": ["adults", "set the model"],
    "GRA-38": ["what they do", "with whom", "how long", "when"],
    "GRA-39": ["late at night", "bedrooms", "sleep"],
    "GRA-48": ["remain professional in your private life"],
    "GRA-59": ["131", "73", "27 of 66", "2017", "2018", "review if stale"],
    "GRA-78": ["nspcc", "helpline for parents"],
    "CRO-09": ["rules for official channels"],
    "CRO-10": ["clear expectations for online conduct"],
    "CRO-11": ["data protection", "online safety", "safeguarding"],
    "CRO-17": ["copyright", "safeguarding", "data protection", "private"],
    "CRO-19": ["social media means", "photos and videos"],
    "CRO-55": ["a like is not an endorsement"],
}


def acceptances() -> dict[str, str]:
    with REGISTER.open(newline="", encoding="utf-8") as rows:
        return {row["id"]: row["acceptance"] for row in csv.DictReader(rows)}


ACCEPTANCES = acceptances()


def audiences_of(code: str) -> list[str]:
    """The audiences whose guide pages the acceptance opens."""
    [named] = re.findall(r"when the (.+?) guide pages? (?:is|are) opened", ACCEPTANCES[code])
    return [AUDIENCES[word] for word in re.split(r", | and ", named)]


def words_of(page: str, code: str) -> str:
    """What the guide page shows for a clause, as a reader reads it."""
    found = re.search(rf'id="clause-{code}">(.*?)</p>', page, re.DOTALL)
    assert found, f"{code} is not on the page"
    without_link = re.sub(r"<a .*?</a>", "", found[1], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", without_link)).split())


def guide(slug: str, audience: str) -> str:
    return Client().get(reverse("policies:guide", args=[slug, audience])).content.decode()


def marked(codes):
    return [pytest.param(code, marks=pytest.mark.clause(code)) for code in codes]


@pytest.mark.parametrize("code", marked(WANTED))
def test_what_the_school_says_is_displayed_and_edited_and_its_past_remains(schools, code):
    clause = schools.clause(code)
    school = schools.school(SLUGS[code[:3]])
    audiences, former = audiences_of(code), clause.on_guide
    for audience in audiences:
        shown = words_of(guide(school.slug, audience), code)
        assert shown == filled_in(former, school)
        assert [words for words in WANTED[code] if words not in shown.lower()] == []

    head = schools.client(school.slug, "headteacher")
    new = f"Other words for {school.short_name}."
    address = reverse("policies:clause_guide_edit", args=[clause.pk])
    assert address in head.get(reverse("policies:guide", args=[school.slug, audiences[0]])).content.decode()
    head.post(address, {"guide_text": new, "reason": "Plainer"})
    for audience in audiences:
        assert words_of(guide(school.slug, audience), code) == new
    assert clause.history.all()[1].instance.on_guide == former
    assert clause.history.latest().history_user_id == schools.post(school.slug, "headteacher").user_id
    past = html.unescape(head.get(clause.get_absolute_url()).content.decode())
    assert former in past and "Plainer" in past


@pytest.mark.parametrize(
    ("code", "slug"),
    [
        pytest.param("PWP-08", "pennine-way", marks=pytest.mark.clause("PWP-08")),
        pytest.param("CRO-11", "croftlands", marks=pytest.mark.clause("CRO-11")),
    ],
)
def test_the_aim_stands_beside_links_to_the_three_policies(schools, code, slug):
    policy, head = schools.version(slug).policy, schools.client(slug, "headteacher")
    wanted = ("data protection", "online safety", "safeguarding")
    named = [ref for ref in policy.references.filter(kind="related_policy") if ref.title.lower().startswith(wanted)]
    assert len(named) == 3
    for reference in named:
        answer = {"title": reference.title, "standing": "current", "link": f"https://example.org/{reference.pk}"}
        head.post(reverse("policies:reference_edit", args=[reference.pk]), answer)
    for audience in AUDIENCES.values():
        page = guide(slug, audience)
        for reference in named:
            assert f'href="https://example.org/{reference.pk}"' in page and reference.title in page
