"""Guesses at sign-in, counted in the database so that a restart forgets none, and the code of an empty portal."""

from django.db import models
from django.utils import timezone


class Guess(models.Model):
    """One attempt at something secret. It holds no name and no address: only a keyed hash of what was tried."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return self.kind


class SetUpCode(models.Model):
    """The one-time code with which an empty portal is claimed, as a keyed hash; a new one replaces it."""

    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Code of {self.made_at:%-d %B %Y}"
