"""What is owed at joining: each step done or outstanding, on its page and on the home page, for the person alone."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from channels_mgmt import links
from policies import services as policies
from policies.services import acknowledge
from policyportal.induction import first_steps, is_new
from policyportal.lib.dates import today
from policyportal.lib.workflow import take

INDUCTION = "/induction/"


@pytest.fixture(autouse=True)
def version(cast):
    """A school that asks for links, with one policy in force."""
    school = cast.school()
    school.declares_links = True
    school.save()
    return in_force(cast, "Social media")


def in_force(cast, title):
    policy = policies.record_policy(title=title, schools=[cast.school()], by=cast.headteacher)
    version = policies.draft_version(policy, by=cast.headteacher, approver_kind="person", approver_name="A governor")
    policies.add_clause(version, by=cast.headteacher, code="1", kind="rule", text="Be kind online.", for_staff=True)
    take("submit", version, cast.headteacher)
    take("approve", version, cast.chair)
    return take("publish", version, cast.headteacher)


def steps(cast, role="teacher"):
    return {step.title: step for step in first_steps(cast.post(role))}


def do_all(cast, version, role="teacher"):
    post = cast.post(role)
    acknowledge(version, post, has_read=True, has_understood=True, will_follow=True)
    links.answer_declaration(by=cast.post(role), has_links=False)


def test_each_step_has_its_page_and_its_day(cast, version):
    found = steps(cast)
    due = today() + timedelta(days=cast.school().acknowledgement_days)
    policy, answer = found["Read and acknowledge: Social media"], found["Say whether you have links with families"]
    acknowledging = reverse("policies:acknowledge", args=[version.pk])
    assert (policy.url, policy.done, policy.due) == (acknowledging, False, due)
    assert (answer.url, answer.done, answer.due) == (reverse("channels:links_answer"), False, due)
    page = cast.client("teacher").get(INDUCTION).content.decode()
    for step in (policy, answer):
        assert f'href="{step.url}"' in page
    assert page.count("To do") == 2 and "2 of 2 steps still to do" in page


def test_what_is_done_is_shown_as_done_and_home_is_quiet_then(cast, version):
    client = cast.client("teacher")
    assert INDUCTION in client.get("/").content.decode()
    do_all(cast, version)
    page = client.get(INDUCTION).content.decode()
    assert page.count(">Done<") == 2 and "All done" in page and "To do" not in page
    assert INDUCTION not in client.get("/").content.decode()


def test_a_newcomer_is_welcomed_by_name_and_nobody_else_is(cast):
    post = cast.teacher
    assert not is_new(cast.teacher)
    assert "Welcome" not in cast.client("teacher").get("/").content.decode()
    post.starts_on = today()
    post.save()
    assert is_new(cast.teacher)
    assert "Welcome to Oakfield, Tara." in cast.client("teacher").get("/").content.decode()
    assert "Welcome to Oakfield" in cast.client("teacher").get(INDUCTION).content.decode()


def test_yes_leaves_the_step_open_until_a_link_is_declared(cast):
    links.answer_declaration(by=cast.teacher, has_links=True)
    step = steps(cast)["Declare your links with families"]
    assert (step.done, step.url) == (False, reverse("channels:link_create"))
    links.declare_link(by=cast.teacher, pupil_name="Robin Fieldfare", relation="My niece")
    assert steps(cast)["Say whether you have links with families"].done


def test_a_new_wording_does_not_bring_the_first_steps_back(cast, version):
    do_all(cast, version)
    wording = policies.draft_next_version(version.policy, by=cast.headteacher, reason="A change of law")
    take("submit", wording, cast.headteacher)
    take("approve", wording, cast.chair, approver_kind="person", approver_name="A governor")
    take("publish", wording, cast.headteacher)
    assert all(step.done for step in first_steps(cast.teacher))
    assert "Read and acknowledge" in cast.client("teacher").get("/").content.decode()


def test_a_school_that_does_not_ask_for_links_has_no_such_step(cast):
    school = cast.school()
    school.declares_links = False
    school.save()
    assert list(steps(cast)) == ["Read and acknowledge: Social media"]


def test_a_second_step_is_owed_where_the_post_needs_one_and_done_once_it_is_set_up(cast):
    title = "Set up a second step"
    Authenticator.objects.filter(user=cast.office.user).delete()
    assert title not in steps(cast)
    assert not steps(cast, "office")[title].done
    Authenticator.objects.create(user=cast.office.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not steps(cast, "office")[title].done
    Authenticator.objects.create(user=cast.office.user, type=Authenticator.Type.TOTP, data={})
    assert steps(cast, "office")[title].done


@pytest.mark.parametrize("role", [Role.DPO, Role.TRUST_OFFICER])
def test_who_neither_acknowledges_nor_declares_is_asked_for_neither(cast, role):
    assert not [step for step in first_steps(cast.post(role)) if "second step" not in step.title]
    assert cast.client(role).get(INDUCTION).status_code == 200


def test_a_stranger_is_sent_to_sign_in(db):
    assert Client().get(INDUCTION).url.startswith("/sign-in/")


def test_it_costs_the_same_with_one_policy_and_with_ten(cast):
    client = cast.client("teacher")
    client.get(INDUCTION)
    with CaptureQueriesContext(connection) as few:
        client.get(INDUCTION)
    for number in range(9):
        in_force(cast, f"Policy {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(INDUCTION)
    assert len(many) == len(few)
