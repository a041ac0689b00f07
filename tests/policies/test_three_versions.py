"""One policy through three versions: what each changes, who acknowledges anew, what is kept and what replaced."""

import pytest
from django.urls import reverse

from policies import services
from policies.models import Acknowledgement, PolicyVersion, Reminder
from policies.selectors import waiting_for
from policies.selectors.changes import changes_between
from policies.selectors.guides import guide_for
from policies.selectors.versions import acknowledged_by, version_before
from policyportal.lib.workflow import Refused, take

READ = {"has_read": True, "has_understood": True, "will_follow": True}


@pytest.fixture
def three(cast, desk) -> list[PolicyVersion]:
    """A first version, a major second and a minor third, the first acknowledged by Tara, the second by Sam."""
    first = desk.published()
    services.add_reference(first.policy, by=cast.headteacher, kind="legislation", title="Some Act")
    services.edit_guide_text(first.clauses.get(code="C-1"), by=cast.headteacher, text="Plain words.")
    services.acknowledge(first, cast.teacher, **READ)
    second = services.draft_next_version(first.policy, by=cast.headteacher, reason="A new law")
    services.edit_clause(second.clauses.get(code="C-2"), by=cast.headteacher, text="Rule number 2 anew.", reason="Law")
    services.write_clause(second, by=cast.headteacher, kind="rule", text="A rule of the new law.", for_staff=True)
    second = desk.publish(second, changes="The new law")
    services.acknowledge(second, cast.support_staff, **READ)
    third = services.draft_next_version(first.policy, by=cast.headteacher, reason="A misprint")
    services.edit_clause(
        third.clauses.get(code="C-3"), by=cast.headteacher, text="Rule number three.", reason="Misprint"
    )
    services.remove_clause(third.clauses.get(code="C-1"), by=cast.headteacher, reason="Said elsewhere")
    desk.publish(third, changes="A misprint", is_major=False)
    return list(first.policy.versions.order_by("number"))


def kinds(older: PolicyVersion, newer: PolicyVersion) -> set[tuple[str, str]]:
    return {(change.kind, change.clause.code) for change in changes_between(older, newer)}


def test_only_the_last_is_in_force_and_each_was_replaced_by_the_next(three):
    assert [version.status for version in three] == ["superseded", "superseded", "published"]
    reasons = [version.history.latest().history_change_reason for version in three[:2]]
    assert reasons == ["Replaced by version 2", "Replaced by version 3"]
    assert [version_before(version) for version in three] == [None, three[0], three[1]]


def test_any_two_versions_are_compared_in_either_direction(three):
    first, second, third = three
    assert kinds(first, second) == {("added", "New 1"), ("changed", "C-2")}
    assert kinds(second, third) == {("removed", "C-1"), ("changed", "C-3")}
    assert kinds(first, third) == {("added", "New 1"), ("changed", "C-2"), ("removed", "C-1"), ("changed", "C-3")}
    assert kinds(third, first) == {("removed", "New 1"), ("changed", "C-2"), ("added", "C-1"), ("changed", "C-3")}
    assert kinds(third, third) == set()


def test_a_minor_change_is_not_acknowledged_anew_and_a_major_one_is(cast, three):
    first, second, third = three
    counted = acknowledged_by(three)
    assert [counted[version.pk] for version in three] == [[first.pk], [second.pk], [third.pk, second.pk]]
    assert not owes(cast.support_staff, third), "acknowledged the major version that the minor one corrects"
    assert owes(cast.teacher, third), "acknowledged the first one only"
    assert not Reminder.objects.filter(version=third, user=cast.support_staff.user).exists()
    assert Acknowledgement.objects.filter(version=third).count() == 0


def owes(post, version: PolicyVersion) -> bool:
    address = reverse("policies:acknowledge", args=[version.pk])
    return address in {waiting.url for waiting in waiting_for(post)}


def test_references_and_the_words_of_the_guide_are_kept(cast, desk, three):
    policy = three[0].policy
    assert policy.references.get().title == "Some Act"
    assert three[1].clauses.get(code="C-1").guide_text == "Plain words."
    lines = [line.text for part in guide_for(cast.school(), "staff").parts for _, run in part.runs for line in run]
    assert lines == ["A rule of the new law.", "Rule number 2 anew.", "Rule number three."]


def test_the_text_that_somebody_acknowledged_stays_as_it_was(cast, three):
    given = Acknowledgement.objects.get(version=three[0])
    assert "Rule number 2." in given.text_shown and "anew" not in given.text_shown


def test_an_older_version_is_neither_changed_nor_brought_back(cast, three):
    with pytest.raises(Refused):
        services.edit_clause(three[0].clauses.first(), by=cast.headteacher, text="x", reason="x")
    for step in ("publish", "withdraw", "submit"):
        with pytest.raises(Exception, match="Superseded|already been changed"):
            take(step, three[0], cast.headteacher, "Why")


# The page that compares.


def compare(cast, policy, role="teacher", school="oakfield", **query):
    return cast.client(role, school).get(reverse("policies:version_compare", args=[policy.pk], query=query))


def test_words_that_came_and_went_are_marked_for_eyes_and_for_ears(cast, three):
    page = compare(cast, three[0].policy, **{"from": 1, "to": 2}).content.decode()
    assert "1 clause added, 1 clause changed." in page
    assert '<del><span class="govuk-visually-hidden">[removed:</span> 2.' in page
    assert '<ins><span class="govuk-visually-hidden">[added:</span> 2 anew.' in page
    assert "Rule number 3." not in page, "what stayed is left out"
    everything = compare(cast, three[0].policy, **{"from": 1, "to": 2, "everything": "on"}).content.decode()
    assert "Rule number 3." in everything


def test_without_a_choice_the_latest_two_are_compared(cast, three):
    page = compare(cast, three[0].policy)
    assert (page.context["comparison"].older, page.context["comparison"].newer) == (three[1], three[2])


def test_a_draft_is_compared_only_by_those_who_work_on_it(cast, desk, three):
    policy = three[0].policy
    draft = services.draft_next_version(policy, by=cast.headteacher, reason="Next year")
    services.write_clause(draft, by=cast.headteacher, kind="rule", text="A secret plan.", for_staff=True)
    assert "A secret plan." in compare(cast, policy, "governor", **{"from": 3, "to": 4}).content.decode()
    assert compare(cast, policy, "teacher", **{"from": 3, "to": 4}).status_code == 404
    assert "A secret plan." not in compare(cast, policy, "teacher").content.decode()


@pytest.mark.parametrize("query", [{"from": "1"}, {"from": "1", "to": "99"}, {"from": "x", "to": "y"}])
def test_versions_that_there_are_not_are_not_found(cast, three, query):
    assert compare(cast, three[0].policy, **query).status_code == 404


def test_another_school_compares_nothing(cast, three):
    for query in ({}, {"from": 1, "to": 2}):
        assert compare(cast, three[0].policy, "headteacher", "riverside", **query).status_code == 404


def test_one_version_is_compared_with_nothing(cast, desk):
    policy = desk.published().policy
    assert "Nothing to compare" in compare(cast, policy).content.decode()


def test_the_page_of_a_version_tells_what_it_changes(cast, three):
    page = cast.client("teacher").get(three[1].get_absolute_url()).content.decode()
    for words in ("The new law", "What has changed since version 1", "1 clause added, 1 clause changed."):
        assert words in page
    assert "nobody acknowledges it anew" in cast.client("teacher").get(three[2].get_absolute_url()).content.decode()
