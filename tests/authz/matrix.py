"""The matrix as a test reads it: objects, principals, acts, and the pages by which each act is asserted.

`python -m tests.authz.matrix` writes docs/authorisation.md from it.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "authorisation.md"
SOURCE = yaml.safe_load((HERE / "matrix.yaml").read_text())
GROUPS = yaml.safe_load((HERE / "pages.yaml").read_text())["groups"]
PRINCIPALS: dict[str, Any] = SOURCE["principals"]
OBJECTS: list[dict[str, Any]] = SOURCE["objects"]

HEAD = """# Who may do what with what

Made from `tests/authz/matrix.yaml` by `python -m tests.authz.matrix`; a test compares the two, and another asks the
running portal for every cell that has a page. C create, R read, U update, A assign, X export. *own*: only what the
person wrote, filed or is. *numbers*: only figures that name nobody. *listed*: only where the person is on the
incident's access list. *sealed*: only of a sealed case that is theirs to handle. Person beats role: nobody sees, by
any post, what is about them or what they are kept from. Which post opens which kind of page is in
[roles.md](roles.md).

Every principal but the teacher, the governor and those without an account does this only in a session that took a
second step.

"""


@dataclass(frozen=True)
class Probe:
    """One page by which an act is asserted, for one principal's roles."""

    thing_of_matrix: str
    act: str
    page: str
    thing: str
    principal: str
    allowed: bool
    roles: tuple[str, ...]
    offers: str = ""
    listed: frozenset[str] | None = None
    otherwise: dict[str, bool] = field(default_factory=dict, hash=False)

    def is_open_to(self, role: str) -> bool:
        """Tell whether somebody with this role may do it."""
        for name in (role, self.principal):
            if name in self.otherwise:
                return self.otherwise[name]
        return self.allowed and (self.listed is None or role in self.listed)


def members(names: list[str]) -> Iterator[str]:
    """Return the roles that groups and roles stand for."""
    for name in names:
        yield from members(GROUPS[name]) if name in GROUPS else [name]


def probes() -> Iterator[Probe]:
    """Return every cell that has a page, once for each page."""
    for one in OBJECTS:
        for act, pages in one.get("asked", {}).items():
            otherwise = {
                name: differs["is"] == "allowed"
                for differs in one.get("otherwise", [])
                if differs["act"] == act
                for name in differs["by"]
            }
            for page, (name, principal) in itertools.product(pages, PRINCIPALS.items()):
                if name in page.get("by", PRINCIPALS):
                    yield Probe(
                        thing_of_matrix=one["title"],
                        act=act,
                        page=page["page"],
                        thing=page.get("thing", ""),
                        principal=name,
                        allowed=act in one["cells"][name],
                        roles=tuple(members(principal["roles"])),
                        offers=page.get("offers", ""),
                        listed=frozenset(page["listed"]) if "listed" in page else None,
                        otherwise=otherwise,
                    )


def render() -> str:
    """Return the page of the docs: the table, then where the portal differs, then what is not built."""
    rows = [["", *(principal["title"] for principal in PRINCIPALS.values())], ["---"] * (len(PRINCIPALS) + 1)]
    rows += [[one["title"], *(", ".join(one["cells"][name]) or "–" for name in PRINCIPALS)] for one in OBJECTS]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    differs = [
        f"- **{one['title']}**, {each['act']}: {each['is']} to {', '.join(map(_title, each['by']))}. {each['why']}"
        for one in OBJECTS
        for each in one.get("otherwise", [])
    ]
    missing: dict[tuple[str, str], list[str]] = {}
    for one in OBJECTS:
        for act, each in one.get("not_built", {}).items():
            missing.setdefault((one["title"], each["why"]), []).append(act)
        if "no_such_object" in one:
            missing[one["title"], one["no_such_object"]] = ["no such object"]
    absent = [f"- **{title}**, {', '.join(acts)}: {why}" for (title, why), acts in missing.items()]
    parts = [table, "## Where the portal differs, and why", *differs, "", "## What is not built", *absent]
    return (
        HEAD
        + "\n".join(parts).replace("why\n-", "why\n\n-").replace("built\n-", "built\n\n-").replace("|\n##", "|\n\n##")
        + "\n"
    )


def _title(name: str) -> str:
    return PRINCIPALS[name]["title"].lower() if name in PRINCIPALS else name.replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(render())
