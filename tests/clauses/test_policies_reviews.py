"""When each school's policy was approved and reviewed, when it is due, and what its health check finds."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Notification
from policies import services
from policies.models import Consultation, PolicyVersion, Question, Reminder, ReviewState
from policies.selectors.policies import version_facts
from policies.selectors.reviews import standing_of
from policyportal.lib.dates import LONDON
from policyportal.lib.workflow import Refused, take


def at(day: date, hour: int = 9):
    """Stop the clock in London on a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=LONDON), tick=False)


def in_force_since(schools, slug: str, day: date) -> PolicyVersion:
    """Bring the clock of a school back: its people and its policy have been there since before `day`."""
    version = schools.version(slug)
    Membership.objects.filter(school__slug=slug).update(starts_on=date(2020, 9, 1))
    published = datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)
    PolicyVersion.objects.filter(pk=version.pk).update(published_at=published)
    Reminder.objects.filter(version=version).delete()
    Notification.objects.filter(event="review_due").delete()
    # Acknowledgements have tests of their own.
    version.policy.for_staff = False
    version.policy.save()
    return schools.version(slug)


def run_daily(*days: date) -> None:
    for day in days:
        with at(day):
            services.record_due_reminders()


def facts_of(schools, slug: str, role: str = "teacher") -> dict[str, str]:
    """The facts on the policy's page."""
    page = schools.client(slug, role).get(schools.version(slug).policy.get_absolute_url())
    facts = {row["label"]: row["value"] for row in page.context["facts"]}
    assert all(str(value) in page.content.decode().replace("&amp;", "&") for value in facts.values())
    return facts


def findings_of(schools, slug: str) -> list[str]:
    """What the health check finds, as the headteacher reads it."""
    page = schools.client(slug, "headteacher").get(schools.version(slug).policy.get_absolute_url())
    return [finding.message for finding in page.context["page"].findings.found]


def told(schools, slug: str, role: str) -> list[date]:
    """The days of the review reminders that a person was told of."""
    reminders = Reminder.objects.sent().filter(user=schools.post(slug, role).user, kind=Reminder.Kind.REVIEW)
    return sorted(reminders.values_list("owed_on", flat=True))


# What each says of itself.


@pytest.mark.clause("PWP-02")
def test_the_approver_the_month_and_the_missing_role_are_shown_and_no_approver_means_no_publishing(schools):
    facts = facts_of(schools, "pennine-way", "headteacher")
    assert facts["Approved by"] == "Lindsay Burnett (role not stated)"
    assert facts["Approved on"] == "April 2024"
    assert "The role of the approver, Lindsay Burnett, is not stated." in findings_of(schools, "pennine-way")
    head, chair = schools.post("pennine-way", "headteacher"), schools.post("pennine-way", "chair")
    draft = services.draft_next_version(schools.version("pennine-way").policy, by=head, reason="Yearly")
    take("submit", draft, head)
    with pytest.raises(Refused, match="Give the name"):
        take("approve", draft, chair, approver_name="")
    take("approve", draft, chair)
    PolicyVersion.objects.filter(pk=draft.pk).update(approver_kind="not_stated")
    with pytest.raises(Refused, match="Say who approved it"):
        take("publish", draft, head)


@pytest.mark.clause("CRO-04")
def test_two_figures_after_a_month_are_read_as_its_year_and_the_missing_role_is_warned_of(schools):
    version = schools.version("croftlands")
    assert version.approved_on_raw == "September 25"
    facts = facts_of(schools, "croftlands", "headteacher")
    assert facts["Approved on"] == "September 2025"
    assert facts["Approved by"] == "Lou Mahon (role not stated)"
    assert "The role of the approver, Lou Mahon, is not stated." in findings_of(schools, "croftlands")


@pytest.mark.clause("HEA-05")
def test_a_committee_is_named_as_approver_with_the_exact_day(schools):
    facts = facts_of(schools, "heathcoat")
    assert facts["Approved by"] == "Learning, Progress and Welfare Committee"
    assert facts["Approved on"] == "10 November 2021"


@pytest.mark.clause("GRA-01")
def test_what_is_not_stated_is_called_not_stated(schools):
    facts = facts_of(schools, "the-grange")
    assert facts["Issued"] == "September 2023"
    assert {facts[label] for label in ("Approved by", "Approved on", "Last reviewed", "Next review due")} == {
        "Not stated"
    }


@pytest.mark.clause("MLC-95")
def test_the_month_of_the_last_review_is_shown_without_a_day(schools):
    assert facts_of(schools, "mill-lane")["Last reviewed"] == "January 2024"


@pytest.mark.clause("MLC-97")
def test_the_governing_body_is_the_approver_with_date_and_signatory_missing(schools):
    assert facts_of(schools, "mill-lane")["Approved by"] == "Full Governing Body"
    findings = findings_of(schools, "mill-lane")
    assert "The approval date is missing." in findings
    assert "The signatory is missing." in findings


def complete_a_review(schools, slug: str, day: date) -> PolicyVersion:
    """The head records a review on the page, on the day itself."""
    with at(day):
        answer = {"reviewed_on_day": str(day.day), "reviewed_on_month": str(day.month)}
        answer |= {"reviewed_on_year": str(day.year), "note": "No change needed"}
        address = reverse("policies:review_record", args=[schools.version(slug).policy_id])
        assert schools.client(slug, "headteacher").post(address, answer).status_code == 302
        return schools.version(slug)


@pytest.mark.clause("PWP-03")
def test_completing_a_review_changes_the_month_of_the_last_one_and_keeps_the_former(schools):
    former = in_force_since(schools, "pennine-way", date(2024, 5, 1))
    assert facts_of(schools, "pennine-way")["Last reviewed"] == "April 2024"
    version = complete_a_review(schools, "pennine-way", date(2025, 3, 10))
    assert facts_of(schools, "pennine-way")["Last reviewed"].startswith("10 March 2025")
    assert version.stated("approved_on") == former.stated("approved_on")
    earlier = version.history.all()[1]
    assert (earlier.last_reviewed_on, earlier.last_reviewed_on_precision) == (date(2024, 4, 30), "month")


@pytest.mark.clause("CRO-05")
def test_the_last_review_stands_until_another_is_completed(schools):
    in_force_since(schools, "croftlands", date(2025, 10, 1))
    assert facts_of(schools, "croftlands")["Last reviewed"] == "September 2025"
    version = complete_a_review(schools, "croftlands", date(2026, 9, 15))
    assert facts_of(schools, "croftlands")["Last reviewed"].startswith("15 September 2026")
    assert version.history.all()[1].last_reviewed_on == date(2025, 9, 30)


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-101")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-97")),
    ],
)
def test_a_yearly_cycle_dates_the_next_review_and_makes_it_a_task(schools, slug):
    in_force_since(schools, slug, date(2026, 10, 1))
    complete_a_review(schools, slug, date(2027, 3, 31))
    facts = facts_of(schools, slug)
    assert facts["Review cycle"] == "Every 12 months"
    assert facts["Next review by its cycle"] == "31 March 2028"
    with at(date(2028, 1, 10)):
        home = schools.client(slug, "headteacher").get(reverse("portal:home")).content.decode()
    assert f"Review: {schools.version(slug).policy}" in home and "2028-03-31" in home


# When each is due.


@pytest.mark.clause("PWP-04")
def test_a_month_of_april_reminds_once_by_its_first_day_and_is_overdue_on_the_first_of_may(schools):
    version = in_force_since(schools, "pennine-way", date(2025, 3, 10))
    assert version.review_due_on_raw == "April 2025"
    run_daily(date(2025, 3, 30), date(2025, 4, 1), date(2025, 4, 1))
    head = schools.post("pennine-way", "headteacher").user
    assert told(schools, "pennine-way", "headteacher") == [date(2025, 3, 31)]
    assert head.notifications.filter(event="review_due").count() == 1
    assert told(schools, "pennine-way", "governor") == []
    with at(date(2025, 4, 30)):
        assert standing_of(version).state == ReviewState.DUE
    with at(date(2025, 5, 1)):
        assert standing_of(version).label == "Overdue since 1 May 2025"
        dashboard = schools.client("pennine-way", "governor").get(reverse("portal:dashboard")).content.decode()
        assert "Overdue since 1 May 2025" in dashboard


@pytest.mark.clause("CRO-06")
def test_on_the_first_of_october_the_head_and_each_governor_get_one_notice(schools):
    version = in_force_since(schools, "croftlands", date(2026, 9, 28))
    run_daily(date(2026, 9, 30))
    before = {role: told(schools, "croftlands", role) for role in ("headteacher", "chair", "governor")}
    assert before == {"headteacher": [date(2026, 9, 30)], "chair": [], "governor": []}
    run_daily(date(2026, 10, 1), date(2026, 10, 1), date(2026, 10, 2))
    with at(date(2026, 10, 1)):
        assert standing_of(version).label == "Overdue since 1 October 2026"
    for role in ("headteacher", "chair", "governor"):
        assert told(schools, "croftlands", role)[len(before[role]) :] == [date(2026, 10, 1)]


@pytest.mark.clause("MLC-96")
def test_overdue_by_cycle_a_year_before_it_is_overdue_by_the_stated_date(schools):
    version = in_force_since(schools, "mill-lane", date(2024, 2, 1))
    assert standing_of(version, date(2025, 1, 31)).state != ReviewState.OVERDUE_BY_CYCLE
    by_cycle = standing_of(version, date(2025, 2, 1))
    assert (by_cycle.state, by_cycle.label) == (
        ReviewState.OVERDUE_BY_CYCLE,
        "Overdue by cycle since 1 February 2025",
    )
    assert standing_of(version, date(2026, 1, 31)).state == ReviewState.OVERDUE_BY_CYCLE
    run_daily(date(2026, 2, 1))
    with at(date(2026, 2, 1)):
        page = schools.client("mill-lane", "governor").get(version.policy.get_absolute_url())
        assert "Overdue since 1 February 2026" in page.content.decode()
    assert told(schools, "mill-lane", "governor") == [date(2026, 2, 1)]


@pytest.mark.clause("HEA-111")
def test_a_due_date_is_derived_from_the_cycle_where_none_is_stated(schools):
    version = schools.version("heathcoat")
    facts = facts_of(schools, "heathcoat")
    assert facts["Next review due"] == "Not stated"
    assert facts["Next review by its cycle"] == "10 November 2022"
    assert standing_of(version, date(2022, 11, 10)).state == ReviewState.DUE
    assert standing_of(version, date(2022, 11, 11)).label == "Overdue since 11 November 2022"
    listed = schools.client("heathcoat", "headteacher").get(reverse("policies:policy_list")).content.decode()
    assert "Overdue since 11 November 2022" in listed


@pytest.mark.clause("GRA-02")
def test_four_findings_are_open_and_nothing_calls_it_up_to_date(schools):
    assert {
        "The approver is not stated.",
        "The approval date is missing.",
        "The review cycle is not stated.",
        "The date of the next review is not stated.",
    } <= set(findings_of(schools, "the-grange"))
    dashboard = schools.client("the-grange", "headteacher").get(reverse("portal:dashboard")).content.decode()
    assert "No review date" in dashboard and "Up to date" not in dashboard


# What the health check finds.


@pytest.mark.clause("MLC-79")
def test_a_stated_date_that_contradicts_the_yearly_cycle_is_found(schools):
    wanted = "The stated date is 24 months after the last review, but the cycle is 12."
    assert wanted in findings_of(schools, "mill-lane")


@pytest.mark.clause("HEA-04")
def test_a_title_that_names_one_school_of_the_federation_is_found(schools):
    [finding] = [words for words in findings_of(schools, "heathcoat") if "The title" in words]
    assert "names Heathcoat Primary School alone" in finding
    assert schools.school("sampleford").name in finding


@pytest.mark.clause("HEA-113")
def test_the_date_of_the_signature_is_ambiguous_and_precedes_the_agreement(schools):
    findings = findings_of(schools, "heathcoat")
    assert "The date of the signature, 12-10-21, is ambiguous." in findings
    assert "Read day first, the signature of 12-10-21 precedes the agreement of 10 November 2021." in findings
    assert facts_of(schools, "heathcoat")["Signed"] == "12-10-21"


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-38")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-39")),
    ],
)
def test_a_missing_section_is_found_and_stays_open_until_confirmed(schools, slug):
    finding = "Section 2.2 is missing between 2.1 and 2.3."
    assert finding in findings_of(schools, slug)
    policy = schools.version(slug).policy
    address = reverse("policies:finding_step", args=[policy.findings.get(message=finding).pk])
    schools.client(slug, "headteacher").post(address, {"step": "dismiss", "reason": "The source has no such section"})
    assert finding not in findings_of(schools, slug)
    page = schools.client(slug, "headteacher").get(policy.get_absolute_url()).content.decode()
    assert "The source has no such section" in page


# Reviewing.


TRIGGERS = {
    "MLC-80": ("legislation", "Legislative change"),
    "MLC-81": ("guidance", "Good practice guidance"),
    "MLC-82": ("case_law", "Case law"),
}


@pytest.mark.parametrize(
    ("trigger", "label"), [pytest.param(*row, marks=pytest.mark.clause(code)) for code, row in TRIGGERS.items()]
)
def test_a_review_with_a_trigger_is_listed_beside_yearly_ones_and_governors_see_it(schools, trigger, label):
    policy = schools.version("mill-lane").policy
    head = schools.client("mill-lane", "headteacher")
    address = reverse("policies:version_create", args=[policy.pk])
    head.post(address, {"trigger": "yearly", "reason": "The yearly review"})
    draft = policy.versions.get(number=2)
    consulted(schools, draft)
    publish(schools, "mill-lane", draft)
    head.post(address, {"trigger": trigger, "reason": "Something changed"})
    page = schools.client("mill-lane", "governor").get(policy.get_absolute_url())
    assert [row[2] for row in page.context["version_rows"]][:2] == [label, "Yearly review"]
    assert label in page.content.decode()


def publish(schools, slug: str, draft: PolicyVersion) -> PolicyVersion:
    """The head hands a draft over, the chair approves it and the head publishes it."""
    head = schools.post(slug, "headteacher")
    take("submit", draft, head)
    return take("publish", take("approve", draft, schools.post(slug, "chair")), head)


def consulted(schools, draft: PolicyVersion) -> None:
    """The head asks everybody whom Mill Lane's policy names, and records what they said."""
    for group in draft.policy.groups_consulted:
        answer = {"asked_on": date(2026, 5, 3), "answered_on": date(2026, 5, 10), "words": "No objection"}
        services.record_consultation(draft, by=schools.post("mill-lane", "headteacher"), group=group, **answer)


@pytest.mark.clause("MLC-85")
def test_a_change_is_published_only_after_consulting_the_unions_where_the_policy_says_so(schools):
    drafts = {}
    for slug in ("mill-lane", "pennine-way"):
        head = schools.post(slug, "headteacher")
        drafts[slug] = services.draft_next_version(schools.version(slug).policy, by=head, reason="Amended")
    draft, head, chair = (
        drafts["mill-lane"],
        schools.client("mill-lane", "headteacher"),
        schools.post("mill-lane", "chair"),
    )
    address = reverse("policies:version_step", args=[draft.pk])
    record = reverse("policies:consultation_record", args=[draft.pk], query={"group": "the trade unions"})
    asked = {"group": "the trade unions", "asked_on_day": "3", "asked_on_month": "5", "asked_on_year": "2026"}
    answered = {"answered_on_day": "10", "answered_on_month": "5", "answered_on_year": "2026"}

    refused = head.post(address, {"step": "submit", "is_major": "on"}, follow=True).content.decode()
    assert "Ask the trade unions first" in refused
    assert head.post(record, asked).status_code == 302
    assert head.post(address, {"step": "submit", "is_major": "on"}).status_code == 302
    with pytest.raises(Refused, match="Record what the trade unions said first"):
        take("approve", draft, chair)
    assert head.post(record, {**asked, **answered, "words": "Both unions met and agreed."}).status_code == 302
    take("approve", draft, chair)
    # What is approved already is not published either, where somebody asked has not answered.
    Consultation.objects.filter(version=draft).update(answered_on=None, words="")
    refused = head.post(address, {"step": "publish"}, follow=True).content.decode()
    assert "Record what the trade unions said first" in refused
    assert head.post(record, {**asked, **answered, "words": "Both unions met and agreed."}).status_code == 302
    head.post(address, {"step": "publish"})
    row = schools.version("mill-lane").consultations.get()
    assert (row.group, row.asked_on, row.answered_on) == ("the trade unions", date(2026, 5, 3), date(2026, 5, 10))
    assert row.words == "Both unions met and agreed."
    assert publish(schools, "pennine-way", drafts["pennine-way"]) == schools.version("pennine-way")


@pytest.mark.clause("HEA-112")
def test_a_review_with_one_of_the_three_questions_blank_is_refused(schools):
    version, head = schools.version("heathcoat"), schools.client("heathcoat", "headteacher")
    assert len(version.policy.review_questions) == 3
    address = reverse("policies:review_record", args=[version.policy_id])
    day = {"reviewed_on_day": "1", "reviewed_on_month": "6", "reviewed_on_year": "2026", "note": "No change"}
    answers = {f"question_{number}": f"Looked at {number}" for number in range(3)}
    for missing in answers:
        refused = head.post(address, {**day, **answers, missing: ""})
        assert refused.status_code == 200 and "There is a problem" in refused.content.decode()
    assert schools.version("heathcoat").last_reviewed_on is None
    assert head.post(address, {**day, **answers}).status_code == 302
    asked = version.policy.review_questions
    version.refresh_from_db()
    assert version.review_answers == dict(zip(asked, answers.values(), strict=True))
    labels = [row["label"] for row in version_facts(version)]
    assert labels[-3:] == asked, "in the order of asking, whatever order the database keeps them in"


# The contents page, comments and questions.


@pytest.mark.clause("PWP-05")
def test_a_contents_entry_without_a_page_number_is_found(schools):
    wanted = "Contents entry 2, Use of official school social media, has no page number."
    assert [words for words in findings_of(schools, "pennine-way") if "Contents entry" in words] == [wanted]


@pytest.mark.clause("CRO-08")
def test_sections_that_are_renumbered_or_missing_are_found(schools):
    findings = findings_of(schools, "croftlands")
    assert "Monitoring and review is 7 in the contents and 6 in the body." in findings
    assert "Section 7 is missing from the body." in findings
    assert "Contents entry 8, Related policies, has no page number." in findings


@pytest.mark.clause("CRO-98")
def test_a_governors_comment_and_support_are_kept_and_the_governor_cannot_publish(schools):
    head, governor = schools.post("croftlands", "headteacher"), schools.post("croftlands", "governor")
    draft = services.draft_next_version(schools.version("croftlands").policy, by=head, reason="Yearly")
    client = schools.client("croftlands", "governor")
    answer = {"text": "Reads well for parents.", "supports": "on"}
    client.post(reverse("policies:version_comment", args=[draft.pk]), answer)
    page = schools.client("croftlands", "headteacher").get(draft.get_absolute_url()).content.decode()
    for words in ("Reads well for parents.", "Supports this version", governor.user.name):
        assert words in page
    comment = draft.comments.get()
    assert (comment.by, comment.created_at.date()) == (governor.user, datetime.now(tz=LONDON).date())
    take("submit", draft, head)
    take("approve", draft, schools.post("croftlands", "chair"))
    assert client.post(reverse("policies:version_step", args=[draft.pk]), {"step": "publish"}).status_code == 403
    draft.refresh_from_db()
    assert draft.status == PolicyVersion.Status.APPROVED


@pytest.mark.parametrize(
    ("slug", "role"),
    [
        pytest.param("mill-lane", None, marks=pytest.mark.clause("MLC-19")),
        pytest.param("the-grange", "business_manager", marks=pytest.mark.clause("GRA-79")),
    ],
)
def test_a_question_is_told_to_one_person_and_open_until_answered(schools, slug, role):
    asker = schools.post(slug, "teacher")
    to = schools.post(slug, role).user if role else asker.line_manager.user
    client = schools.client(slug, "teacher")
    address = reverse("policies:question_create", args=[schools.version(slug).policy_id])
    client.post(address, {"text": "May I post a picture of my own class trip?"})
    question = Question.objects.get()
    told = Notification.objects.filter(event="question_asked")
    assert [notification.user for notification in told] == [to]
    assert "Open" in client.get(reverse("policies:question_list")).content.decode()
    answerer = Client()
    answerer.force_login(to)
    assert question.get_absolute_url() in answerer.get(reverse("portal:home")).content.decode()
    answerer.post(question.get_absolute_url(), {"answer": "Only on the official page."})
    page = client.get(question.get_absolute_url()).content.decode()
    assert "Only on the official page." in page and "Answered" in page
    assert question.get_absolute_url() not in answerer.get(reverse("portal:home")).content.decode()
