"""The pages of policies: who sees what, what is refused, and that long lists cost no more than short ones."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from accounts.services import give_post
from policies import services
from policies.models import ASKED, Acknowledgement, GuideIntro, Policy, PolicyVersion, Reference
from policyportal.lib.dates import today
from tests.cast import FIRST_NAMES

READERS = set(FIRST_NAMES) - {Role.TECHNICAL_ADMINISTRATOR}


def url(name: str, *args) -> str:
    return reverse(f"policies:{name}", args=args)


def queries(client: Client, address: str) -> int:
    """How often a page asks the database, once everything that is cached is cached."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        response = client.get(address)
    assert response.status_code == 200
    return len(found)


@pytest.fixture
def reference(cast, desk):
    """A law that the policy of Oakfield leans on."""
    policy = desk.published().policy
    return services.add_reference(policy, by=cast.headteacher, kind="legislation", title="Some Act 2000")


def pages_of(version: PolicyVersion) -> list[str]:
    """Every page about one policy, by address."""
    policy, clause, reference = version.policy, version.clauses.first(), version.policy.references.first()
    return [
        url("policy_detail", policy.pk),
        url("review_record", policy.pk),
        url("version_create", policy.pk),
        url("finding_list", policy.pk),
        *(url(page, policy.findings.first().pk) for page in ("finding_detail", "finding_step")),
        url("version_detail", version.pk),
        url("version_step", version.pk),
        url("acknowledge", version.pk),
        url("acknowledgement_list", version.pk),
        url("clause_detail", clause.pk),
        url("clause_guide_edit", clause.pk),
        url("clause_edit", clause.pk),
        url("reference_edit", reference.pk),
    ]


def test_every_page_of_another_schools_policy_is_not_found_and_nothing_changes(cast, reference):
    version = reference.policy.versions.get()
    before = list(PolicyVersion.history.values_list("history_id", flat=True))
    for role in ("headteacher", "chair", "teacher"):
        stranger = cast.client(role, "riverside")
        for address in pages_of(version):
            for response in (stranger.get(address), stranger.post(address, {"step": "publish", "reason": "x"})):
                assert response.status_code in (403, 404), (role, address)
                assert version.policy.title.encode() not in response.content
        gone = stranger.get(url("policy_detail", version.pk))
        mine = stranger.get(url("policy_detail", version.policy_id))
        assert gone.content == mine.content
    assert list(PolicyVersion.history.values_list("history_id", flat=True)) == before
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("role", FIRST_NAMES)
def test_published_policies_are_open_to_everybody_at_the_school_but_the_technician(cast, reference, role):
    version = reference.policy.versions.get()
    client = cast.client(role)
    for address in (url("policy_list"), url("policy_detail", version.policy_id), url("version_detail", version.pk)):
        assert client.get(address).status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("role", ["teacher", "office", "trust_officer"])
def test_a_draft_is_not_found_by_those_who_do_not_work_on_it(cast, desk, role):
    draft = desk.draft(desk.policy())
    client = cast.client(role)
    assert client.get(url("version_detail", draft.pk)).status_code == 404
    assert client.get(url("clause_detail", draft.clauses.first().pk)).status_code == 404
    assert "Version 1" not in client.get(url("policy_detail", draft.policy_id)).content.decode()
    assert cast.client("governor").get(url("version_detail", draft.pk)).status_code == 200


@pytest.mark.parametrize("role", ["teacher", "chair", "deputy_head", "office"])
def test_only_the_head_keeps_the_policy(cast, reference, role):
    client, version = cast.client(role), reference.policy.versions.get()
    addresses = [
        url("review_record", version.policy_id),
        url("version_create", version.policy_id),
        url("clause_guide_edit", version.clauses.first().pk),
        url("reference_edit", reference.pk),
        url("guide_intro_edit", "staff"),
    ]
    for address in addresses:
        assert client.get(address).status_code == 403
        assert client.post(address, {"text": "x", "reason": "x", "guide_text": "x"}).status_code == 403
    assert version.history.count() == version.history.exclude(history_type="~").count() + 3
    assert not GuideIntro.objects.exists()


def test_the_list_says_what_is_in_force_and_how_its_review_stands(cast, desk):
    desk.published(policy={"title": "In force", "cycle_months": None}, approved_on=None)
    desk.policy(title="Never published")
    desk.policy("riverside", title="Of somebody else")
    page = cast.client("teacher").get(url("policy_list")).content.decode()
    assert "In force" in page and "No review date" in page and "Ann Approver" in page
    assert "Never published" in page and "None in force" in page
    assert "Of somebody else" not in page


def test_the_list_costs_the_same_with_one_policy_and_with_fifty(cast, desk):
    client = cast.client("headteacher")
    desk.published(policy={"title": "Policy 0"})
    few = queries(client, url("policy_list"))
    for number in range(1, 50):
        desk.published(policy={"title": f"Policy {number}", "for_staff": False}, clauses=1)
    assert queries(client, url("policy_list")) == few
    page = client.get(url("policy_list")).content.decode()
    assert "Next page" in page


def test_a_policy_with_a_long_past_costs_the_same(cast, desk, reference):
    client = cast.client("headteacher")
    policy = reference.policy
    services.check_reference(reference, by=cast.headteacher, note="Checked")
    few = queries(client, url("policy_detail", policy.pk))
    for number in range(50):
        services.add_reference(policy, by=cast.headteacher, kind="guidance", title=f"Guidance {number}")
        services.check_reference(reference, by=cast.headteacher, note=f"Checked {number}")
        services.draft_version(policy, by=cast.headteacher)
    assert queries(client, url("policy_detail", policy.pk)) <= few


def test_a_long_version_and_its_clauses_cost_the_same(cast, desk):
    client = cast.client("teacher")
    short, long = desk.published(clauses=1), desk.published(clauses=50, policy={"title": "Long"})
    for name in ("version_detail", "acknowledge"):
        assert queries(client, url(name, short.pk)) == queries(client, url(name, long.pk))


def test_related_policies_show_which_link_is_missing_and_which_are_cited_in_the_body(cast, desk):
    policy = desk.published().policy
    facts = {"by": cast.headteacher, "kind": "related_policy"}
    services.add_reference(policy, title="Behaviour policy", link="https://example.org/b", **facts)
    services.add_reference(policy, title="Equalities policy", cited="body", **facts)
    page = cast.client("teacher").get(url("policy_detail", policy.pk)).content.decode()
    assert page.count("Link missing") == 1 and page.count("Cited in body") == 1
    assert 'href="https://example.org/b"' in page
    assert page.index("Equalities policy") < page.index("Link missing")


def test_laws_are_found_by_their_titles_and_related_policies_stay(cast, reference):
    policy = reference.policy
    services.add_reference(policy, by=cast.headteacher, kind="guidance", title="Keeping Children Safe")
    services.add_reference(policy, by=cast.headteacher, kind="related_policy", title="Behaviour policy")
    page = cast.client("teacher").get(url("policy_detail", policy.pk), {"q": "some act"})
    registers = page.context["registers"]
    assert [row[0]["text"] for row in registers["legislation"]["rows"]] == ["Some Act 2000"]
    assert registers["guidance"]["rows"] == []
    assert len(registers["related_policy"]["rows"]) == 1


def test_a_check_of_a_law_is_dated_and_a_superseded_one_calls_for_a_review(cast, reference):
    client = cast.client("headteacher")
    answer = {"title": reference.title, "standing": "superseded", "note": "Replaced in 2016", "reason": "Looked up"}
    client.post(url("reference_edit", reference.pk), answer)
    reference.refresh_from_db()
    assert reference.standing == Reference.Standing.SUPERSEDED and reference.last_checked_on is not None
    page = client.get(url("policy_detail", reference.policy_id)).content.decode()
    assert "Some Act 2000 has been superseded: review the policy." in page
    assert "Looked up" in page
    told = cast.headteacher.user.notifications.get(event="reference_superseded")
    assert told.path == reference.policy.get_absolute_url()


def test_findings_are_for_those_who_work_on_the_policy(cast, desk):
    policy = desk.published().policy
    address = url("policy_detail", policy.pk)
    finding = "The date of the next review is not stated."
    assert finding in cast.client("headteacher").get(address).content.decode()
    assert finding not in cast.client("teacher").get(address).content.decode()


def test_the_head_records_a_review_on_its_page(cast, desk):
    version = desk.published()
    answer = {"reviewed_on_0": "10", "reviewed_on_1": "3", "reviewed_on_2": "2026", "note": "No change needed"}
    answer |= {"reviewed_on_day": "10", "reviewed_on_month": "3", "reviewed_on_year": "2026"}
    response = cast.client("headteacher").post(url("review_record", version.policy_id), answer, follow=True)
    assert "The review is recorded." in response.content.decode()
    assert "10 March 2026: No change needed" in response.content.decode()


def test_a_version_is_approved_and_published_on_its_page(cast, desk):
    version = desk.submitted(desk.draft(desk.policy(), approver_name=""))
    chair, head = cast.client("chair"), cast.client("headteacher")
    step = url("version_step", version.pk)
    assert "Approve version" in chair.get(version.get_absolute_url()).content.decode()
    answer = {
        "step": "approve",
        "approver_kind": "committee",
        "approver_name": "Learning Committee",
        "approved_on_day": "1",
        "approved_on_month": "6",
        "approved_on_year": "2026",
    }
    assert chair.get(step, {"step": "approve"}).status_code == 200
    chair.post(step, answer)
    version.refresh_from_db()
    assert (version.status, version.approver_name) == ("approved", "Learning Committee")
    assert str(version.stated("approved_on")) == "1 June 2026"
    assert chair.post(step, {"step": "publish"}).status_code == 403
    head.post(step, {"step": "publish"})
    version.refresh_from_db()
    assert version.status == "published"


def test_whoever_signs_alone_finds_their_own_name_and_today_and_a_committee_keeps_its_name(cast, desk):
    version = desk.submitted(desk.draft(desk.policy(), approver_name="Ann Approver"))
    form = cast.client("chair").get(url("version_step", version.pk), {"step": "approve"}).context["form"]
    assert form.initial["approver_name"] == cast.chair.user.name
    assert (form.initial["approver_role"], form.initial["approved_on"]) == (cast.chair.titles, today())
    PolicyVersion.objects.filter(pk=version.pk).update(approver_kind="committee")
    form = cast.client("chair").get(url("version_step", version.pk), {"step": "approve"}).context["form"]
    assert form.initial["approver_name"] == "Ann Approver"


def test_a_late_press_is_told_politely(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    answer = cast.client("governor").post(url("version_step", version.pk), {"step": "approve"}, follow=True)
    assert "This has already been changed: it is now “Approved”." in answer.content.decode()


def test_an_unknown_step_is_not_found(cast, desk):
    version = desk.published()
    for name in ("", "burn"):
        assert cast.client("headteacher").post(url("version_step", version.pk), {"step": name}).status_code == 404
    assert cast.client("headteacher").post(url("version_step", version.pk), {"step": "supersede"}).status_code == 403


def test_a_step_refused_for_want_of_an_approver_says_what_is_missing(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    PolicyVersion.objects.filter(pk=version.pk).update(approver_name="")
    answer = cast.client("headteacher").post(url("version_step", version.pk), {"step": "publish"}, follow=True)
    assert "Give the name of the person or committee that approved it." in answer.content.decode()


def test_a_clause_shows_how_its_words_changed_and_why(cast, desk):
    clause = desk.published().clauses.first()
    head = cast.client("headteacher")
    head.post(url("clause_guide_edit", clause.pk), {"guide_text": "First words.", "reason": "For pupils"})
    head.post(url("clause_guide_edit", clause.pk), {"guide_text": "Second words.", "reason": "Shorter"})
    page = cast.client("teacher").get(url("clause_detail", clause.pk)).content.decode()
    for words in ("Second words.", "First words.", "For pupils", "Shorter", "Harriet Oakfield", "Rule number 1."):
        assert words in page
    clause.refresh_from_db()
    assert (clause.text, clause.on_guide) == ("Rule number 1.", "Second words.")


def test_the_text_of_a_published_clause_cannot_be_changed(cast, desk):
    clause = desk.published().clauses.first()
    answer = {"heading": "Purpose", "text": "Other", "reason": "x"}
    assert cast.client("headteacher").post(url("clause_edit", clause.pk), answer).status_code == 404
    clause.refresh_from_db()
    assert clause.text == "Rule number 1."


# What the school shows to everybody.


def test_the_public_pages_need_no_sign_in_and_no_other_page_of_policies_is_public(desk, reference):
    stranger = Client()
    public = [url("school_page", "oakfield"), *(url("guide", "oakfield", who) for who in ASKED)]
    for address in public:
        assert stranger.get(address).status_code == 200
    for address in [url("policy_list"), *pages_of(reference.policy.versions.get())]:
        response = stranger.get(address)
        assert response.status_code == 302 and response.url.startswith(reverse("account_login"))


def test_an_unknown_school_or_audience_is_not_found(cast):
    for address in (url("school_page", "nowhere"), url("guide", "nowhere", "staff"), url("guide", "oakfield", "cats")):
        assert Client().get(address).status_code == 404


def test_the_public_page_shows_the_policy_in_force_and_never_a_draft(cast, desk):
    version = desk.published()
    draft = desk.draft(version.policy, clauses=0)
    desk.clause(draft, 1, text="A secret plan.")
    page = Client().get(url("school_page", "oakfield")).content.decode()
    assert "Rule number 3." in page and "Ann Approver" in page
    assert "A secret plan." not in page
    assert "office@oakfield.example" in page
    assert "No policy is published yet" in Client().get(url("school_page", "riverside")).content.decode()


def test_a_guide_shows_each_clause_for_its_audience_under_its_heading(cast, desk):
    draft = desk.draft(desk.policy(), clauses=0)
    desk.clause(draft, 1, heading="Conduct", text="Be kind.", kind="rule")
    desk.clause(draft, 2, heading="Contact", text="Telephone {telephone} or write to {email}.", kind="information")
    desk.clause(draft, 3, heading="Conduct", text="For staff alone.", for_pupils=False, for_parents=False)
    desk.publish(draft)
    services.write_guide_intro(school=cast.school(), audience="pupils", text="Hello all!", by=cast.headteacher)
    guide = Client().get(url("guide", "oakfield", "pupils"))
    page = guide.content.decode()
    assert [part.heading for part in guide.context["guide"].parts] == ["Conduct", "Contact"]
    assert "Telephone 01632 960000 or write to office@oakfield.example." in page
    assert 'id="clause-C-1"' in page and "Hello all!" in page
    assert "For staff alone." not in page
    assert "For staff alone." in Client().get(url("guide", "oakfield", "staff")).content.decode()


def test_only_the_head_of_a_school_served_finds_links_to_change_the_guide(cast, desk):
    version = desk.published()
    change = url("clause_guide_edit", version.clauses.first().pk)
    address = url("guide", "oakfield", "staff")
    assert change in cast.client("headteacher").get(address).content.decode()
    for reader in (Client(), cast.client("teacher"), cast.client("headteacher", "riverside")):
        assert change not in reader.get(address).content.decode()


def test_the_opening_words_are_changed_with_their_history_kept(cast, desk):
    desk.published()
    head = cast.client("headteacher")
    for words in ("First welcome.", "Second welcome."):
        head.post(url("guide_intro_edit", "staff"), {"text": words})
    intro = GuideIntro.objects.get(school=cast.school(), audience="staff")
    assert [row.text for row in intro.history.all()] == ["Second welcome.", "First welcome."]
    assert "Second welcome." in Client().get(url("guide", "oakfield", "staff")).content.decode()


def test_a_guide_and_the_public_page_cost_the_same_however_long_they_are(cast, desk):
    version = desk.published(clauses=1)
    pages = [url("school_page", "oakfield"), *(url("guide", "oakfield", who) for who in ASKED)]
    short = [queries(Client(), address) for address in pages]
    desk.publish(desk.draft(version.policy, clauses=50))
    assert [queries(Client(), address) for address in pages] == short


def test_a_shared_policy_is_kept_by_the_head_of_either_school(cast, desk):
    version = desk.published("oakfield", "elmwood")
    for school in ("oakfield", "elmwood"):
        assert cast.client("headteacher", school).get(url("version_create", version.policy_id)).status_code == 200
    assert Policy.objects.visible_to(cast.post("teacher", "elmwood")).get() == version.policy


# Acknowledging, and seeing to it.


TICKED = {"has_read": "on", "has_understood": "on", "will_follow": "on"}


def test_a_teacher_acknowledges_once_and_is_told_when(cast, desk):
    version = desk.published()
    client = cast.client("teacher")
    client.post(url("acknowledge", version.pk), TICKED)
    given = Acknowledgement.objects.get()
    assert "Rule number 2." in given.text_shown and given.text_shown.endswith("I will follow it")
    again = client.get(url("acknowledge", version.pk)).content.decode()
    assert (
        "You acknowledged version 1 on" in again
        and "I have read it, understand it and will follow it</button>" not in again
    )
    client.post(url("acknowledge", version.pk), TICKED)
    assert Acknowledgement.objects.get().acknowledged_at == given.acknowledged_at


@pytest.mark.parametrize("missing", TICKED)
def test_less_than_all_three_statements_is_no_acknowledgement(cast, desk, missing):
    version = desk.published()
    answer = {name: value for name, value in TICKED.items() if name != missing}
    page = cast.client("teacher").post(url("acknowledge", version.pk), answer)
    assert "There is a problem" in page.content.decode()
    assert not Acknowledgement.objects.exists()


def test_drafts_superseded_wordings_and_people_not_asked_are_refused(cast, desk):
    former = desk.published()
    desk.publish(desk.draft(former.policy))
    draft = desk.draft(former.policy)
    answers = [
        cast.client("teacher").post(url("acknowledge", draft.pk), TICKED).status_code,
        cast.client("trust_officer").post(url("acknowledge", former.pk), TICKED).status_code,
    ]
    assert answers == [404, 403]
    page = cast.client("teacher").post(url("acknowledge", former.pk), TICKED).content.decode()
    assert "no longer in force" in page
    assert not Acknowledgement.objects.exists()


def test_a_policy_not_for_staff_asks_nobody(cast, desk):
    version = desk.published(policy={"for_staff": False})
    assert cast.client("teacher").get(url("acknowledge", version.pk)).status_code == 404
    assert cast.client("office").get(url("acknowledgement_list", version.pk)).status_code == 404


def test_the_office_sees_who_is_outstanding_and_the_count_drops_by_one(cast, desk):
    version = desk.published()
    office = cast.client("office")
    before = office.get(url("acknowledgement_list", version.pk)).context["counts"]
    cast.client("teacher").post(url("acknowledge", version.pk), TICKED)
    page = office.get(url("acknowledgement_list", version.pk))
    after = page.context["counts"]
    assert after["outstanding"] == before["outstanding"] - 1 and after["acknowledged"] == 1
    assert "Tara Oakfield" not in page.content.decode() and "Sam Oakfield" in page.content.decode()
    done = office.get(url("acknowledgement_list", version.pk), {"state": "acknowledged"}).content.decode()
    assert "Tara Oakfield" in done and "Sam Oakfield" not in done


def test_the_list_is_narrowed_by_employment_and_by_name(cast, desk):
    version = desk.published()
    contractor = cast.contractor
    contractor.employment = "agency"
    contractor.save()
    found = cast.client("office").get(url("acknowledgement_list", version.pk), {"employment": "agency"})
    assert [person.name for person in found.context["page"]] == ["Carl Oakfield"]
    found = cast.client("office").get(url("acknowledgement_list", version.pk), {"name": "tara"})
    assert [person.name for person in found.context["page"]] == ["Tara Oakfield"]


def test_a_manager_sees_and_reminds_their_own_staff_alone(cast, desk):
    version = desk.published()
    teacher, dsl = cast.teacher, cast.dsl
    teacher.line_manager = dsl
    teacher.save()
    client = cast.client("dsl")
    page = client.get(url("acknowledgement_list", version.pk))
    assert [person.name for person in page.context["page"]] == ["Tara Oakfield"]
    assert page.context["counts"] == {"all": 1, "acknowledged": 0, "outstanding": 1}
    assert client.post(url("acknowledgement_remind", version.pk, cast.office.user_id)).status_code == 404
    assert client.post(url("acknowledgement_remind", version.pk, teacher.user_id)).status_code == 302
    assert version.reminders.filter(kind="asked").get().by == dsl.user


@pytest.mark.parametrize("role", ["teacher", "governor", "volunteer"])
def test_whoever_manages_nobody_chases_nobody(cast, desk, role):
    version = desk.published()
    client = cast.client(role)
    assert client.get(url("acknowledgement_list", version.pk)).status_code == 403
    address = url("acknowledgement_remind", version.pk, cast.office.user_id)
    assert client.post(address).status_code == 403
    assert not version.reminders.filter(kind="asked").exists()


def test_a_person_is_reminded_once_a_day_whoever_presses(cast, desk):
    version = desk.published()
    address = url("acknowledgement_remind", version.pk, cast.teacher.user_id)
    first = cast.client("office").post(address, follow=True).content.decode()
    second = cast.client("headteacher").post(address, follow=True).content.decode()
    assert "Tara Oakfield has been reminded." in first
    assert "Olive Oakfield has reminded Tara Oakfield today already." in second
    assert version.reminders.filter(kind="asked").count() == 1
    assert cast.teacher.user.notifications.filter(dedupe_key__startswith="asked-reminder").count() == 1
    assert cast.client("office").get(address).status_code == 405


def test_who_has_acknowledged_is_not_reminded(cast, desk):
    version = desk.published()
    cast.client("teacher").post(url("acknowledge", version.pk), TICKED)
    address = url("acknowledgement_remind", version.pk, cast.teacher.user_id)
    assert "has acknowledged the policy already" in cast.client("office").post(address, follow=True).content.decode()
    assert not version.reminders.filter(kind="asked").exists()


def test_nobody_of_another_school_is_listed_or_reminded(cast, desk):
    version = desk.published("oakfield", "elmwood")
    office = cast.client("office")
    names = [person.name for person in office.get(url("acknowledgement_list", version.pk)).context["page"]]
    assert names and not [name for name in names if "Elmwood" in name]
    elsewhere = cast.post("teacher", "elmwood").user_id
    assert office.post(url("acknowledgement_remind", version.pk, elsewhere)).status_code == 404


def test_the_list_of_acknowledgements_is_paged_and_costs_the_same(cast, desk):
    version = desk.published()
    client = cast.client("office")
    few = queries(client, url("acknowledgement_list", version.pk))
    for number in range(50):
        person = User.objects.create_user(f"many{number}@oakfield.example", f"Many {number:02}")
        give_post(user=person, school=cast.school(), role=Role.TEACHER, by=None)
    page = client.get(url("acknowledgement_list", version.pk))
    assert queries(client, url("acknowledgement_list", version.pk)) == few
    assert len(page.context["page"]) == 25
    following = client.get(url("acknowledgement_list", version.pk) + page.context["page"].next_url)
    assert not {person.pk for person in page.context["page"]} & {person.pk for person in following.context["page"]}


def test_a_work_stands_in_the_register_once(cast, desk):
    policy = desk.published().policy
    services.add_reference(policy, by=cast.headteacher, kind="guidance", title="Advice for schools")
    other = services.add_reference(policy, by=cast.headteacher, kind="guidance", title="Other advice")
    form = {"title": "Advice for schools", "standing": "current"}
    page = cast.client("headteacher").post(url("reference_edit", other.pk), form)
    assert page.context["form"].errors == {"title": ["This is in the register already"]}
    other.refresh_from_db()
    assert other.title == "Other advice"
