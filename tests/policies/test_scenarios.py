"""Questions before acknowledging: written on a draft, answered, explained, kept."""

import pytest

from policies import services
from policies.models import Acknowledgement, Scenario, ScenarioAnswer
from policyportal.lib.workflow import NotAllowed, Refused
from tests.policies.test_pages import TICKED, url

FORM = {"text": "A pupil asks to follow you.", "options": "Accept\nDecline and tell the DSL", "right": 2}
FORM["explanation"] = "Staff do not follow pupils."


@pytest.fixture
def asking(cast, desk):
    """A version in force that asks one question."""
    draft = desk.draft(desk.policy())
    cast.client("headteacher").post(url("scenario_create", draft.pk), FORM)
    return desk.publish(draft)


def answered(version, chosen: int, **more) -> dict:
    """What a browser posts."""
    return TICKED | {f"scenario_{version.scenarios.get().pk.hex}": chosen} | more


def test_the_head_writes_changes_and_removes_a_question_on_a_draft(cast, desk):
    draft = desk.draft(desk.policy())
    client = cast.client("headteacher")
    client.post(url("scenario_create", draft.pk), FORM)
    scenario = Scenario.objects.get()
    assert (scenario.options, scenario.right) == (["Accept", "Decline and tell the DSL"], 1)
    assert "A pupil asks to follow you." in client.get(url("scenario_list", draft.pk)).content.decode()
    client.post(url("scenario_edit", draft.pk, scenario.pk), FORM | {"right": 1})
    scenario.refresh_from_db()
    assert scenario.right == 0
    client.post(url("scenario_remove", draft.pk, scenario.pk))
    assert not Scenario.objects.exists()
    assert Scenario.history.filter(history_type="-").get().history_user_id == cast.headteacher.user_id


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"options": "Only one"}, "two to six"), ({"right": 3}, "no such line"), ({"text": ""}, "There is a problem")],
)
def test_a_question_needs_two_answers_and_one_of_them_right(cast, desk, changed, said):
    draft = desk.draft(desk.policy())
    page = cast.client("headteacher").post(url("scenario_create", draft.pk), FORM | changed).content.decode()
    assert said in page and not Scenario.objects.exists()


def test_questions_of_a_version_in_force_stay_as_they_are(cast, asking):
    scenario = asking.scenarios.get()
    client = cast.client("headteacher")
    assert client.get(url("scenario_edit", asking.pk, scenario.pk)).status_code == 404
    assert client.post(url("scenario_remove", asking.pk, scenario.pk)).status_code == 404
    with pytest.raises(Refused, match="no longer a draft"):
        services.add_scenario(asking, by=cast.headteacher, text="x", options=["a", "b"], right=0, explanation="y")
    assert cast.client("teacher").get(url("scenario_list", asking.pk)).status_code == 403
    assert cast.client("headteacher", "riverside").get(url("scenario_list", asking.pk)).status_code == 404


def test_a_right_answer_acknowledges_with_the_same_press_and_is_kept(cast, asking):
    cast.client("teacher").post(url("acknowledge", asking.pk), answered(asking, 1))
    given = Acknowledgement.objects.get()
    assert given.answers.get().chosen == 1
    assert "A pupil asks to follow you." in given.text_shown and "Staff do not follow pupils." in given.text_shown
    page = cast.client("teacher").get(url("acknowledge", asking.pk)).content.decode()
    assert "What you answered" in page and "Decline and tell the DSL" in page


def test_a_wrong_answer_is_explained_first_and_then_stops_nobody(cast, asking):
    client = cast.client("teacher")
    page = client.post(url("acknowledge", asking.pk), answered(asking, 0)).content.decode()
    assert "Look at this again" in page and "Staff do not follow pupils." in page
    assert not Acknowledgement.objects.exists()
    client.post(url("acknowledge", asking.pk), answered(asking, 0, looked_again="on"))
    assert ScenarioAnswer.objects.get().chosen == 0


def test_a_question_left_out_is_no_acknowledgement(cast, asking):
    page = cast.client("teacher").post(url("acknowledge", asking.pk), TICKED).content.decode()
    assert "Choose what you would do" in page
    with pytest.raises(Refused, match="every question"):
        services.acknowledge(asking, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    assert not Acknowledgement.objects.exists()


def test_the_next_version_begins_with_the_same_questions(cast, asking):
    draft = services.draft_next_version(asking.policy, by=cast.headteacher, reason="A new platform")
    assert [scenario.text for scenario in draft.scenarios.all()] == ["A pupil asks to follow you."]


def test_a_question_is_not_changed_once_somebody_has_handed_the_draft_over(cast, desk):
    draft = desk.draft(desk.policy())
    cast.client("headteacher").post(url("scenario_create", draft.pk), FORM)
    scenario = draft.scenarios.get()
    with pytest.raises(NotAllowed):
        services.remove_scenario(scenario, by=cast.deputy_head)
    desk.submitted(draft)
    assert scenario.version.status == "drafted", "as the page of somebody else still had it"
    with pytest.raises(Refused, match="no longer a draft"):
        services.edit_scenario(scenario, by=cast.headteacher, text="Another.")
    with pytest.raises(Refused, match="no longer a draft"):
        services.remove_scenario(scenario, by=cast.headteacher)
    assert draft.scenarios.get().text == FORM["text"]
