"""The table of pages as a test reads it: every address, every principal, one expected answer for each pair."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from tests.planted import Planted

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

    def answers_to(self, role: str) -> tuple[int, ...]:
        """Return the statuses that a person with `role` in the school may be answered with."""
        if self.public and not self.open_to and self.denied == 404:
            return (404,)
        if self.public or role in self.open_to:
            return self.allowed
        return (self.by_role.get(role, self.denied),)


def _row(page: str, facts: dict[str, Any]) -> Row:
    facts = dict(facts)
    names = facts.pop("open_to")
    told = {role: status for name, status in facts.pop("by_role", {}).items() for role in roles_in([name])}
    allowed = facts.pop("allowed", [200] if facts.get("method") != "post" else [200, 302])
    return Row(
        page=page,
        open_to=roles_in(names),
        public=facts.pop("public", "public" in names),
        by_role=told,
        part=facts.pop("as", "pk"),
        allowed=tuple(allowed) if isinstance(allowed, list) else (allowed,),
        **facts,
    )


ROWS = [_row(page, facts) for page, facts in SOURCE["pages"].items()]
VARIANTS = [_row(facts["page"], {k: v for k, v in facts.items() if k != "page"}) for facts in SOURCE["variants"]]


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
