"""Journeys of a document that becomes a policy: from an empty portal to a running school, and by way of approval."""

import warnings
from pathlib import Path

import pytest
from django.core.cache import cache

from accounts.models import School
from channels_mgmt.models import Channel
from policies.models import Policy, PolicyVersion
from policyportal.lib.dates import today
from tests.conftest import empty
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.ground import fresh
from tests.journeys.test_policy import PRESS
from tests.journeys.test_set_up import set_up_birch

pytestmark = pytest.mark.journey
# A real school's policy, where the machine has it; without it the desk reads the text below too.
REAL = Path(__file__).resolve().parents[3] / "shared" / "seeds" / "croftlands.txt"
OWN = """\
Birch Primary School
Social Media Policy

Approved by: Full governing body
Date: 1 September 2026
Last reviewed on: September 2026
Next review due by: September 2027

1. Aims

This policy sets out how our school uses social media. All staff, pupils and parents \
are required to read, understand and comply with this policy.

2. Official channels

The school's official social media channels are as follows:

Facebook

Seesaw (private)

These accounts are managed by the headteacher and the office staff. \
Staff members who have not been authorised by the headteacher to manage, or post to, the account, \
must not access these accounts.

If you have suggestions for something you would like to appear on our channels, please speak to the school office.

2.1 What we post

The school will post on Facebook:

- News about school trips and events
- Reminders of dates

The school will not post on Facebook:

- Names and photos of pupils without consent
- Political statements

2.2 Moderation

Staff responsible for our social media accounts will delete as soon as reasonably possible:

- Abusive comments
- Comments we consider to be spam

3. Staff

Staff must not:

- Accept friend requests from pupils
- Post images of pupils on personal accounts

Any concerns about a member of staff's use of social media will be dealt with in line with the staff code of conduct.

4. Monitoring and review

This policy will be reviewed every year.

5. Related policies

- Behaviour policy
- Child protection policy
"""


def all_right(visitor):
    """Confirm group after group, until everything is decided."""
    for _ in range(20):
        if "What will be made" in visitor.words():
            return
        name = "All of these are right" if visitor.page.get_by_role("button", name="All of these").count() else "Right"
        visitor.press(name)
    raise AssertionError(visitor.words())


def hand_in(visitor, text, *, name=""):
    """Hand a text in, as a file of this name or pasted."""
    if name:
        visitor.choose("As a file")
        visitor.page.get_by_label("The policy", exact=True).set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        )
    else:
        visitor.choose("As text")
        visitor.fill("The text of the policy", text)
    visitor.press("Read it")
    visitor.sees("The document is read", "still wait for your word", "The text")


@pytest.fixture
def db(request, stock, django_db_blocker, settings, tmp_path):
    """A portal without anybody, for whoever sets one up; for the others that of the schools."""
    settings.MEDIA_ROOT = tmp_path
    with django_db_blocker.unblock(), fresh(stock):
        if "schools" not in request.fixturenames:
            empty()
        cache.clear()
        yield


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_empty_portal_becomes_a_school_whose_policy_runs(size, db, visitors):
    is_real = size == DESK and REAL.exists()
    if size == DESK and not is_real:
        warnings.warn("Without a real policy at hand: the desk reads the journey's own.", stacklevel=1)
    people = set_up_birch(size, visitors)
    head, governor = people["Hana Head"], people["Cleo Chair"]
    head.go("/")
    head.press("Your school has no policy here yet: read yours in")
    hand_in(head, REAL.read_text() if is_real else OWN, name="policy.txt" if is_real else "")
    all_right(head)
    head.press("Take over")
    head.sees("There is a problem")
    head.choose("In force already: it was approved before")
    head.fill("Why is it in force?", "Approved by governors before the portal came")
    head.press("Take over")
    head.sees("The policy is in force", "Next review due")

    version = PolicyVersion.objects.get()
    private, platform = ("Dojo", "ClassDojo") if is_real else ("Seesaw", "Seesaw")
    assert version.status == PolicyVersion.Status.PUBLISHED and version.policy.cycle_months == 12
    assert version.review_due_on and version.approver_name == ("Lou Mahon" if is_real else "Full governing body")
    assert version.policy.findings.exists()
    assert {channel.name: channel.audience for channel in Channel.objects.all()} == {
        "Facebook": "public",
        private: "private",
    }
    head.go("/channels/")
    head.sees("Facebook", private, platform)
    head.go(Channel.objects.get(name="Facebook").get_absolute_url())
    head.sees("Political statements", "Comments we consider to be spam", "Headteacher")
    school = School.objects.get()
    assert "office" in school.suggestion_roles and "staff" in school.procedures
    governor.go("/")
    governor.press(f"Read and acknowledge: {version.policy}")
    governor.press(PRESS)
    governor.sees("You acknowledged version 1 on")
    categories = version.clauses.exclude(category="").filter(about_staff=True)
    assert categories.exists()
    head.go("/incidents/report/")
    head.choose("No")
    head.press("Carry on")
    head.sees(categories.first().category)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_head_hands_a_policy_in_mends_it_and_publishes_it(size, schools, visitors):
    post, governor_post = schools.post("croftlands", "headteacher"), schools.post("croftlands", "governor")
    head, governor = visitors(size), visitors(size)
    head.sign_in(post.user)
    head.go("/policies/")
    head.press("Read a policy in from a document")
    head.press("Read it")
    head.sees("There is a problem")
    head.choose("No, it is new to the portal")
    hand_in(head, OWN.replace("This policy will be reviewed every year.", "It is reviewed."), name="policy.txt")
    head.unfold("The document does not say everything")
    head.press("Fill in reviewed")
    head.fill("Months between two reviews", "24")
    head.press("Use this")
    head.press("About the policy")
    head.press("Change Title")
    head.fill("What it should say", "Policy on social media")
    head.press("Use this")
    all_right(head)
    head.choose("A draft: it still has to be approved and published here")
    head.press("Take over")
    head.sees("Version 1 is a draft. Have it approved, then publish it.")
    draft = Policy.objects.get(title="Policy on social media").versions.get()
    assert draft.policy.cycle_months == 24

    head.press("Version 1")
    head.press("Hand over for approval")
    head.press("Hand over for approval")
    governor.sign_in(governor_post.user)
    governor.press(f"Approve: {draft}")
    governor.press("Approve version")
    for part, number in (("Day", today().day), ("Month", today().month), ("Year", today().year)):
        governor.fill(part, str(number))
    governor.press("Approve version")
    head.go("/")
    head.press(f"Publish: {draft}")
    head.press("Publish version")
    head.sees("Published")
    draft.refresh_from_db()
    assert draft.status == PolicyVersion.Status.PUBLISHED
