"""The seal of a row and the chain over all rows: the same on every database, never forked, never behind."""

import json
import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import AccessLog, School, User
from channels_mgmt.models import Channel, Platform
from policies.services import record_policy
from policyportal.lib import chain
from policyportal.lib.append_only import rewriting
from policyportal.lib.models import Heartbeat, Seal, SealedRow, SealForm, SealMark
from policyportal.lib.sealing import canonical, form_of, seal_of, text_of
from policyportal.lib.verifying import FORGED, NO_CHAIN, UNSEALED, Finding, Proof
from policyportal.lib.workflow import save_as


def findings(**options) -> list[Finding]:
    return list(Proof(**options).findings())


def text_as_read(row: models.Model) -> str:
    form = form_of(type(row))
    return form.text_of(type(row).objects.values_list(*form.columns).get(pk=row.pk))


def looked_at(cast, **facts) -> AccessLog:
    return AccessLog.objects.create(
        school=cast.school(), user=cast.user("dsl"), model="incident", object_id=uuid4(), shown="evidence", **facts
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        ("é\n", '"\\u00e9\\n"'),
        (UUID(int=1), '"00000000000000000000000000000001"'),
        (date(2026, 11, 21), '"2026-11-21"'),
        (time(9, 30), '"09:30:00"'),
        (datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=1))), '"2026-07-01T08:00:00.000000+00:00"'),
        (datetime(2026, 7, 1, 8, 0, 0, 5, tzinfo=UTC), '"2026-07-01T08:00:00.000005+00:00"'),
        (timedelta(seconds=1), '"1000000"'),
        (Decimal("1.50"), '"1.5"'),
        (b"\x01", '"01"'),
        ({"b": [1, 2], "a": None}, '{"a":null,"b":[1,2]}'),
    ],
)
def test_each_kind_of_value_has_one_text(value, text):
    assert canonical(value) == text


def test_a_value_without_a_canonical_form_is_refused_and_not_sealed_by_chance():
    with pytest.raises(TypeError):
        canonical(object())


def test_every_row_of_the_history_reads_back_as_it_was_sealed(cast):
    sealed = 0
    for source in chain.sources():
        for row in chain.read(source, source.batches(source.rows())):
            form = chain.form_sealed_with(source, row.seal)
            assert form.is_seal_of(row.seal, row.text(form)), (source.table, row.pk)
            sealed += 1
    assert sealed > 100


BRIEFLY = hypothesis_settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text('aé"\\ ☃', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abé", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(labels=DOCUMENTS.filter(lambda document: document is not None))
@BRIEFLY
def test_whatever_document_is_stored_reads_back_as_it_was_sealed(cast, labels):
    with transaction.atomic():
        school = cast.school()
        school.role_labels = labels
        save_as(school, None, "A test")
        row = school.history.latest()
        assert text_as_read(row) == text_of(row)
        transaction.set_rollback(True)


@given(words=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
@BRIEFLY
def test_whatever_words_are_stored_read_back_as_they_were_sealed(cast, words):
    with transaction.atomic():
        log = looked_at(cast, reason=words)
        assert text_as_read(log) == text_of(log)
        transaction.set_rollback(True)


def test_values_that_were_set_as_text_are_sealed_as_what_they_become(cast):
    post = cast.teacher
    post.starts_on, post.seniority, post.school_id = "2025-09-01", "7", str(post.school_id)
    save_as(post, None, "")
    row = post.history.latest()
    assert form_of(type(row)).is_seal_of(row.history_seal, text_as_read(row))


def test_two_rows_alike_have_different_seals(cast):
    row = cast.school().history.latest()
    assert seal_of(row) != seal_of(row)


def test_another_key_knows_no_seal(cast, settings):
    row = cast.school().history.latest()
    form = form_of(type(row))
    assert form.is_seal_of(row.history_seal, text_as_read(row))
    settings.AUDIT_KEY = "the key of another portal"
    assert not form.is_seal_of(row.history_seal, text_as_read(row))


@pytest.mark.parametrize("seal", ["", "nonsense", "..", "a.b.c", "a.b.ç"])
def test_a_seal_that_is_none_is_no_seal(cast, seal):
    row = cast.school().history.latest()
    assert not form_of(type(row)).is_seal_of(seal, text_as_read(row))


def test_each_row_gets_one_link_and_a_second_run_adds_none(cast):
    rows = sum(source.rows().count() for source in chain.sources())
    assert chain.seal_new_rows() == rows
    assert Seal.objects.count() == rows + 1
    assert chain.seal_new_rows() == 0
    assert findings() == []


def test_rows_written_later_follow_in_the_chain(cast):
    chain.seal_new_rows()
    before = chain.last_link()
    looked_at(cast)
    school = cast.school()
    school.motto = "Onwards"
    save_as(school, None, "A new motto")
    assert chain.seal_new_rows() == 2
    first, second = Seal.objects.filter(number__gt=before.number).order_by("number")
    assert (first.previous, second.previous) == (before.hash, first.hash)
    assert {first.table, second.table} == {AccessLog._meta.db_table, School.history.model._meta.db_table}
    assert findings() == []


def test_a_lower_number_that_is_committed_late_is_not_lost(cast):
    """PostgreSQL gives out numbers before rows are committed, so that a lower one may come after a higher one."""
    model = School.history.model
    row = cast.school().history.latest()
    spare = model.objects.latest("history_id").pk + 1
    row.pk = spare + 1
    row.history_seal = seal_of(row)
    model.objects.bulk_create([row])
    chain.seal_new_rows()
    row.pk = spare
    row.history_seal = seal_of(row)
    model.objects.bulk_create([row])
    assert chain.seal_new_rows() == 1
    assert chain.last_link().row == str(spare)


def test_what_settled_is_searched_again_each_night_only(cast):
    model = School.history.model
    chain.seal_new_rows()
    SealMark.objects.update(moved_at=clock.now() - chain.SETTLING)
    chain.seal_new_rows()
    assert SealMark.objects.get(table=model._meta.db_table).floor
    row = model.objects.order_by("history_id").first()
    row.pk = 0
    row.history_seal = seal_of(row)
    model.objects.bulk_create([row])
    assert chain.seal_new_rows() == 0
    assert [finding.words for finding in findings()] == []
    assert chain.seal_new_rows(everywhere=True) == 1


def test_a_run_stops_after_its_share_and_the_next_goes_on(cast, monkeypatch):
    rows = sum(source.rows().count() for source in chain.sources())
    monkeypatch.setattr(chain, "BATCH", 20)
    monkeypatch.setattr(chain, "MOST_IN_A_RUN", 40)
    assert chain.seal_new_rows() == 40
    monkeypatch.setattr(chain, "MOST_IN_A_RUN", 20_000)
    assert chain.seal_new_rows() == rows - 40
    assert findings() == []


def test_when_nothing_is_new_the_number_of_statements_does_not_grow_with_rows(cast):
    looked_at(cast)
    chain.seal_new_rows()
    with CaptureQueriesContext(connection) as few:
        chain.seal_new_rows()
    for turn in range(20):
        looked_at(cast, reason=str(turn))
    chain.seal_new_rows()
    with CaptureQueriesContext(connection) as many:
        chain.seal_new_rows()
    assert len(many) == len(few)


def test_members_of_a_row_are_in_its_link(cast, planted_policy):
    chain.seal_new_rows()
    model = type(planted_policy.history.latest()).schools.model
    member = model.objects.filter(history__id=planted_policy.pk).latest("pk")
    with rewriting():
        model.objects.filter(pk=member.pk).update(school_id=cast.school("riverside").pk)
    [found] = findings()
    assert (found.table, found.thing) == ("policies_historicalpolicy", str(planted_policy.pk))


@pytest.fixture
def planted_policy(cast):
    return record_policy(title="Social media", schools=[cast.school()], by=cast.headteacher)


def test_rows_from_before_the_seal_are_taken_as_they_are_and_none_after_them(cast):
    model = School.history.model
    with rewriting():
        model.objects.update(history_seal=None)
    chain.seal_new_rows()
    note = json.loads(Seal.objects.get(number=1).note)
    assert note == {model._meta.db_table: [3, max(model.objects.values_list("pk", flat=True))]}
    assert findings() == []
    row = model.objects.first()
    row.pk, row.history_seal = None, None
    model.objects.bulk_create([row])
    assert [found.words for found in findings()] == [UNSEALED]
    chain.seal_new_rows()
    assert [found.words for found in findings()] == [UNSEALED]


def test_a_row_from_before_that_is_put_in_below_the_others_is_found(cast):
    model = School.history.model
    with rewriting():
        model.objects.update(history_seal=None)
    chain.seal_new_rows()
    row = model.objects.order_by("history_id").first()
    row.pk = 0
    model.objects.bulk_create([row])
    assert [found.words for found in findings()] == [UNSEALED]


def test_a_column_that_is_added_later_breaks_no_older_seal(cast, monkeypatch):
    model = School.history.model
    now = form_of(model)
    older = form_of(model, tuple(name for name in now.columns if name != "motto"))
    row = cast.school().history.latest()
    row.pk = None
    row.history_seal = older.seal(older.text_of(getattr(row, name) for name in older.columns))
    model.objects.bulk_create([row])
    assert [found.words for found in findings()] == [NO_CHAIN, FORGED]
    SealForm.objects.create(table=now.table, fingerprint=older.fingerprint, columns=list(older.columns))
    chain._older_forms.cache_clear()
    chain.seal_new_rows()
    assert findings() == []
    chain._older_forms.cache_clear()


def test_the_columns_of_every_table_are_kept_after_a_migration(db):
    SealForm.objects.count()
    chain.record_forms()
    kept = set(SealForm.objects.values_list("table", "fingerprint"))
    assert kept == {(source.table, form_of(source.model).fingerprint) for source in chain.sources()}
    chain.record_forms()
    assert SealForm.objects.count() == len(kept)


def test_a_chain_that_was_removed_is_not_begun_anew_and_gives_no_sign_of_life(cast, caplog):
    chain.seal_new_rows()
    Heartbeat.objects.filter(name=chain.BEAT).delete()
    with rewriting():
        Seal.objects.all().delete()
    assert chain.seal_new_rows() == 0
    assert not Seal.objects.exists()
    assert not Heartbeat.objects.filter(name=chain.BEAT).exists()
    assert "cannot be sealed" in caplog.text
    assert NO_CHAIN in {found.words for found in findings()}


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_time_do_not_fork_the_chain(cast):
    together = threading.Barrier(4)

    def run():
        together.wait()
        chain.seal_new_rows()
        connections.close_all()

    workers = [threading.Thread(target=run) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    chain.seal_new_rows()
    rows = sum(source.rows().count() for source in chain.sources())
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == list(range(1, rows + 2))
    assert findings() == []


def test_every_table_of_the_history_is_a_source(db):
    tables = {source.table for source in chain.sources()}
    assert {User.history.model._meta.db_table, AccessLog._meta.db_table} <= tables
    assert all(issubclass(source.model, SealedRow) or source.model is AccessLog for source in chain.sources())
    with_history = {model.history.model._meta.db_table for model in (Channel, Platform, School)}
    assert with_history <= tables
