"""The only place where a status changes: a table of steps per model, and the runner that takes one.

The buttons on a page and the check on the server are one list, `steps_open_to`. Everything that is refused is
refused with words that a page can show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction


class NotAllowed(Exception):
    """The rule says no to this actor; a page answers 403 or, where the thing may not be known, 404."""


class TooLate(Exception):
    """Somebody else took a step first. `thing` is the row as it now stands."""

    def __init__(self, thing: models.Model):
        self.thing = thing
        super().__init__(f"This has already been changed: it is now “{thing.get_status_display()}”.")


class Refused(Exception):
    """Something must be done first; `messages` say what, one sentence each."""

    def __init__(self, *messages: str):
        self.messages = list(messages)
        super().__init__(" ".join(messages))


@dataclass(frozen=True)
class Step:
    """One arrow of a state diagram.

    `rule(actor, thing)` says who may; each of `needs(thing)` returns what is still missing as a sentence, or "";
    `sets` names the fields that the caller may fill while taking the step; `precedes(thing, actor, reason)` run in
    the same transaction before the save, `follows(thing, actor, reason)` after it. An `automatic` step is only ever
    part of another one: no page offers it.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    rule: Callable[[Any, Any], bool]
    reason_needed: bool = False
    sets: tuple[str, ...] = ()
    needs: tuple[Callable[[Any], str], ...] = ()
    precedes: tuple[Callable[[Any, Any, str], None], ...] = ()
    automatic: bool = False
    follows: tuple[Callable[[Any, Any, str], None], ...] = field(default=())


_STEPS: dict[type[models.Model], dict[str, Step]] = {}


def register(model: type[models.Model], steps: list[Step]) -> None:
    """Make `steps` the whole state diagram of `model`; called once, by the app's workflow module."""
    _STEPS[model] = {step.name: step for step in steps}


def steps_of(model: type[models.Model]) -> list[Step]:
    """Return the whole diagram of a model, in the order it was written."""
    return list(_STEPS[model].values())


def registered_models() -> list[type[models.Model]]:
    """Return every model that has a diagram."""
    return list(_STEPS)


def steps_open_to(actor: Any, thing: models.Model) -> list[Step]:
    """Return the steps that `actor` may take on `thing` as it stands now."""
    here = [step for step in _STEPS[type(thing)].values() if not step.automatic and thing.status in step.sources]
    # Several steps often share one rule, and asking it may cost a query.
    allowed = {rule: rule(actor, thing) for rule in {step.rule for step in here}}
    return [step for step in here if allowed[step.rule]]


def take(name: str, thing: models.Model, actor: Any, /, reason: str = "", **values: Any) -> models.Model:
    """Take the step `name` on `thing` for `actor` and return the row as stored.

    Locks and re-reads the row, asks the rule, checks the source, sets the status and the given `values`, writes
    one history row with the actor and the reason, and runs what follows, all in one transaction.

    Raises NotAllowed, TooLate, or Refused; nothing is then stored.
    """
    step = _STEPS[type(thing)][name]
    if step.automatic:
        raise NotAllowed(step.label)
    return _take(step, thing, actor, reason, values)


def take_along(name: str, thing: models.Model, actor: Any, reason: str) -> models.Model:
    """Take the automatic step `name` on `thing` as a part of another step, which calls this; otherwise as `take`."""
    return _take(_STEPS[type(thing)][name], thing, actor, reason, {})


def _take(step: Step, thing: models.Model, actor: Any, reason: str, values: dict[str, Any]) -> models.Model:
    with transaction.atomic():
        # Only this row: a left join may not be locked on PostgreSQL.
        locked = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
        if not step.rule(actor, locked):
            raise NotAllowed(step.label)
        if locked.status not in step.sources:
            raise TooLate(locked)
        if step.reason_needed and not reason.strip():
            raise Refused("Give a reason.")
        unknown = set(values) - set(step.sets)
        if unknown:
            raise TypeError(f"{step.name} does not set {', '.join(sorted(unknown))}")
        for attribute, value in values.items():
            setattr(locked, attribute, value)
        missing = [sentence for need in step.needs if (sentence := need(locked))]
        if missing:
            raise Refused(*missing)
        for precede in step.precedes:
            precede(locked, actor, reason)
        locked.status = step.target
        save_as(locked, actor, reason or step.label)
        for follow in step.follows:
            follow(locked, actor, reason)
    return locked


def fill(thing: models.Model, changes: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Set the given fields; a name outside `allowed` is a mistake of the caller and raises TypeError."""
    unknown = set(changes) - set(allowed)
    if unknown:
        raise TypeError(f"not to be changed here: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(thing, name, value)


def save_as(thing: models.Model, actor: Any, reason: str) -> None:
    """Save a tracked row with `actor` and `reason` in its history, leaving no label for the next save.

    `actor` is a membership, a user, or None for the system's own work.
    """
    user = getattr(actor, "user", actor)
    thing._history_user = user.pk if user is not None else None
    thing._change_reason = reason
    try:
        thing.save()
    finally:
        del thing._history_user, thing._change_reason
