"""Guesses at sign-in, counted in the database so that a restart forgets none."""

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
