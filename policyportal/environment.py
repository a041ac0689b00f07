"""Reads what the machine says about this installation, and refuses nonsense with a plain sentence."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

KINDS = ("demo", "test", "development", "production")
PORTAL_NAMES = frozenset({"PORTAL_DATA", "PORTAL_DEMO", "PORTAL_ENV", "PORTAL_URL"})
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
BROKER_SCHEMES = ("redis", "rediss", "unix")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+tls", "smtp+ssl", "consolemail", "dummymail")
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


class Environment:
    """The variables of one start, read from the process and then from the file `.env`.

    ENV_FILE names another file, or none at all when it is empty. What the process says wins.
    """

    def __init__(self, base: Path) -> None:
        """Read the file below `base` and refuse a PORTAL_ name that nobody knows."""
        self.base = base
        self.reader = environ.Env()
        name = os.environ.get("ENV_FILE", str(base / ".env"))
        if name and Path(name).is_file():
            environ.Env.read_env(name)
        for unknown in sorted(n for n in os.environ if n.startswith("PORTAL_") and n not in PORTAL_NAMES):
            known = ", ".join(sorted(PORTAL_NAMES))
            raise ImproperlyConfigured(f"{unknown} is not a setting of the portal. It knows {known}.")

    def text(self, name: str, default: str = "") -> str:
        """Give the variable without the blanks around it; one that is empty counts as absent."""
        return os.environ.get(name, "").strip() or default

    def switch(self, name: str, default: bool) -> bool:
        """Give the variable as yes or no; refuses any other word."""
        word = self.text(name).lower()
        if not word:
            return default
        if word in YES | NO:
            return word in YES
        raise ImproperlyConfigured(f"{name} is {word!r}. Write 1 or 0 (or true, false, yes, no, on, off).")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Give the variable as a whole number from `least` to `most`; refuses anything else."""
        word = self.text(name, str(default))
        if not word.isdecimal() or not least <= int(word) <= most:
            raise ImproperlyConfigured(f"{name} is {word!r}. Write a whole number from {least} to {most}.")
        return int(word)

    def choice(self, name: str, default: str, allowed: Iterable[str]) -> str:
        """Give the variable when it is one of the allowed words; refuses any other."""
        word = self.text(name, default)
        if word not in allowed:
            raise ImproperlyConfigured(f"{name} is {word!r}. Write one of: {', '.join(allowed)}.")
        return word

    def names(self, name: str) -> list[str]:
        """Give the variable as a list of words parted by commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def address(self, name: str, default: str, schemes: Iterable[str]) -> str:
        """Give the variable as an address that opens with one of the schemes; refuses any other."""
        word = self.text(name, default)
        scheme = word.partition(":")[0]
        if word and scheme not in schemes:
            raise ImproperlyConfigured(f"{name} begins with {scheme!r}. Begin it with one of: {', '.join(schemes)}.")
        return word

    def website(self, name: str, default: str) -> str:
        """Give the variable as a web address without a path; refuses one that has no host."""
        word = self.text(name, default)
        parts = urlsplit(word)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ImproperlyConfigured(f"{name} is {word!r}. Write an address such as https://portal.example.org.")
        return f"{parts.scheme}://{parts.netloc}"

    def secret(self, name: str, data: Path, generate: bool) -> str:
        """Give the key of this name, or one of this installation's own when `generate` allows it.

        A generated key is kept in the data folder, readable by its owner only. Refuses to go on
        without a key where none may be generated.
        """
        given = self.text(name)
        if given:
            return given
        if not generate:
            raise ImproperlyConfigured(
                f"{name} is not set. Outside demo and development the portal needs one of its own: "
                "write a long random text and keep it secret."
            )
        kept = data / name.lower().replace("_", "-")
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not kept.exists():
            # Two processes may start at once: each writes its own file and the first link wins.
            draft = data / f"{kept.name}.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64))
            try:
                os.link(draft, kept)
            except FileExistsError:
                pass
            draft.unlink()
        return kept.read_text()
