"""The table of pages as a test reads it: every address, every principal, one expected answer for each pair."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from tests.planted import Planted

# What a page is never asked with: the portal answers 405 before it looks who asks.
UNUSED = ("put", "patch", "delete", "options")
METHODS = ("get", "head", "post", *UNUSED)

SOURCE = yaml.safe_load((Path(__file__).parent / "pages.yaml").read_text())


def roles_in(names: list[str]) -> frozenset[str]:
    """Return the roles that a list of roles and groups stands for."""
    found: set[str] = set()
    for name in names:
        if name in SOURCE["groups"]:
            found |= roles_in(SOURCE["groups"][name])
        elif name in Role.values:
            found.add(name)
        elif name != "public":
            raise ValueError(f"{name} is neither a role nor a group")
    return frozenset(found)


@dataclass(frozen=True)
class Row:
    """One address with one kind of thing: who may, and what the others are told."""

    page: str
    open_to: frozenset[str]
    public: bool
    denied: int = 403
    by_role: dict[str, int] = field(default_factory=dict)
    thing: str = ""
    part: str = "pk"
    extra: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    method: str = "get"
    allowed: tuple[int, ...] = (200,)
    post: tuple[int, ...] = (200,)
    post_by_role: dict[str, int] = field(default_factory=dict)
    look: tuple[int, ...] = (405,)
    head: int = 200
    without_post: bool = False

    @property
    def id(self) -> str:
        return f"{self.page} {self.thing}".strip()

    def url(self, planted: Planted, parameters: set[str]) -> str:
        """Return the address of the thing planted in a school."""
        values: dict[str, Any] = {self.part: planted.ids[self.thing]} if self.thing else {}
        values |= {
            key: planted.ids.get(value, value) if key.endswith("_pk") else value for key, value in self.extra.items()
        }
        if "slug" in parameters and "slug" not in values:
            values["slug"] = planted.slug
        return reverse(self.page, kwargs=values) + (f"?{self.query}" if self.query else "")

    def has_no(self, method: str) -> bool:
        """Tell whether the address answers 405 to this method, to whoever may use it."""
        if method in UNUSED or method == "head" and self.head == 405:
            return True
        if method == "post":
            return self.post == (405,)
        return self.method == "post" and self.look == (405,)

    def answers_to(self, role: str, method: str = "") -> tuple[int, ...]:
        """Return the statuses that a person with `role` in the school may be answered with.

        Whoever is turned away may be told so before or after the method is found to be none of the address's.
        """
        method = method or self.method
        if method in UNUSED:
            return (405,)
        if self.is_closed:
            return (404, 405) if self.has_no(method) else (404,)
        if not (self.public or role in self.open_to):
            refusal = self.by_role.get(role, self.denied)
            if method == "post":
                refusal = self.post_by_role.get(role, refusal)
            return (refusal, 405) if self.has_no(method) else (refusal,)
        if self.has_no(method):
            return (405,)
        if method == "post":
            return self.allowed if self.method == "post" else self.post
        return self.allowed if self.method == "get" else self.look

    @property
    def is_closed(self) -> bool:
        """Tell whether nobody gets in, as the settings of the tests are."""
        return self.public and not self.open_to and self.denied == 404


def _statuses(given: int | list[int]) -> tuple[int, ...]:
    return tuple(given) if isinstance(given, list) else (given,)


def _by_role(given: dict[str, int]) -> dict[str, int]:
    return {role: status for name, status in given.items() for role in roles_in([name])}


def _row(page: str, facts: dict[str, Any]) -> Row:
    facts = dict(facts)
    names = facts.pop("open_to")
    by_role, post_by_role = (_by_role(facts.pop(name, {})) for name in ("by_role", "post_by_role"))
    statuses = {"allowed": [200, 302] if facts.get("method") == "post" else 200}
    statuses |= {name: facts.pop(name) for name in ("allowed", "post", "look") if name in facts}
    return Row(
        page=page,
        open_to=roles_in(names),
        public=facts.pop("public", "public" in names),
        by_role=by_role,
        post_by_role=post_by_role,
        part=facts.pop("as", "pk"),
        **{name: _statuses(given) for name, given in statuses.items()},
        **facts,
    )


ROWS = [_row(page, facts) for page, facts in SOURCE["pages"].items()]


def _of_incidents() -> Iterator[Row]:
    """Return a row for each page of each planted incident."""
    openers = roles_in(SOURCE["incident_openers"])
    for thing, allowed in SOURCE["incidents"].items():
        seers = roles_in(allowed["see"])
        for facts in SOURCE["incident_pages"]:
            facts = dict(facts)
            page, may = facts.pop("page"), facts.pop("may")
            extra = {name: str(value).format(thing) for name, value in facts.pop("extra", {}).items()}
            by_role = dict.fromkeys(openers - seers, 404) | dict.fromkeys(seers, 403)
            yield _row(page, {"open_to": allowed[may], "by_role": by_role, "thing": thing, "extra": extra, **facts})


VARIANTS = [_row(facts["page"], {k: v for k, v in facts.items() if k != "page"}) for facts in SOURCE["variants"]]
VARIANTS += _of_incidents()


def addresses(resolver: URLResolver | None = None, namespace: str = "") -> dict[str, set[str]]:
    """Return every named address of the site map with the names of its parameters."""
    found: dict[str, set[str]] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found |= addresses(entry, inner)
        elif isinstance(entry, URLPattern):
            found[f"{namespace}{entry.name}"] = set(entry.pattern.converters)
    return found


def unlisted(names: set[str], table: dict[str, Any]) -> set[str]:
    """Return the addresses that the table does not list, and those it lists that are not there."""
    return names ^ set(table)
