"""The bell that wakes workers; the database, not the bell, remembers what is due."""

import logging
import os
from typing import Any

from celery import Celery, Task, signals
from celery.result import AsyncResult
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")

logger = logging.getLogger(__name__)


class Bell(Task):
    """A task whose ringing never fails the request that rings it."""

    abstract = True

    def apply_async(self, *args: Any, **options: Any) -> AsyncResult | None:
        """Ring, or log that the broker does not answer; the sweep finds the work within a minute."""
        try:
            return super().apply_async(*args, **options)
        except (OperationalError, RedisError, OSError) as error:
            logger.warning("the broker does not answer, %s waits for the sweep: %s", self.name, error)
            return None


app = Celery("policyportal", task_cls=Bell)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: [name.rsplit(".apps.", 1)[0] for name in settings.INSTALLED_APPS])


@signals.worker_ready.connect
def catch_up(**_: Any) -> None:
    """Do at once what fell due while no worker was running."""
    app.send_task("portal.run_due")
