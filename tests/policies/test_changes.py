"""What is different between two versions: clauses added, removed, moved and reworded, to the word."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.models import Clause
from policies.selectors.changes import changes_between, lines_of, pieces_between, summary_of


def clause(code: str, text: str, heading: str = "Conduct", **facts) -> Clause:
    """A clause that nobody stored."""
    return Clause(code=code, text=text, heading=heading, kind="rule", for_staff=True, **facts)


def told(before: list[Clause], after: list[Clause]) -> list[tuple[str, str]]:
    return [(line.kind, line.clause.code) for line in lines_of(before, after) if line.kind != "same"]


A, B, C, D = (
    clause("A", "Staff ask before they post a picture of a pupil."),
    clause("B", "Passwords are told to nobody."),
    clause("C", "Comments are answered within two days."),
    clause("D", "The headteacher authorises every channel."),
)


def again(of: Clause, **facts) -> Clause:
    """The same clause in a later version."""
    kept = {"text": of.text, "heading": of.heading, "kind": of.kind, "for_staff": of.for_staff, "code": of.code}
    return Clause(**{**kept, **facts})


def test_nothing_has_changed_in_a_copy():
    assert told([A, B, C], [again(A), again(B), again(C)]) == []


def test_a_clause_that_came_one_that_went_and_one_reworded_are_told_apart():
    reworded = again(B, text="Passwords are told to nobody, in writing or aloud.")
    new = clause("E", "Pupils under thirteen have no accounts.")
    found = told([A, B, C], [again(A), reworded, new])
    assert found == [("changed", "B"), ("added", "E"), ("removed", "C")]


def test_what_was_removed_stands_where_it_was():
    assert told([A, B, C, D], [again(A), again(C), again(D)]) == [("removed", "B")]
    lines = lines_of([A, B, C, D], [again(A), again(C), again(D)])
    assert [line.clause.code for line in lines] == ["A", "B", "C", "D"]


def test_the_fewest_clauses_are_told_to_have_moved():
    assert told([A, B, C, D], [again(D), again(A), again(B), again(C)]) == [("moved", "D")]
    assert told([A, B, C, D], [again(A), again(C), again(B), again(D)]) in ([("moved", "B")], [("moved", "C")])


def test_a_clause_that_was_numbered_anew_is_known_by_its_words():
    assert told([A, B], [again(A, code="1"), again(B, code="2")]) == []
    reworded = again(A, code="9", text="Staff always ask before they post a picture of any pupil.")
    assert told([A], [reworded]) == [("changed", "9")]


def test_a_mark_given_to_another_clause_is_one_that_went_and_one_that_came():
    other = again(A, text="Governors read reports each term.")
    assert sorted(told([A], [other])) == [("added", "A"), ("removed", "A")]


def test_changed_words_are_shown_to_the_word():
    pieces = pieces_between("Answer within two days.", "Answer within one day.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Answer within"),
        ("removed", "two days."),
        ("added", "one day."),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_what_stayed_and_came_is_the_new_text_and_what_stayed_and_went_the_old(seed):
    chance = random.Random(seed)
    old, new = (" ".join(chance.choices(["school", "pupil", "staff", "post", "never"], k=30)) for _ in range(2))
    pieces = pieces_between(old, new)
    came = " ".join(piece.text for piece in pieces if piece.kind != "removed")
    went = " ".join(piece.text for piece in pieces if piece.kind != "added")
    assert (came, went) == (new, old)


def test_other_readers_another_heading_and_another_kind_are_changes_too():
    newer = again(A, heading="Pictures", for_pupils=True, for_staff=False, kind=Clause.Kind.WORKFLOW, category="Image")
    [line] = lines_of([A], [newer])
    assert line.kind == "changed" and [piece.kind for piece in line.pieces] == ["same"]
    assert line.also == (
        "Stood under “Conduct”.",
        "Now also for: Pupils.",
        "No longer for: Staff.",
        "Now: Procedure (was: Rule).",
        "A breach is called “Image” (was: “nothing”).",
    )
    assert line.concerns("staff") and line.concerns("pupils") and not line.concerns("parents")


def test_how_much_has_changed_is_told_in_a_sentence():
    lines = lines_of([A, B, C], [again(A, text=f"{A.text} Always."), again(C), clause("E", "New words altogether.")])
    assert summary_of(line for line in lines if line.kind != "same") == (
        "1 clause added, 1 clause removed, 1 clause changed."
    )
    assert summary_of([]) == "No clause has changed."


def test_two_hundred_clauses_written_wholly_anew_are_compared_by_one_query(desk):
    policy = desk.policy()
    older, newer = desk.draft(policy, clauses=5), desk.draft(policy, clauses=0)
    for number in range(50):
        desk.clause(newer, number, text=f"Wholly other words {number} of clause {number * 7}.")
    with CaptureQueriesContext(connection) as found:
        changes = changes_between(older, newer)
    assert len(found) == 1
    assert len(changes) >= 50
