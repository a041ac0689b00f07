"""What happened to a thing, told from its history rows: who changed what from what to what, when and why."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from policyportal.lib.models import History
from policyportal.lib.templatetags.portal import shown
from policyportal.lib.workflow import registered_models, steps_of

THE_SYSTEM = "The portal"
NOTHING = "nothing"
RECORDED = "Recorded"
# Of the row itself, not of what it stands for.
UNTOLD = frozenset({"id", "created_at", "password", "form_token"})
LONGEST_VALUE = 300


class Change(TypedDict):
    """One field that changed. Where its words are not for this reader, `old` is "" and `new` is "changed"."""

    field: str
    old: str
    new: str


class Event(TypedDict):
    """One entry of a timeline, as components/timeline.html shows it."""

    title: str
    by: str
    at: datetime
    text: str
    changes: list[Change]


def timeline_of(thing: models.Model, limit: int = 20, hidden: Iterable[str] = ()) -> list[Event]:
    """Return the latest `limit` events of a tracked thing, newest first.

    `hidden` names the fields whose words this reader may not see. Whether the reader may see the thing is asked
    before. The number of queries depends on the kinds of field that changed, never on the number of events.
    """
    rows = list(thing.history.order_by("-history_date", "-history_id")[: limit + 1])
    earlier = {row.history_id: before for row, before in zip(rows, rows[1:], strict=False)}
    return events_of(rows[:limit], earlier, hidden)


def with_earlier(rows: QuerySet) -> QuerySet:
    """Mark each history row with the id of the row of the same thing before it, as `earlier_id`."""
    before = rows.model.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    return rows.annotate(earlier_id=Subquery(before.order_by("-history_id").values("history_id")[:1]))


def earlier_of(rows: Sequence[models.Model]) -> dict[int, models.Model]:
    """Return, by history id, the row before each of `rows`; they are of one model and went through `with_earlier`."""
    wanted = {row.earlier_id for row in rows if row.earlier_id}
    found = rows[0].__class__.objects.in_bulk(wanted) if wanted else {}
    return {row.history_id: found[row.earlier_id] for row in rows if row.earlier_id in found}


def events_of(
    rows: Sequence[models.Model], earlier: dict[int, models.Model], hidden: Iterable[str] = ()
) -> list[Event]:
    """Return an event for each history row; all `rows` are of one model, `earlier` as from `earlier_of`."""
    if not rows:
        return []
    names = names_of(row.history_user_id for row in rows)
    changes = changes_of(rows, earlier, frozenset(hidden))
    return [
        Event(
            title=title_of(row, earlier.get(row.history_id)),
            by=names.get(row.history_user_id, THE_SYSTEM),
            at=row.history_date,
            text=reason_of(row),
            changes=changes[row.history_id],
        )
        for row in rows
    ]


def names_of(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people by id, in one query; nobody is missing, since people are never deleted."""
    wanted = {user_id for user_id in user_ids if user_id}
    people = get_user_model().objects.filter(pk__in=wanted) if wanted else []
    return {person.pk: str(person) for person in people}


def title_of(row: models.Model, before: models.Model | None) -> str:
    """Say what happened in a word or two: the new status where that changed."""
    if row.history_type == "-":
        return "Deleted"
    if before is None:
        return RECORDED
    if getattr(row, "status", None) != getattr(before, "status", None):
        return row.get_status_display()
    return "Changed"


def reason_of(row: models.Model) -> str:
    """Return the reason that was given; what the title says already is none, such as the label of a step."""
    reason = row.history_change_reason or ""
    model = row.instance_type
    labels = {step.label for step in steps_of(model)} if model in registered_models() else set()
    return "" if reason in {*labels, RECORDED} else reason


def changes_of(
    rows: Sequence[models.Model], earlier: dict[int, models.Model], hidden: frozenset[str]
) -> dict[int, list[Change]]:
    """Return the changes of each history row by its id; a row with none before it has none."""
    pairs = [(row, earlier[row.history_id]) for row in rows if row.history_id in earlier]
    fields = [field for field in rows[0].tracked_fields if field.name not in UNTOLD]
    differing = [
        (row, field, getattr(before, field.attname), getattr(row, field.attname))
        for row, before in pairs
        for field in fields
        if getattr(before, field.attname) != getattr(row, field.attname)
    ]
    spoken = _names_of_related(differing, hidden)
    changes: dict[int, list[Change]] = {row.history_id: [] for row in rows}
    for row, field, old, new in differing:
        if field.name in hidden:
            change = _change(field, "", "changed")
        else:
            change = _change(field, _words(field, old, spoken), _words(field, new, spoken))
        changes[row.history_id].append(change)
    for field in getattr(rows[0], "_history_m2m_fields", ()):
        _add_changed_sets(changes, pairs, field)
    return changes


def _change(field: models.Field, old: str, new: str) -> Change:
    name = str(field.verbose_name)
    return Change(field=name[:1].upper() + name[1:], old=old, new=new)


def _words(field: models.Field, value: Any, spoken: dict[tuple[type, Any], str]) -> str:
    """Return a stored value as a page says it."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if field.is_relation:
        return spoken.get((field.related_model, value), NOTHING)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    words = str(shown(value))
    return words if len(words) <= LONGEST_VALUE else f"{words[:LONGEST_VALUE]}…"


def _names_of_related(differing: list[tuple], hidden: frozenset[str]) -> dict[tuple[type, Any], str]:
    """Return the names of the things that changed keys point at, in one query for each kind of thing."""
    wanted: dict[type[models.Model], set] = {}
    for _, field, old, new in differing:
        if field.is_relation and field.name not in hidden:
            wanted.setdefault(field.related_model, set()).update({old, new} - {None})
    return {(model, key): name for model, keys in wanted.items() for key, name in _named(model, keys).items()}


def _named(model: type[models.Model], keys: set) -> dict[Any, str]:
    """Return things by key as they call themselves; what a name is made of comes with them."""
    ahead = [field.name for field in model._meta.fields if field.is_relation]
    return {thing.pk: str(thing) for thing in model._base_manager.select_related(*ahead).filter(pk__in=keys)}


def _add_changed_sets(changes: dict[int, list[Change]], pairs: list[tuple], field: models.ManyToManyField) -> None:
    """Add what joined or left a many-to-many field, whose members each history row keeps."""
    members: dict[int, set] = {}
    key = f"{field.m2m_reverse_field_name()}_id"
    ids = {row.history_id for pair in pairs for row in pair}
    for history_id, member in (
        History.m2m_models[field].objects.filter(history_id__in=ids).values_list("history_id", key)
    ):
        members.setdefault(history_id, set()).add(member)
    sets = [(row, members.get(before.history_id, set()), members.get(row.history_id, set())) for row, before in pairs]
    differing = [(row, old, new) for row, old, new in sets if old != new]
    names = _named(field.related_model, {key for _, old, new in differing for key in old | new})
    for row, old, new in differing:
        old_words, new_words = (", ".join(sorted(names[key] for key in keys)) or NOTHING for keys in (old, new))
        changes[row.history_id].append(_change(field, old_words, new_words))
