"""A cache that forgets rather than fails while Redis is away."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class PatientRedisCache(RedisCache):
    """Answers as an empty cache would when the server does not."""

    def add(self, *args: Any, **options: Any) -> bool:
        """Say the key is new when nobody can know."""
        return self._asked(super().add, True, *args, **options)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Give the default when nobody can know."""
        return self._asked(super().get, default, key, default=default, version=version)

    def set(self, *args: Any, **options: Any) -> None:
        """Keep the value, or nothing."""
        self._asked(super().set, None, *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        """Say there was nothing to delete when nobody can know."""
        return self._asked(super().delete, False, *args, **options)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count from nothing when nobody can know."""
        return self._asked(super().incr, delta, key, delta=delta, version=version)

    def clear(self) -> bool:
        """Forget every key of the cache, and nothing else: the broker keeps its queue in the same server."""
        return self._asked(self._forget_all, False)

    def _forget_all(self) -> bool:
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.delete(key)
        return True

    def _asked(self, verb: Callable[..., Any], otherwise: Any, *args: Any, **options: Any) -> Any:
        try:
            return verb(*args, **options)
        except RedisError as error:
            logger.warning("the cache does not answer: %s", error)
            return otherwise
