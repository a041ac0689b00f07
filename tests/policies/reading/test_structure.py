"""What a policy is made of: its contents page, its sections and its clauses, by general patterns."""

import warnings
from pathlib import Path

import pytest

from policies.models import Audience, Clause
from policies.reading import clauses, structure
from policies.reading.document import Document
from policies.reading.facts import Kind
from policies.reading.opening import open_text
from policies.reading.wording import category_of, kind_of
from tests.policies.reading.making import POLICY
from tests.policies.reading.test_opening import SOURCES

FIELDS = {"code", "section", "heading", "kind", "text", "audiences", "about", "category"}


def values(document: Document, kind: Kind) -> list[dict]:
    return [fact.value for finder in (structure, clauses) for fact in finder.find(document) if fact.kind == kind]


def sections(text: str) -> list[tuple]:
    return [tuple(value.values()) for value in values(open_text(text), Kind.SECTION)]


def entries(text: str) -> list[tuple]:
    return [tuple(value.values()) for value in values(open_text(text), Kind.CONTENTS_ENTRY)]


def said(text: str) -> list[dict]:
    return values(open_text(text), Kind.CLAUSE)


def clause(text: str) -> dict:
    (only,) = said(f"Rules\n\n{text}")
    return only


def published(name: str) -> str | None:
    """The text of a policy as its school published it; without it the test says what it leaves out."""
    source = Path(SOURCES / f"{name}.txt")
    if source.exists():
        return source.read_text(encoding="utf-8")
    warnings.warn(f"Left out: {source} is not beside this clone.", stacklevel=2)
    return None


def test_entries_of_a_contents_page_are_told_from_the_headings_that_they_name():
    assert entries(POLICY) == [
        ("1", "Why we wrote this", "2"),
        ("2", "Our own pages", "2"),
        ("2.1", "What we share", "3"),
        ("3", "Grown-ups who work here", "4"),
        ("4", "Children", "Error! Bookmark not defined"),
        ("5", "Families", ""),
    ]
    assert sections(POLICY) == [
        ("1", "Why we wrote this", 1),
        ("2", "Our own pages", 1),
        ("2.1", "What we share", 2),
        ("3", "Grown-ups who work here", 1),
        ("4", "Children", 1),
        ("5", "Families", 1),
    ]


@pytest.mark.parametrize("between", [" ........ ", "\t", " . . . . . . ", " … … … ", " "])
def test_a_contents_page_is_read_however_its_page_numbers_are_led_to(between):
    text = f"Table of contents\n\nAims{between}1\nOur rules{between}12\nWho helps{between}13\n\nAims\n\nWe aim high."
    assert entries(text) == [("", "Aims", "1"), ("", "Our rules", "12"), ("", "Who helps", "13")]
    assert [title for _, title, _ in sections(text)] == ["Aims"]


def test_a_run_of_entries_without_a_heading_is_a_contents_page_too():
    text = (
        "Our policy\n\nAims .... 1\nOur rules .... 12\nWho helps .... 13\n\nAims\n\nWe aim high, as a school should."
    )
    assert len(entries(text)) == 3


def test_a_text_without_a_contents_page_has_no_entries():
    assert (
        entries("Aims\n\nWe aim high in 2026.\n\nRules\n\n- Staff must be 18\n- Pupils must be 4\n- Be kind at 9")
        == []
    )


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("1. Aims", "1", "Aims"),
        ("1 Aims", "1", "Aims"),
        ("2.1.3 Aims and hopes", "2.1.3", "Aims and hopes"),
        ("Section 4: Aims", "4", "Aims"),
        ("Part B - Aims", "B", "Aims"),
        ("C. Aims", "C", "Aims"),
        ("IV. Aims", "IV", "Aims"),
        ("XII) Aims", "XII", "Aims"),
        ("5. Pupils", "5", "Pupils"),
        ("## Aims", "", "Aims"),
        ("**Aims**", "", "Aims"),
        ("AIMS OF ALL", "", "AIMS OF ALL"),
        ("How we keep safe?".removesuffix("?"), "", "How we keep safe"),
    ],
)
def test_headings_are_told_by_their_number_their_mark_or_how_bare_they_stand(line, number, title):
    text = f"# Social media policy\n\n{line}\n\nAll who work here must follow this policy, wherever they are."
    assert [section[:2] for section in sections(text)] == [(number, title)]


@pytest.mark.parametrize(
    "line",
    [
        "Staff must not do this.",
        "12 November 2025",
        "Approved by the full governing board",
        "Dated 12-10-21 Co-chairs of Governors",
        "www.larkfield.example",
        "The school encourages pupils to",
        "24 hours later",
        "Tel: 01632 960101",
        "and this goes on",
    ],
)
def test_what_only_looks_like_a_heading_is_none(line):
    text = f"# Social media policy\n\nIt has rules.\n\n{line}\n\nAll who work here must follow this policy."
    assert sections(text) == []


def test_headings_that_hang_beneath_others_have_their_depth_counted_without_gaps():
    text = "# **Our policy**\n\n## Aims\n\nWe aim.\n\n#### Staff\n\nThey aim.\n\n## Rules\n\nThere are some."
    assert [(title, level) for _, title, level in sections(text)] == [("Aims", 1), ("Staff", 2), ("Rules", 1)]


def test_the_title_of_the_whole_and_the_school_beneath_it_are_no_sections():
    text = "Social media policy\n\nLarkfield Primary School\n\nAims\n\nWe aim.\n\nPurpose of this policy\n\nIt helps."
    assert [title for _, title, _ in sections(text)] == ["Aims", "Purpose of this policy"]


def test_a_document_without_headings_is_read_as_one_part():
    found = said("All staff must be kind. They should not argue.\n\nPupils must not post photographs.")
    assert [value["text"] for value in found] == [
        "All staff must be kind.",
        "They should not argue.",
        "Pupils must not post photographs.",
    ]
    assert [value["audiences"] for value in found] == [["staff"], ["staff"], ["pupils"]]
    assert [value["code"] for value in found] == ["0-1", "0-2", "0-3"]


def test_each_clause_has_every_field_a_code_of_its_own_and_values_that_the_portal_knows():
    found = said(POLICY)
    assert len({value["code"] for value in found}) == len(found) > 12
    for value in found:
        assert set(value) == FIELDS
        assert value["kind"] in Clause.Kind.values
        assert set(value["audiences"]) <= set(Audience.values)
        assert set(value["about"]) <= {"staff", "pupil", "parent", "community"}
        assert bool(value["about"]) == bool(value["category"])
        assert len(value["code"]) <= 20 and len(value["category"]) <= 120 and len(value["heading"]) <= 150


def test_a_point_of_a_list_is_joined_with_the_words_that_open_it():
    (first, *_, last) = [value for value in said(POLICY) if value["section"] == "3"][:3]
    assert first == {
        "code": "3-1",
        "section": "3",
        "heading": "Grown-ups who work here",
        "kind": "rule",
        "text": "Employees must not: befriend a pupil on a private account",
        "audiences": ["staff"],
        "about": ["staff"],
        "category": "Befriend a pupil on a private account",
    }
    assert last["text"] == "Employees must not: lend their password to anyone"


def test_a_heading_may_open_a_list():
    found = said("## Children must never:\n\n- share a password\n- meet a stranger\n\n## Rules\n\nThere are rules.")
    assert [value["text"] for value in found[:2]] == [
        "Children must never: share a password",
        "Children must never: meet a stranger",
    ]
    assert found[0]["audiences"] == ["pupils"]


def test_numbered_paragraphs_keep_their_number_as_their_section():
    found = said(
        "3. Rules\n\n3.1 Staff must log out.\n\n3.2 Pupils may ask:\n\na) a teacher of theirs\nb) the office staff"
    )
    assert [(value["section"], value["text"]) for value in found] == [
        ("3.1", "Staff must log out."),
        ("3", "Pupils may ask: a teacher of theirs"),
        ("3", "Pupils may ask: the office staff"),
    ]


@pytest.mark.parametrize(
    ("heading", "sentence", "audiences"),
    [
        ("Rules", "Employees must be kind.", ["staff"]),
        ("Rules", "All governors, volunteers and contractors must be kind.", ["staff"]),
        ("Rules", "Students should be kind.", ["pupils"]),
        ("Rules", "Staff, learners and carers are required to be kind.", ["staff", "pupils", "parents"]),
        ("Rules", "We ask parents/carers to be kind to staff.", ["parents"]),
        ("Rules", "The school encourages pupils to be kind to staff.", ["pupils"]),
        ("Rules", "When they write to families, in anger or not, teachers must be kind.", ["staff"]),
        ("Rules", "Everyone must be kind.", ["staff", "pupils", "parents", "community"]),
        ("Rules", "The school will not post photographs of pupils.", ["staff"]),
        ("Rules", "Any message from a pupil will be deleted by nobody.", []),
        ("Guidance for students", "You should be kind.", ["pupils"]),
        ("Use by staff", "Any message from a pupil must be shown to the office.", ["staff"]),
        ("Parents and their children", "You should be kind.", ["parents"]),
    ],
)
def test_whom_a_clause_binds_is_read_from_its_subject_or_its_heading(heading, sentence, audiences):
    assert said(f"# Policy\n\n## {heading}\n\n{sentence}")[0]["audiences"] == audiences


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("Staff must not tag pupils.", "Tag pupils"),
        ("Pupils should never share passwords with friends, even when asked.", "Share passwords with friends"),
        ("Parents may not record staff (unless asked).", "Record staff"),
        ("Do not answer strangers at night.", "Answer strangers at night"),
        ("The use of phones in lessons is not permitted.", "The use of phones in lessons"),
        ("Staff should note that the use of phones in lessons is forbidden.", "Use of phones in lessons"),
        ("Students are not allowed to befriend teachers.", "Befriend teachers"),
        ("Staff must be kind.", ""),
        ("If it cannot be settled, the head will decide.", ""),
        ("The school cannot be held responsible.", ""),
        ("Parents may not always know that.", ""),
        ("If the site does not answer, the head will write again.", ""),
    ],
)
def test_what_a_sentence_forbids_is_the_name_of_its_breach(sentence, category):
    assert category_of(sentence) == category
    assert clause(sentence)["category"] == category


def test_examples_of_misuse_are_breaches_though_no_word_forbids_them():
    found = said(
        "Families\n\nThe school considers the following uses inappropriate:\n\n- Posting threats\n- Posting lies"
    )
    assert [value["category"] for value in found] == ["Posting threats", "Posting lies"]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Staff must be kind.", "rule"),
        ("Social media means any page on which people talk.", "information"),
        ("Worries must be reported to the safeguarding lead.", "routing"),
        ("This policy will be reviewed every year.", "review"),
        ("The head will answer within 24 hours.", "deadline"),
        ("New staff will be given training in it.", "training"),
        ("The accounts are managed by the office.", "access"),
        ("Our official channels are listed here.", "register"),
        ("Breaches will be dealt with under the conduct procedure.", "workflow"),
        ("All incidents are logged and kept.", "record"),
    ],
)
def test_the_kind_of_a_clause_is_read_from_its_words(sentence, kind):
    assert kind_of(sentence) == kind


def test_lines_of_the_approval_and_headers_are_no_clauses():
    found = said("Our policy\n\nApproved by: The full governing board\n\nAims\n\nStaff must aim.")
    assert [value["text"] for value in found] == ["Staff must aim."]


def test_the_place_of_a_clause_is_the_words_that_it_was_read_from():
    document = open_text(POLICY)
    for fact in clauses.find(document):
        assert fact.value["text"].endswith(document.quoted(fact.place))


def test_the_published_policy_with_a_missing_section_shows_the_others_and_every_entry():
    if text := published("pennine-way"):
        numbers = [number for number, _, _ in sections(text)]
        assert numbers == ["1", "1.1", "2", "2.1", "2.3", "2.4", "3", "4", "5", "5.1", "6", "7", "8"]
        assert [(number, page) for number, _, page in entries(text)] == list(
            zip("12345678", ["2", "", "4", "4", "4", "5", "5", "5"], strict=True)
        )


def test_the_published_policy_with_a_broken_entry_shows_it_and_its_stray_bullet():
    if text := published("croftlands"):
        assert entries(text)[5] == ("6", "Training and awareness", "Error! Bookmark not defined")
        assert entries(text)[7] == ("8", "Related policies", "")
        assert [number for number, _, _ in sections(text)][-3:] == ["5.1", "6", "8"]
        assert [block.text for block in open_text(text).blocks if block.text == "•"] == ["•"]
        assert len(open_text(text).headers) == 3


def test_published_policies_without_numbers_show_their_headings():
    if text := published("mill-lane"):
        titles = [title for _, title, _ in sections(text)]
        assert titles[:3] == ["Statement of intent", "Purpose of the policy", "Roles, responsibilities and procedure"]
        assert (len(titles), titles[-1]) == (15, "Legislation")
        assert entries(text) == []
    if text := published("heathcoat"):
        titles = [title for _, title, _ in sections(text)]
        assert (len(titles), titles[0], titles[-1]) == (11, "Statement of intent", "Evaluation")
    if text := published("the-grange"):
        titles = [title for _, title, _ in sections(text)]
        assert (len(titles), titles[-1]) == (6, "Further questions")
