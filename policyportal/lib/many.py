"""Many tracked rows stored at once, each with its sealed history row: the queries do not grow with the rows."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from policyportal.lib.models import History, Tracked
from policyportal.lib.sealing import seal_of

BATCH = 500


@transaction.atomic
def store_all(things: Sequence[Tracked], actor: Any, reason: str) -> None:
    """Store new rows of one model, with `actor` and `reason` in their histories; their members come by `join_all`.

    Whoever calls it has asked whether they fit: no `save` of theirs runs.
    """
    if things:
        type(things[0]).objects.bulk_create(things, BATCH)
        _remember(things, "+", actor, reason)


@transaction.atomic
def join_all(name: str, pairs: Collection[tuple[Tracked, models.Model]], actor: Any, reason: str) -> None:
    """Add to the many-to-many field `name` of stored rows: each pair is a row and one that it gains.

    A row has one history row more afterwards, however many it gained.
    """
    things = {thing.pk: thing for thing, _ in pairs}
    if things:
        field = type(next(iter(things.values())))._meta.get_field(name)
        ours, theirs = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        through = field.remote_field.through
        rows = [through(**{ours: thing.pk, theirs: gained.pk}) for thing, gained in pairs]
        through.objects.bulk_create(rows, BATCH, ignore_conflicts=True)
        _remember(list(things.values()), "~", actor, reason)


def _remember(things: Sequence[Tracked], kind: str, actor: Any, reason: str) -> None:
    """Write a sealed history row of each, and the members that it has now."""
    model, user = type(things[0]).history.model, getattr(actor, "user", actor)
    rows = [
        model(
            history_date=timezone.now(),
            history_type=kind,
            history_user_id=user.pk if user is not None else None,
            history_change_reason=reason,
            **{field.attname: getattr(thing, field.attname) for field in model.tracked_fields},
        )
        for thing in things
    ]
    for row in rows:
        row.history_seal = seal_of(row)
    model.objects.bulk_create(rows, BATCH)
    row_of = {row.id: row for row in rows}
    for field in model._history_m2m_fields:
        ours, through = f"{field.m2m_field_name()}_id", field.remote_field.through
        names = [column.attname for column in through._meta.concrete_fields]
        members = through.objects.filter(**{f"{ours}__in": list(row_of)})
        History.m2m_models[field].objects.bulk_create(
            [
                History.m2m_models[field](
                    history=row_of[getattr(member, ours)], **{name: getattr(member, name) for name in names}
                )
                for member in members
            ],
            BATCH,
        )
