"""Who approves a version by which route, what a signature is worth when the text changes, and who is asked before."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Membership, Notification, Role
from policies import services
from policies.models import Clause, Consultation, Policy, PolicyVersion, Route, Signature
from policies.selectors.approving import approval_of
from policies.wording import sha256_of
from policyportal.due import run_due
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, save_as, steps_open_to, take
from tests.cast import FIRST_NAMES, STARTED

Status = PolicyVersion.Status
GOVERNORS = {Role.GOVERNOR, Role.CHAIR}
MEETING = {"minute_reference": "FGB 2026/14, item 7", "approved_on": date(2026, 6, 1), "approved_on_precision": "day"}


@pytest.fixture
def pending(cast, desk):
    """Makes a version in review that the portal drafted, of a policy with this route."""

    def make(route=Route.HEAD_OR_GOVERNORS, **facts) -> PolicyVersion:
        policy = desk.policy(route=route, **facts)
        version = services.draft_version(policy, by=None, approver_kind="person", approver_name="Ann Approver")
        for code in ("1", "2"):
            services.add_clause(version, by=None, code=code, kind="rule", text=f"Rule {code}.", for_staff=True)
        return desk.submitted(version)

    return make


@pytest.fixture
def second_chair(cast) -> Membership:
    """A co-chair beside the chair."""
    user = cast.user("governor", "elmwood")
    return Membership.objects.create(school=cast.school(), user=user, role=Role.CHAIR, seniority=90, starts_on=STARTED)


def told(event: str) -> set:
    return set(Notification.objects.filter(event=event).values_list("user", flat=True))


# The routes.


@pytest.mark.parametrize(
    ("route", "signs"),
    [
        (Route.HEAD_OR_GOVERNORS, GOVERNORS | {Role.HEADTEACHER}),
        (Route.HEAD, {Role.HEADTEACHER}),
        (Route.COMMITTEE, GOVERNORS),
        (Route.FULL_BOARD, {Role.CHAIR}),
        (Route.CO_CHAIRS, {Role.CHAIR}),
        (Route.SIGNATURES, GOVERNORS | {Role.HEADTEACHER}),
    ],
)
def test_each_route_is_open_to_exactly_its_posts(cast, pending, route, signs):
    version = pending(route, route_body="Welfare Committee", signatures_needed=2)
    act = "sign" if route in (Route.CO_CHAIRS, Route.SIGNATURES) else "approve"
    for role in FIRST_NAMES:
        open_to_them = {step.name for step in steps_open_to(cast.post(role), version)}
        assert (act in open_to_them, "request_changes" in open_to_them) == (role in signs, role in signs), role
        if role not in signs:
            with pytest.raises(NotAllowed):
                take(act, version, cast.post(role), **(MEETING if act == "approve" else {}))
    stranger = cast.post("chair", "riverside")
    assert steps_open_to(stranger, version) == []


def test_the_head_alone_is_named_with_the_day_when_the_route_is_the_head(cast, pending):
    version = take("approve", pending(Route.HEAD), cast.headteacher)
    assert (version.approver, version.approver_role) == ("Harriet Oakfield", "Headteacher")
    assert version.approved_on == today()


def test_a_committee_is_named_with_who_signed_for_it_and_its_minute(cast, pending):
    version = pending(Route.COMMITTEE, route_body="Welfare Committee")
    for facts in ({}, {"minute_reference": "FGB 7"}, {"approved_on": date(2026, 6, 1)}):
        with pytest.raises(Refused, match="Give the"):
            take("approve", version, cast.governor, **facts)
    version = take("approve", version, cast.governor, **MEETING)
    assert (version.approver, version.approver_role) == ("Welfare Committee", "signed by Grace Oakfield, Governor")
    assert (version.minute_reference, version.approved_on) == ("FGB 2026/14, item 7", date(2026, 6, 1))


def test_a_committee_without_a_name_holds_up_the_handing_over(cast, desk):
    version = desk.draft(desk.policy(route=Route.COMMITTEE))
    with pytest.raises(Refused, match="Name the committee"):
        desk.submitted(version)


def test_the_full_board_is_signed_for_by_its_chair(cast, pending):
    version = take("approve", pending(Route.FULL_BOARD), cast.chair, **MEETING)
    assert (version.approver, version.approver_kind) == ("The full governing body", "governing_body")


def test_each_of_two_co_chairs_signs_and_the_second_approves(cast, pending, second_chair):
    version = pending(Route.CO_CHAIRS)
    take("sign", version, cast.chair)
    version.refresh_from_db()
    assert (version.status, version.signatures.count()) == (Status.IN_REVIEW, 1)
    assert {step.name for step in steps_open_to(second_chair, version)} >= {"approve", "request_changes"}
    approved = take("approve", version, second_chair)
    assert approved.status == Status.APPROVED
    assert approved.approver == "Chidi Oakfield and Grace Elmwood"
    assert take("publish", approved, cast.headteacher).status == Status.PUBLISHED


def test_where_only_one_chair_is_appointed_the_page_says_so(cast, pending):
    version = pending(Route.CO_CHAIRS)
    page = cast.client("headteacher").get(version.get_absolute_url()).content.decode()
    assert "Too few people may sign this version: 1 of 2." in page


def test_several_signatures_are_as_many_people_whatever_posts_they_hold(cast, pending):
    version = pending(Route.SIGNATURES, signatures_needed=3)
    # The governor is the chair of a committee too, and still one person.
    Membership.objects.create(
        school=cast.school(), user=cast.user("governor"), role=Role.CHAIR, seniority=91, starts_on=STARTED
    )
    take("sign", version, cast.governor)
    for post in Membership.objects.current().filter(school=cast.school(), user=cast.user("governor")):
        with pytest.raises(NotAllowed):
            take("sign", version, post)
    take("sign", version, cast.headteacher)
    approved = take("approve", version, cast.chair)
    assert approved.approver == "Grace Oakfield and Harriet Oakfield and Chidi Oakfield"
    assert approved.signatures.standing().count() == 3


def test_whoever_signed_is_told_so_when_they_press_again(cast, pending):
    version = pending(Route.SIGNATURES, signatures_needed=3)
    governor, step = cast.client("governor"), reverse("policies:version_step", args=[version.pk])
    page = governor.post(step, {"step": "sign"}, follow=True).content.decode()
    assert "You have signed." in page and "1 of 3 signatures given" in page
    assert "counted once" in governor.post(step, {"step": "sign"}, follow=True).content.decode()
    assert "counted once" in governor.post(step, {"step": "approve"}, follow=True).content.decode()


def test_whoever_presses_sign_when_theirs_became_the_last_is_asked_to_look_again(cast, pending):
    version = pending(Route.SIGNATURES, signatures_needed=2)
    take("sign", version, cast.governor)
    address = reverse("policies:version_step", args=[version.pk])
    page = cast.client("chair").post(address, {"step": "sign"}, follow=True).content.decode()
    assert "Somebody else signed in between" in page
    assert cast.client("teacher").post(address, {"step": "sign"}).status_code == 404


def test_nobody_signs_a_text_whose_clauses_they_alone_changed(cast, desk, pending):
    version = pending()
    take("request_changes", version, cast.governor, "Shorter")
    services.edit_clause(version.clauses.first(), by=cast.headteacher, text="A rule of the head.", reason="Asked for")
    desk.submitted(version)
    with pytest.raises(NotAllowed):
        take("approve", version, cast.headteacher)
    take("withdraw", version, cast.headteacher, "Another hand")
    services.edit_clause(version.clauses.last(), by=cast.deputy_head, text="A rule of the deputy.", reason="Too")
    desk.submitted(version)
    assert take("approve", version, cast.headteacher).status == Status.APPROVED


def test_the_route_is_changed_by_the_head_with_a_reason_and_the_governors_are_told(cast, desk):
    policy = desk.published().policy
    head, address = cast.client("headteacher"), reverse("policies:route_edit", args=[policy.pk])
    answer = {
        "route": "committee",
        "route_body": "",
        "consults": "staff, trade unions",
        "reason": "Terms of reference",
    }
    refused = head.post(address, answer).context["form"]
    assert refused.errors == {"route_body": ["Give the name of the committee"]}
    assert head.post(address, {**answer, "route_body": "Welfare Committee"}).status_code == 302
    policy.refresh_from_db()
    assert (policy.route, policy.route_body, policy.groups_consulted) == (
        "committee",
        "Welfare Committee",
        ["staff", "trade unions"],
    )
    assert policy.history.latest().history_change_reason == "Terms of reference"
    assert told("route_changed") == {cast.user("governor").pk, cast.user("chair").pk}


def test_the_route_stays_while_a_version_is_on_it(cast, pending):
    version = pending(Route.FULL_BOARD)
    for step in (None, ("approve", cast.chair, MEETING)):
        if step:
            take(step[0], version, step[1], **step[2])
        with pytest.raises(Refused, match="being approved"):
            services.change_route(version.policy, by=cast.headteacher, reason="Quicker", route=Route.HEAD)
    assert Policy.objects.get(pk=version.policy_id).route == Route.FULL_BOARD
    for stranger in (cast.chair, cast.deputy_head, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.change_route(version.policy, by=stranger, reason="Quicker", route=Route.HEAD)


# Who is told.


def test_approvers_are_told_of_a_text_to_approve_and_its_writer_of_changes_requested(cast, desk):
    version = desk.submitted(desk.draft(desk.policy()))
    assert told("version_submitted") == {cast.user("governor").pk, cast.user("chair").pk}, "not who drafted it"
    take("request_changes", version, cast.governor, "Say who answers")
    assert told("changes_requested") == {cast.user("headteacher").pk}
    desk.submitted(version)
    assert Notification.objects.filter(event="version_submitted", user=cast.user("chair")).count() == 2


# What a signature is worth.


def test_a_hash_covers_every_word_date_audience_and_addition_and_leaves_the_guide_alone(cast, desk):
    version = desk.draft(desk.policy("oakfield", "elmwood"))
    seen = {sha256_of(version)}
    clause = version.clauses.first()

    def is_new() -> bool:
        now = sha256_of(PolicyVersion.objects.get(pk=version.pk))
        is_other = now not in seen
        seen.add(now)
        return is_other

    for name, value in {
        "text": "Other words.",
        "heading": "Another heading",
        "section": "9",
        "for_pupils": False,
        "category": "Unkindness",
        "about_staff": True,
        "shown_at_acknowledgement": True,
        "kind": "record",
        "position": 9,
    }.items():
        setattr(clause, name, value)
        save_as(clause, cast.headteacher, "Changed")
        assert is_new(), name
    services.write_clause(version, by=cast.headteacher, own=True, kind="rule", text="Only here.")
    assert is_new()
    for name, value in {"review_due_on": date(2027, 1, 1), "changes": "A word", "is_major": False}.items():
        setattr(version, name, value)
        save_as(version, cast.headteacher, "Changed")
        assert is_new(), name
    version.policy.title = "Another title"
    save_as(version.policy, cast.headteacher, "Renamed")
    assert is_new()
    services.edit_guide_text(clause, by=cast.headteacher, text="Plainer words.")
    assert not is_new(), "the words of the guide are the school's to change at any time"


def test_an_approved_text_is_changed_only_after_withdrawing_it_and_the_signer_is_told(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    clause = version.clauses.first()
    with pytest.raises(Refused, match="Withdraw it first"):
        services.edit_clause(clause, by=cast.headteacher, text="Other.", reason="x")
    with pytest.raises(Refused, match="Withdraw it first"):
        services.remove_clause(clause, by=cast.headteacher, reason="x")
    with pytest.raises(Refused, match="Withdraw it first"):
        services.move_clause(clause, by=cast.headteacher, after=None)
    with pytest.raises(Refused, match="Withdraw it first"):
        services.write_clause(version, by=cast.headteacher, kind="rule", text="New.")
    with pytest.raises(Refused):
        take("withdraw", version, cast.headteacher)
    version = take("withdraw", version, cast.headteacher, "A new law")
    signature = version.signatures.get()
    assert (version.status, version.approved_sha256, signature.voided_reason) == (Status.DRAFTED, "", "A new law")
    assert told("signature_voided") == {cast.user("chair").pk}
    services.edit_clause(clause, by=cast.headteacher, text="Other.", reason="x")
    with pytest.raises(TooLate):
        take("publish", version, cast.headteacher)
    assert desk.publish(version).status == Status.PUBLISHED
    assert list(version.signatures.values_list("voided_at", flat=True))[1] is None


def change_by_shell(version: PolicyVersion) -> None:
    """Change a word past every page and past the history."""
    Clause.objects.filter(version=version, code="C-1").update(text="A word that nobody approved.")


def change_with_history(version: PolicyVersion) -> None:
    clause = version.clauses.get(code="C-1")
    clause.text = "A word that nobody approved."
    save_as(clause, None, "By hand")


def change_a_date(version: PolicyVersion) -> None:
    PolicyVersion.objects.filter(pk=version.pk).update(review_due_on=date(2030, 1, 1))


def add_by_shell(version: PolicyVersion) -> None:
    save_as(Clause(version=version, code="X", position=99, kind="rule", text="Slipped in."), None, "By hand")


def remove_by_shell(version: PolicyVersion) -> None:
    version.clauses.get(code="C-1").delete()


@pytest.mark.parametrize(
    "change", [change_by_shell, change_with_history, change_a_date, add_by_shell, remove_by_shell]
)
def test_a_change_by_any_way_stops_the_publishing_and_voids_the_approval(cast, desk, change):
    version = desk.approved(desk.draft(desk.policy()))
    change(version)
    with pytest.raises(Refused, match="have changed since they were signed"):
        take("publish", version, cast.headteacher)
    address = reverse("policies:version_step", args=[version.pk])
    page = cast.client("headteacher").post(address, {"step": "publish"}, follow=True).content.decode()
    assert "The text has changed since it was approved, so the approval is void." in page
    version.refresh_from_db()
    assert (version.status, version.signatures.standing().count()) == (Status.DRAFTED, 0)
    assert told("signature_voided") == {cast.user("chair").pk}


def test_a_change_taken_back_does_not_revive_the_approval(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    former = version.clauses.get(code="C-1").text
    change_with_history(version)
    clause = version.clauses.get(code="C-1")
    clause.text = former
    save_as(clause, None, "Taken back")
    assert sha256_of(version) == version.approved_sha256
    with pytest.raises(Refused, match="even if the change was taken back"):
        take("publish", version, cast.headteacher)


def test_a_change_past_the_history_is_found_by_the_sweep_before_it_is_taken_back(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    former = version.clauses.get(code="C-1").text
    change_by_shell(version)
    assert run_due()["approvals lapsed"] == 1
    Clause.objects.filter(version=version, code="C-1").update(text=former)
    version.refresh_from_db()
    assert (version.status, version.history.latest().history_user_id) == (Status.DRAFTED, None)
    assert services.lapse_changed_approvals() == 0


def test_a_second_signature_is_refused_where_the_text_changed_after_the_first(cast, pending):
    version = pending(Route.SIGNATURES, signatures_needed=2)
    take("sign", version, cast.governor)
    Clause.objects.filter(version=version, code="1").update(text="Other.")
    with pytest.raises(Refused, match="have changed since they were signed"):
        take("approve", version, cast.chair)
    assert services.lapse_changed_approvals() == 1
    assert Signature.objects.standing().count() == 0


def test_signatures_are_counted_again_at_publishing(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    Signature.objects.filter(version=version).update(voided_at=version.created_at)
    with pytest.raises(Refused, match="no longer stands"):
        take("publish", version, cast.headteacher)


def test_an_untouched_approval_is_published_and_the_sweep_leaves_it_alone(cast, desk):
    version = desk.approved(desk.draft(desk.policy()))
    services.edit_guide_text(version.clauses.first(), by=cast.headteacher, text="Plainer words.")
    assert services.lapse_changed_approvals() == 0
    assert take("publish", version, cast.headteacher).status == Status.PUBLISHED


# Consultation.


def ask_all(version: PolicyVersion, by: Membership, words: str = "No objection") -> None:
    for group in version.policy.groups_consulted:
        answered = {"answered_on": today(), "words": words} if words else {}
        services.record_consultation(version, by=by, group=group, asked_on=today() - timedelta(days=9), **answered)


def test_every_group_is_asked_before_handing_over_and_has_answered_before_approval_and_publishing(cast, desk):
    first = desk.published(policy={"consults": "the trade unions; parents and carers"})
    later = desk.draft(first.policy)
    with pytest.raises(Refused, match="Ask the trade unions first .* Ask parents and carers first"):
        desk.submitted(later)
    ask_all(later, cast.headteacher, words="")
    desk.submitted(later)
    with pytest.raises(Refused, match="Record what the trade unions said first"):
        take("approve", later, cast.chair)
    ask_all(later, cast.headteacher)
    take("approve", later, cast.chair)
    Consultation.objects.filter(version=later, group="parents and carers").update(words="", answered_on=None)
    with pytest.raises(Refused, match="Record what parents and carers said first"):
        take("publish", later, cast.headteacher)
    ask_all(later, cast.headteacher)
    assert take("publish", later, cast.headteacher).status == Status.PUBLISHED
    assert first.consultations.count() == 0, "the first version changes nothing, so nobody had to be asked"


def test_the_page_of_a_version_shows_whom_to_ask_and_what_they_said(cast, desk):
    first = desk.published(policy={"consults": "the trade unions"})
    later = desk.draft(first.policy)
    head = cast.client("headteacher")
    assert "Not asked yet" in head.get(later.get_absolute_url()).content.decode()
    address = reverse("policies:consultation_record", args=[later.pk], query={"group": "the trade unions"})
    day = {f"asked_on_{part}": value for part, value in (("day", "3"), ("month", "5"), ("year", "2026"))}
    head.post(address, {"group": "the trade unions", **day})
    head.post(address, {"group": "the trade unions", **day, "words": "They met"})
    assert (
        "Give both the date"
        in head.post(address, {"group": "the trade unions", **day, "words": "They met"}).content.decode()
    )
    answered = {f"answered_on_{part}": value for part, value in (("day", "4"), ("month", "5"), ("year", "2026"))}
    page = head.post(address, {"group": "the trade unions", **day, **answered, "words": "They agreed."}, follow=True)
    assert "They agreed." in page.content.decode() and "Answered" in page.content.decode()
    assert Consultation.objects.count() == 1
    assert Consultation.objects.get().history.count() == 2


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"asked_on": date(2026, 5, 3), "answered_on": date(2026, 5, 2), "words": "x"}, "cannot come before"),
        ({"asked_on": date(2026, 5, 3), "words": "x"}, "both the date"),
        ({"asked_on": date(2026, 5, 3), "answered_on": date(2026, 5, 4), "words": " "}, "both the date"),
        ({"asked_on": date(2099, 5, 3)}, "still to come"),
    ],
)
def test_a_consultation_that_cannot_be_so_is_refused(cast, desk, facts, words):
    version = desk.draft(desk.policy())
    with pytest.raises(Refused, match=words):
        services.record_consultation(version, by=cast.headteacher, group="staff", **facts)
    assert not Consultation.objects.exists()


def test_others_record_no_consultation_and_nobody_one_on_a_version_in_force(cast, desk):
    draft = desk.draft(desk.policy())
    asked = {"group": "staff", "asked_on": today()}
    for actor in (cast.governor, cast.teacher, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.record_consultation(draft, by=actor, **asked)
    version = desk.publish(draft)
    with pytest.raises(NotAllowed):
        services.record_consultation(version, by=cast.headteacher, **asked)
    address = reverse("policies:consultation_record", args=[version.pk])
    assert cast.client("headteacher").get(address).status_code == 404


# Handing over.


def test_a_draft_without_a_clause_is_not_handed_over(cast, desk):
    with pytest.raises(Refused, match="no clauses yet"):
        desk.submitted(desk.draft(desk.policy(), clauses=0))


def test_the_first_version_is_acknowledged_by_everybody(cast, desk):
    draft = desk.draft(desk.policy())
    with pytest.raises(Refused, match="acknowledged by everybody"):
        desk.submitted(draft, is_major=False)
    later = desk.draft(desk.publish(draft).policy)
    assert desk.submitted(later, is_major=False, changes="A telephone number").changes == "A telephone number"


def test_how_far_a_version_is_costs_the_same_with_few_and_many_signatures(cast, pending, django_assert_num_queries):
    version = pending(Route.SIGNATURES, signatures_needed=3)
    for signer in (cast.governor, cast.headteacher):
        take("sign", version, signer)
    version = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
    with django_assert_num_queries(4):
        approval = approval_of(version)
    assert (approval.needed, len(approval.standing), approval.missing) == (3, 2, 1)


def test_what_was_typed_stays_when_a_step_is_refused(cast, desk):
    policy = desk.published(policy={"consults": "trade unions"}).policy
    draft = desk.draft(policy)
    address = reverse("policies:version_step", args=[draft.pk])
    form = {"step": "submit", "changes": "Phones stay in lockers", "is_major": "on"}
    page = cast.client("headteacher").post(address, form).content.decode()
    assert "Ask trade unions first" in page and "Phones stay in lockers" in page
    draft.refresh_from_db()
    assert (draft.status, draft.changes) == ("drafted", "")


def test_an_approval_that_is_still_to_come_is_refused_beside_its_date(cast, desk):
    version = desk.submitted(desk.draft(desk.policy()))
    day = today() + timedelta(days=1)
    form = {"step": "approve", "approver_kind": "person", "approver_name": "Ann", "approver_role": "Chair"}
    form |= {"approved_on_day": day.day, "approved_on_month": day.month, "approved_on_year": day.year}
    page = cast.client("chair").post(reverse("policies:version_step", args=[version.pk]), form)
    assert page.context["form"].errors == {"approved_on": ["Date of approval must be today or in the past"]}


def test_a_group_with_a_nul_in_its_name_is_no_fault(cast, desk):
    version = desk.draft(desk.policy())
    address = reverse("policies:consultation_record", args=[version.pk])
    assert cast.client("headteacher").get(f"{address}?group=a%00b").status_code == 200


def test_where_whoever_drafted_it_has_left_its_keepers_are_told_what_to_change(cast, desk):
    draft = desk.submitted(desk.draft(desk.policy(), by=cast.deputy_head))
    post = cast.deputy_head
    post.ends_on = today() - timedelta(days=1)
    post.save()
    take("request_changes", draft, cast.chair, "Say who checks it")
    told = Notification.objects.filter(event="changes_requested").values_list("user", flat=True)
    assert list(told) == [cast.headteacher.user_id]


def test_changing_the_route_keeps_what_somebody_else_changed_in_between(cast, desk):
    stale = desk.policy()
    services.choose_who_acknowledges(Policy.objects.get(pk=stale.pk), by=cast.headteacher, for_parents=True)
    services.change_route(stale, by=cast.headteacher, reason="Agreed", route=Route.HEAD)
    stale.refresh_from_db()
    assert stale.for_parents and stale.route == Route.HEAD


def test_a_group_is_the_one_that_the_policy_names_however_it_was_typed(cast, desk):
    draft = desk.draft(desk.published(policy={"consults": "Trade unions, staff"}).policy)
    services.record_consultation(draft, by=cast.headteacher, group="trade unions ", asked_on=today())
    services.record_consultation(draft, by=cast.headteacher, group="Parents", asked_on=today())
    services.record_consultation(draft, by=cast.headteacher, group="parents", asked_on=today())
    assert sorted(draft.consultations.values_list("group", flat=True)) == ["Parents", "Trade unions"]
