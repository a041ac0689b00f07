"""Reads the files that the demo is made from."""

import tomllib
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def read(path: Path) -> Facts:
    """Return what a file says."""
    with path.open("rb") as file:
        return tomllib.load(file)
