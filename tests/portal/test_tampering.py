"""An attacker who owns the database: fourteen ways to rewrite the past, twenty times each, and every one is told.

The attacker drops the triggers and writes SQL; the key, and what was kept outside the database, are out of reach. A
trial is found when the verification names its row, so that the missing triggers alone count for nothing.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connection, models, transaction
from django.test import override_settings

from accounts.models import AccessLog, Membership, School
from policyportal.lib import chain
from policyportal.lib.append_only import append_only_models, triggers_of
from policyportal.lib.drift import drifts, tracked_models
from policyportal.lib.models import Seal, SealedRow, SealHead
from policyportal.lib.sealing import form_of, seal_of
from policyportal.lib.verifying import HEAD_DIFFERS, LINK_CHANGED, LINKS_GONE, TAIL_GONE, UNGUARDED, Head, Proof
from policyportal.lib.workflow import save_as
from tests.cast import SCHOOLS

TRIALS = 20
CLEAN = 10_000
SEED = 20261121

Named = tuple[str, str]


def quote(name: str) -> str:
    return connection.ops.quote_name(name)


def run(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(model: type[models.Model], pk, /, **values) -> None:
    """Change columns of one row with SQL."""
    table, key = model._meta.db_table, model._meta.pk
    columns = [(model._meta.get_field(name), value) for name, value in values.items()]
    assigned = ", ".join(f"{quote(field.column)} = %s" for field, _ in columns)
    given = [field.get_db_prep_save(value, connection) for field, value in columns]
    run(
        f"UPDATE {quote(table)} SET {assigned} WHERE {quote(key.column)} = %s",
        *given,
        key.get_db_prep_value(pk, connection),
    )


def remove(model: type[models.Model], pk) -> None:
    key = model._meta.pk
    run(
        f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(key.column)} = %s",
        key.get_db_prep_value(pk, connection),
    )


def put_in(model: type[models.Model], row: models.Model) -> None:
    """Put a row in with SQL, sealed or not."""
    fields = model._meta.concrete_fields
    columns = ", ".join(quote(field.column) for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    run(
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(values))})",
        *values,
    )


def without_constraints(model: type[models.Model]) -> None:
    """Take away what keeps two rows from having one seal."""
    table = quote(model._meta.db_table)
    if connection.vendor == "sqlite":
        run(f"CREATE TABLE loosened AS SELECT * FROM {table}")
        run(f"DROP TABLE {table}")
        run(f"ALTER TABLE loosened RENAME TO {table}")
        return
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    for name, facts in constraints.items():
        if facts["columns"] == [model.SEAL] and facts["unique"]:
            run(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}")


@contextmanager
def attack() -> Iterator[None]:
    """Drop every trigger; whatever is done is undone afterwards."""
    with transaction.atomic():
        for model in append_only_models():
            for name in triggers_of(model, connection):
                on = f" ON {quote(model._meta.db_table)}" if connection.vendor == "postgresql" else ""
                run(f"DROP TRIGGER {quote(name)}{on}")
        yield
        transaction.set_rollback(True)


def other(field: models.Field, value, chance: random.Random):
    """Return another value that the column takes."""
    if field.is_relation:
        return uuid4()
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return (value or 0) + chance.randint(1, 9)
    if isinstance(field, models.JSONField):
        return [value, chance.randint(0, 9)]
    if isinstance(field, models.DateTimeField):
        return (value or datetime.fromisoformat("2026-11-21T12:00:00+00:00")) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or date(2026, 11, 21)) + timedelta(days=1)
    if isinstance(field, models.TimeField):
        return time(chance.randint(0, 5), 30, 1)
    if isinstance(field, models.UUIDField):
        return uuid4()
    letter = chance.choice("abcdefg".replace((value or " ")[-1], ""))
    return f"{(value or '')[: (field.max_length or 1000) - 1]}{letter}"


class Ground:
    """A sealed history, its head kept elsewhere, and the rows to choose from."""

    def __init__(self) -> None:
        chain.seal_new_rows()
        last = chain.last_link()
        self.heads = [Head(date(2026, 11, 20), last.number, last.hash)]
        self.chance = random.Random(SEED)
        self.keys = {source: list(source.rows().values_list("pk", flat=True)) for source in chain.sources()}

    def tables(self, least: int = 1) -> list[chain.Source]:
        """Return `TRIALS` tables with so many rows, none twice."""
        fit = [source for source, keys in self.keys.items() if len(keys) >= least and source.model is not AccessLog]
        return self.chance.sample(fit, TRIALS)

    def rows(self) -> list[tuple[chain.Source, models.Model]]:
        """Return `TRIALS` rows, none twice."""
        every = [(source, key) for source, keys in self.keys.items() for key in keys]
        return [(source, source.model.objects.get(pk=key)) for source, key in self.chance.sample(every, TRIALS)]

    def told(self, **options) -> set[Named]:
        """Return the rows that a verification names."""
        return {(found.table, found.row) for found in self.findings(**options)}

    def findings(self, **options) -> list:
        """Return what a verification finds besides the dropped triggers."""
        proof = Proof(**{"heads": self.heads} | options)
        return [found for found in proof.findings() if found.words != UNGUARDED]


@pytest.fixture(scope="module")
def ground(stage_of_module, django_db_blocker) -> Ground:
    """One of everything in three schools, and looks at it: made once, because every attack is undone."""
    cast = stage_of_module.cast
    with django_db_blocker.unblock():
        for school in SCHOOLS:
            for turn in range(TRIALS):
                look_at(cast, school, f"Reason {turn}").save()
        return Ground()


def look_at(cast, school: str = "oakfield", reason: str = "") -> AccessLog:
    return AccessLog(
        school=cast.school(school),
        user=cast.user("dsl", school),
        model="incident",
        object_id=uuid4(),
        shown="evidence",
        reason=reason,
    )


@pytest.fixture
def sealed(ground, db) -> Ground:
    return ground


def row_key(source: chain.Source, pk) -> Named:
    return source.table, str(pk)


def edit_a_column(ground: Ground) -> set[Named]:
    edited = set()
    for source, row in ground.rows():
        field = ground.chance.choice([f for f in source.model._meta.concrete_fields if not f.primary_key])
        write(source.model, row.pk, **{field.attname: other(field, getattr(row, field.attname), ground.chance)})
        edited.add(row_key(source, row.pk))
    return edited


def delete_row_at(place: Callable[[list], int]) -> Callable[[Ground], set[Named]]:
    def delete(ground: Ground) -> set[Named]:
        deleted = set()
        for source in ground.tables(2):
            pk = ground.keys[source][place(ground.keys[source])]
            remove(source.model, pk)
            deleted.add(row_key(source, pk))
        return deleted

    return delete


def reorder(ground: Ground) -> set[Named]:
    moved = set()
    for source in ground.tables(2):
        one, two = ground.chance.sample(ground.keys[source], 2)
        for old, new in ((one, -1), (two, one), (-1, two)):
            run(f"UPDATE {quote(source.table)} SET history_id = %s WHERE history_id = %s", new, old)
        moved |= {row_key(source, one), row_key(source, two)}
    return moved


def duplicate(ground: Ground) -> set[Named]:
    copies = set()
    for source in ground.tables():
        row = source.model.objects.get(pk=ground.chance.choice(ground.keys[source]))
        without_constraints(source.model)
        row.pk = max(ground.keys[source]) + ground.chance.randint(1, 5)
        put_in(source.model, row)
        copies.add(row_key(source, row.pk))
    return copies


def insert(ground: Ground) -> set[Named]:
    inserted = set()
    stolen = AccessLog.objects.first().seal
    for number, source in enumerate(ground.tables()):
        row = source.model.objects.get(pk=ground.chance.choice(ground.keys[source]))
        row.pk = max(ground.keys[source]) + 1
        row.history_change_reason = "Never said"
        with override_settings(AUDIT_KEY="a guess"):
            forged = seal_of(row)
        row.history_seal = [None, "nonsense", stolen, forged][number % 4]
        put_in(source.model, row)
        inserted.add(row_key(source, row.pk))
    return inserted


def swap_between_schools(ground: Ground) -> set[Named]:
    swapped = set()
    of_schools = [s for s in ground.keys if any(f.name == "school" for f in s.model._meta.fields)]
    pairs = []
    for source in of_schools:
        by_school: dict[UUID, list] = {}
        for pk, school in source.rows().values_list("pk", "school_id"):
            by_school.setdefault(school, []).append(pk)
        if len(by_school) >= 2:
            (one, ones), (two, twos) = list(by_school.items())[:2]
            pairs += [(source, a, b, one, two) for a, b in zip(ones, twos, strict=False)]
    for source, a, b, one, two in ground.chance.sample(pairs, TRIALS):
        write(source.model, a, school_id=two)
        write(source.model, b, school_id=one)
        swapped |= {row_key(source, a), row_key(source, b)}
    return swapped


def restore_an_older_table(ground: Ground) -> set[Named]:
    lost = set()
    for source in ground.tables(2):
        keys, table = ground.keys[source], quote(source.table)
        kept = ground.chance.randrange(len(keys))
        run(f"CREATE TEMPORARY TABLE older AS SELECT * FROM {table} WHERE history_id < %s", keys[kept])
        run(f"DELETE FROM {table}")
        run(f"INSERT INTO {table} SELECT * FROM older")
        run("DROP TABLE older")
        lost |= {row_key(source, pk) for pk in keys[kept:]}
    return lost


def recompute_without_the_key(ground: Ground) -> set[Named]:
    """Edit rows, seal them anew and link the whole chain again, all of it with a key that is not the portal's."""
    edited = set()
    with override_settings(AUDIT_KEY="a guess"):
        for source, row in ground.rows():
            field = source.model._meta.get_field(source.model.WHEN)
            setattr(row, field.attname, other(field, getattr(row, field.attname), ground.chance))
            write(
                source.model, row.pk, **{field.attname: getattr(row, field.attname), source.model.SEAL: seal_of(row)}
            )
            edited.add(row_key(source, row.pk))
        by_table = {source.table: source for source in ground.keys}
        previous = ""
        for link in Seal.objects.order_by("number"):
            if link.table:
                source = by_table[link.table]
                [row] = chain.read(source, [[link.row]])
                link.digest = row.digest(form_of(source.model))
            link.previous = previous
            link.hash = previous = chain.hash_of(link)
            write(Seal, link.number, digest=link.digest, previous=link.previous, hash=link.hash)
    return edited


def change_the_view_log(ground: Ground) -> set[Named]:
    changed = set()
    looks = list(AccessLog.objects.all())
    source = next(source for source in ground.keys if source.model is AccessLog)
    for number, look in enumerate(ground.chance.sample(looks, TRIALS)):
        if number % 4 == 0:
            remove(AccessLog, look.pk)
            changed.add((source.table, look.pk.hex))
        else:
            name = ["user_id", "reason", "at"][number % 3]
            field = AccessLog._meta.get_field(name)
            replaced = ground.chance.choice([one.user_id for one in looks if one.user_id != look.user_id])
            value = replaced if name == "user_id" else other(field, getattr(look, name), ground.chance)
            write(AccessLog, look.pk, **{name: value})
            changed.add(row_key(source, look.pk))
    return changed


def replace_a_value_by_another_rows(ground: Ground) -> set[Named]:
    replaced = set()
    choices = []
    for source in ground.keys:
        words = [f.attname for f in source.model._meta.fields if isinstance(f, models.CharField | models.TextField)]
        words.remove(source.model.SEAL)
        rows = list(source.rows().values("pk", *words))
        for name in words:
            pairs = [
                (a, b)
                for a, b in zip(rows, rows[1:], strict=False)
                if a[name] != b[name] and None not in (a[name], b[name])
            ]
            choices += [(source, a["pk"], name, b[name]) for a, b in pairs]
    for source, pk, name, value in ground.chance.sample(choices, TRIALS):
        write(source.model, pk, **{name: value})
        replaced.add(row_key(source, pk))
    return replaced


ATTACKS = [
    edit_a_column,
    delete_row_at(lambda keys: 0),
    delete_row_at(lambda keys: len(keys) // 2),
    delete_row_at(lambda keys: -1),
    reorder,
    duplicate,
    insert,
    swap_between_schools,
    restore_an_older_table,
    recompute_without_the_key,
    change_the_view_log,
    replace_a_value_by_another_rows,
]
NAMES = [
    "a column is edited",
    "the first row is deleted",
    "a row in the middle is deleted",
    "the last row is deleted",
    "rows are reordered",
    "rows are duplicated",
    "rows are inserted",
    "rows are swapped between schools",
    "an older table is restored",
    "history is edited and all is computed anew without the key",
    "the view log is changed",
    "a value is replaced by another row's",
]


def test_every_way_of_rewriting_rows_is_told_row_by_row(sealed):
    assert sealed.findings() == []
    missed = {}
    for name, attempt in zip(NAMES, ATTACKS, strict=True):
        with attack():
            tried = attempt(sealed)
            assert len(tried) >= TRIALS, name
            missed[name] = tried - sealed.told()
    assert {name: rows for name, rows in missed.items() if rows} == {}
    assert sealed.findings() == []


def test_a_record_edited_without_history_is_told(sealed):
    every = [(model, pk) for model in tracked_models() for pk in model._base_manager.values_list("pk", flat=True)]
    assert list(drifts()) == []
    tried = set()
    with transaction.atomic():
        for model, pk in sealed.chance.sample(every, TRIALS):
            told = {field.attname for field in model.history.model._meta.fields}
            fields = [f for f in model._meta.concrete_fields if f.attname in told and not f.is_relation]
            field = sealed.chance.choice(
                [f for f in fields if f.get_internal_type() in ("DateTimeField", "TextField")]
            )
            value = getattr(model._base_manager.get(pk=pk), field.attname)
            write(model, pk, **{field.attname: other(field, value, sealed.chance)})
            tried.add((model._meta.db_table, str(pk)))
        assert tried - {(drift.table, drift.thing) for drift in drifts()} == set()
        transaction.set_rollback(True)


def test_a_tail_cut_off_is_told_by_the_head_kept_elsewhere_and_by_nothing_else(sealed):
    end = sealed.heads[0].number
    for trial in range(TRIALS):
        cut = sealed.chance.randint(1, 15)
        with attack():
            for link in Seal.objects.filter(number__gt=end - cut):
                source = next(source for source in sealed.keys if source.table == link.table)
                remove(source.model, link.row)
                remove(Seal, link.number)
            since = end - 40
            assert [found.words for found in sealed.findings(since=since)] == [TAIL_GONE]
            if trial == 0:
                assert sealed.findings(heads=[], since=since) == []


def test_a_tail_that_is_linked_anew_by_the_portal_itself_has_another_head(sealed):
    end = sealed.heads[0].number
    with attack():
        for link in Seal.objects.filter(number__gt=end - 3):
            remove(Seal, link.number)
        source = next(source for source in sealed.keys if source.model is AccessLog)
        remove(AccessLog, sealed.keys[source][-1])
        for _ in range(2):
            save_as(School.objects.first(), None, "Going on")
        assert chain.seal_new_rows() >= 3
        assert HEAD_DIFFERS in {found.words for found in sealed.findings()}


def test_a_head_that_came_by_mail_without_a_number_is_looked_for_by_its_hash(sealed):
    [head] = sealed.heads
    assert sealed.findings(heads=[Head(head.day, 0, head.hash)]) == []
    [found] = sealed.findings(heads=[Head(head.day, 0, "0" * 64)])
    assert found.words.startswith(HEAD_DIFFERS[:-1])


def test_a_link_that_is_edited_is_told_whichever_column_it_is(sealed):
    columns = [field for field in Seal._meta.concrete_fields if not field.primary_key]
    with attack():
        edited = dict(zip(sealed.chance.sample(range(2, sealed.heads[0].number), len(columns)), columns, strict=True))
        for number, field in edited.items():
            value = getattr(Seal.objects.get(number=number), field.attname)
            write(Seal, number, **{field.attname: other(field, value, sealed.chance)})
        told = {found.link for found in sealed.findings() if found.words == LINK_CHANGED}
        assert told == {*edited}


def test_a_link_that_is_removed_is_told(sealed):
    for number in (1, 7):
        with attack():
            remove(Seal, number)
            assert LINKS_GONE in {found.words for found in sealed.findings()}


def test_the_first_fault_is_named_by_table_thing_row_and_time(sealed):
    row = Membership.history.order_by("history_id").first()
    with attack():
        write(Membership.history.model, row.pk, role="dsl")
        [found] = sealed.findings()
    assert (found.table, found.thing, found.row, found.when) == (
        "accounts_historicalmembership",
        str(row.id),
        str(row.pk),
        row.history_date,
    )
    assert "The row was changed after it was written. (table accounts_historicalmembership, thing" in str(found)


def test_the_seal_answers_for_each_column_of_each_table(sealed):
    silent = set()
    for source in sealed.keys:
        row = source.model.objects.first()
        form = form_of(source.model)
        for name in form.columns if row else ():
            changed = source.model.objects.get(pk=row.pk)
            field = source.model._meta.get_field(name)
            setattr(changed, name, other(field, getattr(row, name), sealed.chance))
            text = form.text_of(getattr(changed, column) for column in form.columns)
            if form.is_seal_of(getattr(row, source.model.SEAL), text):
                silent.add((source.table, name))
    assert silent == set()


def test_ten_thousand_clean_rows_raise_no_false_alarm(cast):
    chance = random.Random(SEED)
    copied = [
        School.history.latest(),
        Membership.history.latest(),
        look_at(cast),
    ]
    for _ in range(5):
        for first in copied:
            rows = []
            for _ in range(CLEAN // 15 + 1):
                row = type(first)(**{f.attname: getattr(first, f.attname) for f in first._meta.concrete_fields})
                row.pk = None if isinstance(row, SealedRow) else uuid4()
                words = "".join(chance.choices("aé ☃\"\\\n'\u202e0", k=12))
                setattr(row, "history_change_reason" if isinstance(row, SealedRow) else "reason", words)
                setattr(row, type(row).SEAL, seal_of(row))
                rows.append(row)
            type(first).objects.bulk_create(rows)
        chain.seal_new_rows()
    SealHead.objects.create(day=date(2026, 11, 21), number=chain.last_link().number, hash=chain.last_link().hash)
    proof = Proof()
    assert list(proof.findings()) == []
    assert proof.rows > CLEAN
    assert list(drifts()) == []


def test_words_in_a_column_of_dates_or_of_numbers_are_told_like_any_other_change(sealed):
    if connection.vendor == "postgresql":
        # There a column takes nothing but its own kind of value.
        with pytest.raises(DataError), transaction.atomic():
            run("UPDATE lib_heartbeat SET beat_at = 'nonsense'")
        return
    row = School.history.first()
    for column in ("history_date", "quiet_from", "id"):
        with attack():
            run(f"UPDATE accounts_historicalschool SET {column} = 'nonsense' WHERE history_id = %s", row.pk)
            assert ("accounts_historicalschool", str(row.pk)) in sealed.told()
            assert chain.seal_new_rows() == 0
