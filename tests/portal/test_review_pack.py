"""The review pack: what a reviewer and the governors read, and that governors learn no more than their aggregates."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.models import About, Report
from incidents.services import file_report
from policies import services
from policies.models import Finding, Reference
from policyportal.lib.workflow import save_as, take
from policyportal.suppression import FEWER

LAST = datetime(2026, 9, 20, 9, tzinfo=UTC)


@pytest.fixture
def version(cast):
    """A version that was reviewed in September and leans on a law."""
    policy = services.record_policy(
        title="Social media policy",
        schools=[cast.school()],
        by=cast.headteacher,
        cycle_months=12,
        review_questions=["The latest advice"],
    )
    version = services.draft_version(policy, by=cast.headteacher, last_reviewed_on=LAST.date())
    services.add_clause(version, by=cast.headteacher, code="1", kind="rule", text="Be kind online.", for_staff=True)
    services.add_reference(policy, by=cast.headteacher, kind="legislation", title="Defamation Act", standing="current")
    return take("adopt", version, cast.headteacher, "In force already", published_at=LAST)


@pytest.fixture
def review(cast, version):
    return services.open_review(version.policy, by=cast.headteacher, trigger="guidance", reason="New advice")


def pack(cast, review, role="governor"):
    answer = cast.client(role).get(reverse("portal:review_pack", args=[review.pk]))
    assert answer.status_code == 200
    return answer


def finding(version, message, **facts):
    row = Finding(
        policy=version.policy,
        version=version,
        rule="dates",
        key=message,
        severity="gap",
        message=message,
        advice="Say it.",
        **facts,
    )
    save_as(row, None, "Found")
    return row


def report(cast, times, category):
    for _ in range(times):
        incident, _ = file_report(
            school=cast.school(), words="words", about=About.PUPIL, reporter_kind=Report.Reporter.PARENT
        )
        incident.category_name, incident.reported_at = category, datetime(2025, 11, 3, 9, tzinfo=UTC)
        save_as(incident, None, "Sorted")


def test_it_tells_what_changed_outside_since_the_last_review(cast, version, review):
    [law] = version.policy.references.all()
    services.check_reference(law, by=cast.headteacher, standing=Reference.Standing.SUPERSEDED, edition="2026")
    page = pack(cast, review).content.decode()
    assert "Superseded (was: current)" in page and "Edition 2026 (was: not named)" in page
    assert "since 20 September 2026" in page


def test_it_shows_open_findings_what_to_do_and_apart_what_is_only_to_be_verified(cast, version, review):
    finding(version, "No cycle is stated.")
    finding(version, "A platform was renamed.", to_verify=True)
    answer = pack(cast, review)
    assert "No cycle is stated." in str(answer.context["finding_rows"])
    assert "A platform was renamed." in str(answer.context["verify_rows"])
    assert "A platform was renamed." not in str(answer.context["finding_rows"])
    assert "Say it." in answer.content.decode()


def test_it_shows_what_the_draft_changes_word_by_word(cast, version, review):
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="New advice")
    clause = draft.clauses.get()
    services.edit_clause(clause, by=cast.headteacher, heading="Conduct", text="Be kind and fair online.", reason="x")
    page = pack(cast, review).content.decode()
    assert "Version 2 beside version 1" in page and "<ins>" in page and "and fair" in page


def test_it_tells_who_has_acknowledged_in_numbers_and_which_questions_it_asks(cast, version, review):
    services.acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    answer = pack(cast, review)
    told = answer.context["pack"].told
    assert told.done == 1 and f"1 of {told.asked} people have acknowledged" in answer.content.decode()
    assert "The latest advice" in answer.content.decode()
    assert cast.teacher.user.name not in answer.content.decode()


def test_governors_read_suggestions_without_the_names_that_the_head_reads(cast, version, review):
    services.suggest(version.policy, by=cast.teacher, text="Say what a group chat is.")
    governor, head = (pack(cast, review, role).content.decode() for role in ("governor", "headteacher"))
    assert "Say what a group chat is." in governor and "Say what a group chat is." in head
    assert cast.teacher.user.name in head and cast.teacher.user.name not in governor


def test_a_suggestion_that_was_answered_is_no_longer_in_it(cast, version, review):
    suggestion = services.suggest(version.policy, by=cast.teacher, text="Say what a group chat is.")
    services.answer_suggestion(suggestion, "decline", by=cast.headteacher, answer="It does already.")
    assert "Say what a group chat is." not in pack(cast, review).content.decode()


@pytest.mark.parametrize("role", ["governor", "chair", "headteacher", "deputy_head"])
def test_incidents_are_told_to_everybody_as_governors_are_told_them(cast, review, role):
    report(cast, 3, "Unkind words")
    report(cast, 12, "Pictures without consent")
    version = review.version
    version.last_reviewed_on = date(2025, 10, 1)
    save_as(version, None, "Reviewed")
    rows = [row for year in pack(cast, review, role).context["years"] for row in year["rows"]]
    assert ("Unkind words", FEWER) in rows
    assert "3" not in [words for _, words in rows] and "12" not in [words for _, words in rows]


def test_comments_on_the_draft_stand_in_it(cast, version, review):
    draft = services.draft_next_version(version.policy, by=cast.headteacher, reason="New advice")
    services.comment_on(draft, by=cast.governor, text="Reads well.", supports=True)
    page = pack(cast, review).content.decode()
    assert "Reads well." in page and "Supports this version" in page


def test_it_is_for_those_who_work_on_policies_in_a_school_that_the_policy_serves(cast, review):
    address = reverse("portal:review_pack", args=[review.pk])
    assert cast.client("teacher").get(address).status_code == 403
    assert cast.client("governor", "riverside").get(address).status_code == 404


def test_it_costs_the_same_with_one_of_everything_and_with_fifty(cast, version, review):
    client, address = cast.client("governor"), reverse("portal:review_pack", args=[review.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    def one_more(number: int):
        services.suggest(version.policy, by=cast.teacher, text=f"Suggestion {number}")
        finding(version, f"Finding {number}")
        law = services.add_reference(version.policy, by=None, kind="guidance", title=f"Guidance {number}")
        services.check_reference(law, by=cast.headteacher, standing=Reference.Standing.SUPERSEDED)

    one_more(0)
    queries()
    before = queries()
    for number in range(1, 50):
        one_more(number)
    assert queries() <= before


def test_a_pack_without_anything_says_so(cast, review):
    page = pack(cast, review).content.decode()
    for words in (
        "The register knows of nothing new",
        "There is no other version to compare it with.",
        "Nobody has suggested a change",
    ):
        assert words in page
