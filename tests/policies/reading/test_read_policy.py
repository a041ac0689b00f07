"""The command that prints what a policy says."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from policies.models import Proposal, Reading
from policies.reading.opening import MOST_BYTES, open_text
from policies.reading.reader import facts_of
from tests.policies.reading import making
from tests.policies.reading.making import POLICY


@pytest.fixture
def policy(tmp_path):
    file = tmp_path / "policy.md"
    file.write_text(POLICY, encoding="utf-8")
    return file


def printed(*arguments) -> str:
    out = StringIO()
    call_command("read_policy", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_json_gives_every_fact_with_its_place_its_words_how_surely_and_why(policy):
    answer = json.loads(printed(policy, "--json"))
    document = open_text(POLICY)
    assert (answer["file"], answer["kind"]) == ("policy.md", "markdown")
    assert len(answer["facts"]) == len(facts_of(document))
    for fact in answer["facts"]:
        assert set(fact) == {"kind", "value", "place", "quote", "confidence", "reason"}
        assert 0 < fact["confidence"] <= 100 and fact["reason"].endswith((".", "?"))
        place = fact["place"]
        if place:
            assert document.blocks[place["block"]].text[place["start"] : place["end"]] == fact["quote"]
        else:
            assert fact["value"] is None


def test_json_of_a_pdf_tells_the_page(policy, tmp_path):
    file = tmp_path / "policy.pdf"
    file.write_bytes(making.as_pdf(open_text(making.plain(POLICY))))
    answer = json.loads(printed(file, "--json"))
    assert {fact["place"]["page"] for fact in answer["facts"] if fact["place"]} == {1, 2}


def test_without_json_a_person_can_read_it(policy):
    lines = printed(policy).splitlines()
    assert lines[0].startswith("policy.md: ")
    assert lines[1].split() == ["kind", "sure", "where", "what"]
    section = next(line for line in lines if line.startswith("section"))
    assert "95%" in section and "¶" in section and "number: 1; title: Why we wrote this; level: 1" in section
    assert any("not stated" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("policy.pdf", b"%PDF-1.7 rubbish", "damaged"),
        ("policy.txt", b"", "empty"),
        ("policy.txt", b"Dear all, the fair is on Saturday.", "too little text"),
        ("policy.png", b"\x89PNG\r\n\x1a\n1234", "cannot be read"),
        ("policy.txt", b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_a_reason(tmp_path, name, content, why):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CommandError, match=why) as refused:
        printed(file, "--json")
    assert refused.value.returncode == 1


def test_a_file_that_is_not_there_ends_with_a_reason(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        printed(tmp_path / "gone.docx")
    with pytest.raises(CommandError, match="directory"):
        printed(tmp_path)


def test_nothing_is_stored(db, policy):
    printed(policy)
    assert not Reading.objects.exists() and not Proposal.objects.exists()
