"""The head of the sealed history: kept outside the database once a day, and proved against what is there."""

import re
import tracemalloc
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AccessLog, Membership, School
from policyportal.due import run_due
from policyportal.lib import chain
from policyportal.lib.append_only import rewriting
from policyportal.lib.models import AuditCheck, OutboxMail, Seal, SealHead
from policyportal.lib.sealing import seal_of
from policyportal.lib.verifying import Head
from policyportal.lib.workflow import save_as
from policyportal.seals import HeadsUnreadable, heads_file, keep_head, read_heads


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def audit(*words):
    """Run the command and return what it said and whether it found fault."""
    said = StringIO()
    try:
        call_command("audit", *words, stdout=said)
    except CommandError as error:
        return said.getvalue() + str(error), error.returncode
    return said.getvalue(), 0


def seal_mails():
    return OutboxMail.objects.filter(dedupe_key__startswith="seal-head:")


def test_the_head_is_kept_once_a_day_in_a_file_of_its_own(cast):
    chain.seal_new_rows()
    assert keep_head() == 1
    last = chain.last_link()
    assert list(read_heads(heads_file())) == [Head(SealHead.objects.get().day, last.number, last.hash)]
    save_as(cast.school(), None, "Later that day")
    chain.seal_new_rows()
    assert keep_head() == 0
    assert heads_file().stat().st_mode & 0o077 == 0
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert keep_head() == 1
    first, second = read_heads(heads_file())
    assert second.day - first.day == timedelta(days=1)
    assert second.number == first.number + 1


def test_the_head_goes_to_whom_the_school_chose_and_its_subject_holds_the_day_and_the_hash(cast):
    run_due()
    head = SealHead.objects.get()
    sent = [one for one in mail.outbox if head.hash in one.subject]
    assert {one.to[0] for one in sent} == {
        f"{name}@{school}.example" for name in ("chidi", "paula") for school in ("oakfield", "elmwood", "riverside")
    }
    assert len(sent) == 6
    [subject] = {one.subject for one in sent}
    assert subject == f"Keep this mail: history sealed {head.day:%-d %B %Y}: {head.hash}"
    assert not re.search(r"\d{5,}", sent[0].body.replace("localhost:8000", ""))


def test_a_subject_of_the_longest_day_fits(cast):
    head = SealHead(day=date(2026, 9, 30), number=10**12, hash="f" * 64)
    assert len(f"Keep this mail: history sealed {head.day:%-d %B %Y}: {head.hash}") < 120


def test_a_school_that_chose_others_mails_them(cast):
    for school in School.objects.all():
        school.seal_roles = ["governor"] if school.slug == "oakfield" else []
        save_as(school, None, "Chosen")
    chain.seal_new_rows()
    keep_head()
    assert [one.to.email for one in seal_mails()] == ["grace@oakfield.example"]


def test_a_person_of_two_schools_gets_one_mail_a_day(cast):
    save_as(Membership(school=cast.school("elmwood"), user=cast.user("chair"), role="dpo"), None, "Helps out")
    chain.seal_new_rows()
    keep_head()
    keep_head()
    assert seal_mails().filter(to=cast.user("chair")).count() == 1


def test_no_head_is_kept_of_a_chain_that_was_not_begun(db):
    assert keep_head() == 0
    assert not SealHead.objects.exists()


def test_a_file_that_cannot_be_written_is_tried_again_and_stops_nothing(cast, folder, caplog):
    (folder / "seal-heads").write_text("in the way")
    run_due()
    assert "was not written" in caplog.text
    assert SealHead.objects.exists()
    (folder / "seal-heads").unlink()
    assert keep_head() == 1


@pytest.mark.parametrize("line", ["nonsense", "2026-11-21", "2026-11-21 5 short", "2026-13-01 5 " + "0" * 64])
def test_a_file_with_a_line_that_is_no_head_is_refused(folder, line):
    path = folder / "heads.txt"
    path.write_text(f"2026-11-20 5 {'0' * 64}\n\n{line}\n")
    with pytest.raises(HeadsUnreadable, match="Line 3"):
        list(read_heads(path))


def test_the_command_says_that_all_is_well_and_keeps_that_it_looked(cast):
    run_due()
    said, code = audit("verify")
    assert code == 0
    assert "Everything is as the portal wrote it." in said
    assert AuditCheck.objects.filter(kind=AuditCheck.Kind.CHAIN, found=0).count() == 1
    assert "against 1 heads" in said


def test_the_command_names_the_first_broken_row_and_ends_with_one(cast):
    run_due()
    row = School.history.order_by("history_id").first()
    with rewriting():
        School.history.filter(pk=row.pk).update(name="CANARY")
    said, code = audit("verify")
    assert code == 1
    assert said.startswith(
        "First fault: The row was changed after it was written. "
        f"(table accounts_historicalschool, thing {row.id}, row {row.pk}, link "
    )
    assert "2 faults" in said
    assert "CANARY" not in said
    assert "Verified:" in audit("status")[0]


def test_the_command_finds_a_tail_that_is_gone_by_the_file_of_heads(cast, folder):
    run_due()
    kept = heads_file().read_text()
    with rewriting():
        Seal.objects.filter(number__gt=Seal.objects.count() - 5).delete()
        SealHead.objects.all().delete()
    said, code = audit("verify")
    assert (code, "The end of the chain is missing" in said) == (1, True)
    heads_file().unlink()
    assert audit("verify")[1] == 0
    elsewhere = folder / "from-my-mail.txt"
    day, _, digest = kept.split()
    elsewhere.write_text(f"{day} {digest}\n")
    assert audit("verify", "--heads", str(elsewhere))[1] == 1


def test_the_command_may_begin_at_a_head(cast):
    run_due()
    row = School.history.order_by("history_id").first()
    with rewriting():
        School.history.filter(pk=row.pk).update(history_change_reason="Before the head")
    today = SealHead.objects.get().day.isoformat()
    assert audit("verify", "--since", today)[1] == 0
    assert not AuditCheck.objects.filter(kind=AuditCheck.Kind.CHAIN).exists()
    assert "No head was kept" in audit("verify", "--since", "2020-01-01")[0]
    assert "write it as 2026-11-21" in audit("verify", "--since", "yesterday")[0]


def test_the_command_refuses_a_file_of_heads_that_is_not_there(cast, folder):
    said, code = audit("verify", "--heads", str(folder / "nowhere.txt"))
    assert (code, "nowhere.txt" in said) == (1, True)


def test_the_status_says_what_stands_and_what_never_happened(cast):
    said, _ = audit("status")
    assert said.splitlines() == [
        "Sealed: never, which is too long ago",
        "Last head: none",
        "Verified: never",
        "Records compared: never",
        "Triggers: in place",
    ]
    run_due()
    said, _ = audit("status")
    assert SealHead.objects.get().hash in said
    assert "Records compared: never" not in said


def test_a_verification_takes_no_more_memory_for_more_rows(cast):
    """Whatever there is to read is read in batches: no list of it grows."""
    school, user = cast.school(), cast.user("dsl")
    look_often(school, user, 1000)
    few = peak()
    look_often(school, user, 2000)
    assert peak() < few * 1.3


def look_often(school, user, times):
    looks = [
        AccessLog(school=school, user=user, model="incident", object_id=uuid4(), shown="evidence", reason=str(turn))
        for turn in range(times)
    ]
    for one in looks:
        one.seal = seal_of(one)
    AccessLog.objects.bulk_create(looks)
    chain.seal_new_rows()


def peak():
    tracemalloc.start()
    assert audit("verify")[1] == 0
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
