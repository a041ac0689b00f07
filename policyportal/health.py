"""Two pages for whoever watches the portal: is it alive, and does everything behind it work?"""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from policyportal.lib.models import Heartbeat, OutboxMail
from policyportal.seals import standing

OLDEST_BEAT = timedelta(minutes=10)
OLDEST_MAIL = timedelta(hours=1)
OLDEST_BULK = timedelta(days=1)
PROBE = "health-probe"


def database() -> str:
    """Say what is wrong with the database, or ""."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return ""


def worker() -> str:
    """Say whether the recurring work has stopped, or ""."""
    alive = Heartbeat.objects.filter(name="run_due", beat_at__gte=timezone.now() - OLDEST_BEAT).exists()
    return "" if alive else "Recurring work has not run for ten minutes."


def mail() -> str:
    """Say whether mail is stuck, or ""; a mail that failed was put off, so its age counts from when it was owed."""
    limit = timezone.now() - OLDEST_MAIL
    # Of a mail to thousands the last leave after hours, by the rate that is allowed.
    late = Q(due_at__lt=limit, is_bulk=False) | Q(due_at__lt=timezone.now() - OLDEST_BULK)
    stuck = OutboxMail.objects.waiting().filter(late | Q(attempts__gt=0, created_at__lt=limit))
    return "Mail has waited for more than an hour." if stuck.exists() else ""


def storage() -> str:
    """Say whether files cannot be kept, or ""."""
    try:
        default_storage.delete(default_storage.save(PROBE, ContentFile(b"")))
    except OSError:
        return "Files cannot be stored."
    return ""


def history() -> str:
    """Say whether the history is not as the portal left it, or not sealed while other work is done, or ""."""
    now = standing()
    if now.is_damaged:
        return "The history is not as the portal left it."
    return "" if now.is_sealing or worker() else "The history is not sealed."


CHECKS: tuple[Callable[[], str], ...] = (storage, worker, mail, history)


@never_cache
@require_safe
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process does; asks nothing of anything else."""
    return HttpResponse("Alive.\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
@login_not_required
def deep(request: HttpRequest) -> HttpResponse:
    """Answer 200 when everything behind the portal works, else 503 with a sentence for each thing that does not.

    It tells no number and no name, since anybody may ask.
    """
    # Nothing else can be asked of a portal without its database.
    wrong = [database()]
    if not wrong[0]:
        wrong = [check() for check in CHECKS]
    sentences = [sentence for sentence in wrong if sentence]
    words = "\n".join(sentences or ["Everything works."])
    return HttpResponse(f"{words}\n", status=503 if sentences else 200, content_type="text/plain; charset=utf-8")
