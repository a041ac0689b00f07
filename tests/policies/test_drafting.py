"""Writing a draft: clauses added, ordered and removed, and what one school of a federation adds for itself alone."""

import pytest
from django.test import Client
from django.urls import reverse

from channels_mgmt import services as channels
from incidents.selectors import category_names
from policies import services
from policies.models import Clause
from policies.selectors.acknowledgements import acknowledgement_text
from policies.selectors.changes import changes_between
from policies.wording import sha256_of
from policyportal.lib.workflow import NotAllowed, Refused, take

MARK = "Elmwood alone: ponies stay off the page."


def url(name: str, *args, **query) -> str:
    return reverse(f"policies:{name}", args=args, query=query)


def order_of(version) -> list[str]:
    return list(version.clauses.order_by("position").values_list("code", flat=True))


def test_a_clause_is_added_behind_another_one_on_its_page(cast, desk):
    draft = desk.draft(desk.policy())
    after = draft.clauses.get(code="C-1")
    client, address = cast.client("deputy_head"), url("clause_create", draft.pk)
    assert address in client.get(draft.get_absolute_url()).content.decode()
    answer = {"kind": "rule", "text": "Ask before you post.", "for_staff": "on", "after": str(after.pk)}
    assert "Enter text" in client.post(address, {**answer, "text": ""}).content.decode()
    page = client.post(address, answer, follow=True)
    assert "The draft has a new clause." in page.content.decode()
    assert order_of(draft) == ["C-1", "New 1", "C-2", "C-3"]
    added = draft.clauses.get(code="New 1")
    assert (added.for_staff, added.for_pupils, added.only_for) == (True, False, None)
    assert added.history.get().history_user_id == cast.deputy_head.user_id


def test_a_clause_is_put_in_its_place_and_only_what_moved_is_written_down(cast, desk):
    draft = desk.draft(desk.policy(), clauses=5)
    last, first = draft.clauses.get(code="C-5"), draft.clauses.get(code="C-1")
    client = cast.client("headteacher")
    client.post(url("clause_move", last.pk), {"after": str(draft.clauses.get(code="C-3").pk)})
    assert order_of(draft) == ["C-1", "C-2", "C-3", "C-5", "C-4"]
    assert first.history.count() == 1
    client.post(url("clause_move", last.pk), {"after": ""})
    assert order_of(draft) == ["C-5", "C-1", "C-2", "C-3", "C-4"]


def test_a_clause_is_removed_with_a_reason_and_stays_in_its_history(cast, desk):
    former = desk.published()
    draft = services.draft_next_version(former.policy, by=cast.headteacher, reason="Shorter")
    gone = draft.clauses.get(code="C-2")
    client, address = cast.client("headteacher"), url("clause_remove", gone.pk)
    assert gone.text in client.get(address).content.decode()
    assert "There is a problem" in client.post(address, {"reason": ""}).content.decode()
    client.post(address, {"reason": "Said twice"})
    assert order_of(draft) == ["C-1", "C-3"]
    past = Clause.history.filter(id=gone.pk).first()
    assert (past.history_type, past.history_change_reason, past.history_user_id) == (
        "-",
        "Said twice",
        cast.headteacher.user_id,
    )
    assert order_of(former) == ["C-1", "C-2", "C-3"]


def test_a_clause_that_is_cited_already_is_not_removed(cast, desk):
    draft = desk.draft(desk.policy())
    clause = draft.clauses.first()
    channel_rule_of(cast, clause)
    with pytest.raises(Refused, match="cites this clause"):
        services.remove_clause(clause, by=cast.headteacher, reason="x")
    page = cast.client("headteacher").post(url("clause_remove", clause.pk), {"reason": "x"}).content.decode()
    assert "cites this clause" in page
    assert draft.clauses.count() == 3


def channel_rule_of(cast, clause: Clause):
    """Something outside that rests on a clause: a line of a channel's lists."""
    by, school = cast.headteacher, cast.school()
    channel = channels.open_channel(
        school=school,
        by=by,
        platform=channels.list_platform(school=school, by=by, name="Page"),
        name="Page",
        audience="public",
        managing_roles=["senior_leader"],
        authorising_roles=["headteacher"],
    )
    return channels.add_rule(channel, by=by, rule_list="never", title="Ponies", clause=clause)


@pytest.mark.parametrize(
    ("role", "school"), [("teacher", "oakfield"), ("chair", "oakfield"), ("headteacher", "riverside")]
)
def test_nobody_else_writes_in_a_draft(cast, desk, role, school):
    draft = desk.draft(desk.policy())
    clause, actor, client = draft.clauses.first(), cast.post(role, school), cast.client(role, school)
    with pytest.raises(NotAllowed):
        services.write_clause(draft, by=actor, kind="rule", text="x")
    with pytest.raises(NotAllowed):
        services.move_clause(clause, by=actor, after=None)
    with pytest.raises(NotAllowed):
        services.remove_clause(clause, by=actor, reason="x")
    for name, pk in (("clause_create", draft.pk), ("clause_move", clause.pk), ("clause_remove", clause.pk)):
        assert client.get(url(name, pk)).status_code in (403, 404)
        assert client.post(url(name, pk), {"reason": "x", "text": "x", "kind": "rule"}).status_code in (403, 404)
    assert order_of(draft) == ["C-1", "C-2", "C-3"]


def test_what_was_handed_over_is_no_longer_written_in(cast, desk):
    draft = desk.submitted(desk.draft(desk.policy()))
    clause, client = draft.clauses.first(), cast.client("headteacher")
    for name, pk in (("clause_create", draft.pk), ("clause_move", clause.pk), ("clause_remove", clause.pk)):
        assert client.get(url(name, pk)).status_code == 404


# One policy of several schools, with additions of one of them.


@pytest.fixture
def federal(cast, desk):
    """A policy of two schools of a federation in force, with an addition of one of them."""
    draft = desk.draft(desk.policy("oakfield", "elmwood", title="Federal policy"))
    elmwood = cast.post("headteacher", "elmwood")
    services.write_clause(
        draft,
        by=elmwood,
        own=True,
        after=draft.clauses.get(code="C-2"),
        kind="rule",
        heading="Ponies",
        text=MARK,
        category="Elmwood pony breach",
        for_staff=True,
        for_pupils=True,
        for_parents=True,
        for_community=True,
        about_staff=True,
    )
    return desk.publish(draft)


def test_the_head_of_a_school_adds_a_clause_for_that_school_alone(cast, desk):
    draft = desk.draft(desk.policy("oakfield", "elmwood"))
    client, address = cast.client("headteacher", "elmwood"), url("clause_create", draft.pk)
    assert "Only for Elmwood" in client.get(address).content.decode()
    client.post(address, {"kind": "rule", "text": MARK, "own": "on", "after": "", "for_staff": "on"})
    added = draft.clauses.get(text=MARK)
    assert (added.only_for, order_of(draft)[0]) == (cast.school("elmwood"), added.code)
    assert "Only for this school" in client.get(draft.get_absolute_url()).content.decode()
    deputy = cast.client("deputy_head", "elmwood")
    assert "Only for" not in deputy.get(address).content.decode()
    with pytest.raises(NotAllowed):
        services.write_clause(draft, by=cast.post("deputy_head", "elmwood"), own=True, kind="rule", text="x")


def test_a_policy_of_one_school_takes_no_additions_of_its_own(cast, desk):
    draft = desk.draft(desk.policy())
    with pytest.raises(NotAllowed):
        services.write_clause(draft, by=cast.headteacher, own=True, kind="rule", text="x")
    assert "Only for" not in cast.client("headteacher").get(url("clause_create", draft.pk)).content.decode()


def addresses_of(version) -> list[str]:
    """Every page on which words of a clause of a policy stand."""
    policy, clause = version.policy, version.clauses.get(text=MARK)
    return [
        version.get_absolute_url(),
        policy.get_absolute_url(),
        clause.get_absolute_url(),
        url("version_compare", policy.pk),
        url("version_compare", policy.pk, **{"from": 1, "to": 2, "everything": "on"}),
        url("acknowledge", version.pk),
        reverse("portal:audit"),
        reverse("portal:audit") + "?kind=clause",
        *(url("guide", "oakfield", who) for who in ("staff", "pupils", "parents")),
        url("school_page", "oakfield"),
    ]


def test_the_addition_is_nowhere_in_the_other_school_nor_in_its_history(cast, desk, federal):
    draft = services.draft_next_version(federal.policy, by=cast.headteacher, reason="A new law")
    copied = draft.clauses.get(text=MARK)
    assert copied.only_for == cast.school("elmwood"), "kept in the next version, by whomever it is drafted"
    for role in ("headteacher", "deputy_head", "chair", "teacher"):
        client = cast.client(role)
        for address in [*addresses_of(federal), draft.get_absolute_url()]:
            assert "ponies" not in client.get(address).content.decode().lower(), (role, address)
    head = cast.client("headteacher")
    for clause in (copied, federal.clauses.get(text=MARK)):
        for name in ("clause_detail", "clause_edit", "clause_move", "clause_remove", "clause_guide_edit"):
            assert head.get(url(name, clause.pk)).status_code == 404
    for verb, facts in (
        (services.edit_clause, {"text": "Other.", "reason": "x"}),
        (services.remove_clause, {"reason": "x"}),
        (services.move_clause, {"after": None}),
    ):
        with pytest.raises(NotAllowed):
            verb(copied, by=cast.headteacher, **facts)
    other = draft.clauses.get(code="C-3")
    assert MARK not in head.get(url("clause_move", other.pk)).content.decode()
    assert MARK not in head.get(url("clause_create", draft.pk)).content.decode()


def test_the_addition_stands_in_its_own_school_on_guide_policy_and_acknowledgement(cast, federal):
    teacher = cast.client("teacher", "elmwood")
    for address in (
        federal.get_absolute_url(),
        url("acknowledge", federal.pk),
        url("guide", "elmwood", "staff"),
        url("school_page", "elmwood"),
    ):
        assert MARK in teacher.get(address).content.decode(), address
    assert MARK in Client().get(url("guide", "elmwood", "parents")).content.decode()
    read = {"has_read": True, "has_understood": True, "will_follow": True}
    theirs = services.acknowledge(federal, cast.post("teacher", "elmwood"), **read)
    ours = services.acknowledge(federal, cast.teacher, **read)
    assert MARK in theirs.text_shown and MARK not in ours.text_shown
    assert acknowledgement_text is not None


def test_the_difference_between_two_versions_tells_each_school_its_own(cast, desk, federal):
    draft = services.draft_next_version(federal.policy, by=cast.headteacher, reason="A new law")
    elmwood = cast.post("headteacher", "elmwood")
    services.edit_clause(draft.clauses.get(text=MARK), by=elmwood, text=f"{MARK} Always.", reason="Clearer")
    assert changes_between(federal, draft) == changes_between(federal, draft, cast.school()) == []
    [change] = changes_between(federal, draft, elmwood.school)
    assert change.newer.text.endswith("Always.")
    assert "No clause has changed." in cast.client("governor").get(draft.get_absolute_url()).content.decode()


def test_the_categories_of_an_addition_are_for_its_own_school(cast, federal):
    assert "Elmwood pony breach" not in category_names(cast.school())
    assert "Elmwood pony breach" in category_names(cast.school("elmwood"))
    assert Clause.objects.in_force(cast.school("elmwood")).filter(category="Elmwood pony breach").exists()
    assert not Clause.objects.in_force(cast.school()).filter(category="Elmwood pony breach").exists()


def test_a_signature_covers_the_additions_of_every_school(cast, desk):
    draft = desk.draft(desk.policy("oakfield", "elmwood"))
    before = sha256_of(draft)
    elmwood = cast.post("headteacher", "elmwood")
    addition = services.write_clause(draft, by=elmwood, own=True, kind="rule", text=MARK)
    assert sha256_of(draft) != before
    approved = desk.approved(draft)
    Clause.objects.filter(pk=addition.pk).update(text="Another.")
    with pytest.raises(Refused, match="have changed since they were signed"):
        take("publish", approved, cast.headteacher)


def test_a_clause_is_not_put_behind_one_that_somebody_has_removed(cast, desk):
    draft = desk.draft(desk.policy())
    first, second, _ = draft.clauses.all()
    services.remove_clause(Clause.objects.get(pk=second.pk), by=cast.headteacher, reason="")
    with pytest.raises(Refused, match="has been removed"):
        services.move_clause(first, by=cast.headteacher, after=second)
    with pytest.raises(Refused, match="has been removed"):
        services.write_clause(draft, by=cast.headteacher, after=second, kind="rule", text="New.")


def test_a_clause_that_somebody_has_removed_does_not_come_back_by_being_changed(cast, desk):
    draft = desk.draft(desk.policy())
    stale = draft.clauses.get(code="C-2")
    services.remove_clause(Clause.objects.get(pk=stale.pk), by=cast.headteacher, reason="")
    with pytest.raises(Refused, match="removed this clause"):
        services.edit_clause(stale, by=cast.headteacher, text="Again.", reason="")
    assert draft.clauses.count() == 2


def test_changing_a_clause_leaves_it_where_somebody_else_has_put_it(cast, desk):
    draft = desk.draft(desk.policy())
    stale, _, last = draft.clauses.all()
    services.move_clause(Clause.objects.get(pk=stale.pk), by=cast.headteacher, after=last)
    services.edit_clause(stale, by=cast.headteacher, text="Reworded.", reason="")
    assert [clause.text for clause in draft.clauses.all()] == ["Rule number 2.", "Rule number 3.", "Reworded."]
