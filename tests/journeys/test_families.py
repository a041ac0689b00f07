"""Families: a parent confirms by the link in a mail, and a class is recorded by its teacher."""

import re

import pytest
from django.core import mail

from accounts.models import Carer, SchoolClass
from policies import services
from policies.models import Acknowledgement, Audience
from policies.selectors.families import counts_by_class, running_campaign
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import message_of, path_of
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


def mailed_to(carer: Carer) -> str:
    """Return the path in the mail that is owed to a carer about the first policy of their school, as it is sent."""
    owed = OutboxMail.objects.filter(link="acknowledge", address=carer.email).order_by("created_at")[0]
    mail.outbox = []
    message_of(owed, path_of(owed)).send()
    [message] = mail.outbox
    assert message.to == [carer.email]
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_parent_confirms_by_the_link_in_the_mail_without_an_account(schools, visitors, size):
    version, head = schools.version("croftlands"), schools.post("croftlands", "headteacher")
    campaign = running_campaign(version, head.school)
    carer = campaign.requests.select_related("carer").order_by("carer__name")[0].carer
    before = counts_by_class(version, head)[2].outstanding
    link = mailed_to(carer)
    parent = visitors(size)
    parent.go(link)
    parent.sees(f"Dear {carer.name}", "I have read the policy", "I understand it", "I will follow it")
    child = carer.pupils.all()[0]
    assert child.name not in parent.words()
    parent.choose("I have read the policy")
    parent.press("Confirm")
    parent.sees("There is a problem")
    parent.choose("I understand it")
    parent.choose("I will follow it")
    parent.press("Confirm")
    parent.sees("Thank you", "There is nothing more to do", "Ask the school office")
    parent.go(link)
    parent.sees("Thank you")
    parent.press("Read the whole policy, see our channels, or report something")
    parent.sees(f"Social media at {head.school.short_name}")
    assert Acknowledgement.objects.filter(carer=carer, version=version, audience=Audience.PARENTS).count() == 1
    assert counts_by_class(version, head)[2].outstanding == before - 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_teacher_records_that_the_class_went_through_the_guide(schools, visitors, size):
    version = schools.version("croftlands")
    school_class = SchoolClass.objects.select_related("teacher__user").get(school__slug="croftlands", name="Rowan")
    away = school_class.pupils.present().order_by("name")[0]
    teacher = visitors(size)
    teacher.sign_in(school_class.teacher.user)
    teacher.press(f"Go through it with class Rowan: {version.policy}")
    teacher.sees("Record what the class went through", away.name)
    teacher.page.get_by_label(away.name).uncheck()
    teacher.press("Record class")
    teacher.sees("6 children are recorded. 1 outstanding.")
    teacher.sees(away.name)
    assert Acknowledgement.objects.filter(version=version, pupil__school_class=school_class).count() == 6
    assert not Acknowledgement.objects.filter(pupil=away).exists()


def test_a_parent_without_an_address_types_the_code_of_a_slip(schools, visitors):
    version, head = schools.version("croftlands"), schools.post("croftlands", "headteacher")
    school_class = SchoolClass.objects.get(school=head.school, name="Hazel")
    slip = services.print_slips(version, school_class, by=head)[0]
    parent = visitors(PHONE)
    parent.go("/confirm/")
    parent.fill("The code on your slip", slip.code)
    parent.press("Open the page")
    parent.sees(f"Dear {slip.carer.name}")
