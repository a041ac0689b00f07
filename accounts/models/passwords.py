"""Who asked for a new password, until they are answered."""

from django.db import models
from django.utils import timezone


class PasswordRequest(models.Model):
    """Somebody typed this address on the page for a forgotten password, whether it is known here or not.

    It is answered and removed by what falls due, so that the page itself does the same for every address.
    """

    email = models.EmailField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return "Request for a new password"
