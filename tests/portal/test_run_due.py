"""`manage.py run_due`, for machines that use cron in place of a worker."""

import re
from io import StringIO

from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from policyportal.lib.models import Heartbeat
from policyportal.lib.outbox import queue_mail


def run_due():
    said = StringIO()
    call_command("run_due", stdout=said)
    return dict(re.findall(r"^(.+): (\d+)$", said.getvalue(), re.MULTILINE))


def test_it_sends_what_is_due_once_says_how_much_and_leaves_a_sign_of_life(cast):
    # The day's head of the history goes out with the first run.
    run_due()
    mail.outbox.clear()
    queue_mail(to=cast.teacher.user, subject="Something waits for you", path="/", dedupe_key="a-key-of-this-test")
    before = timezone.now()
    assert run_due()["mails sent"] == "1"
    assert [sent.to for sent in mail.outbox] == [[cast.teacher.user.email]]
    assert Heartbeat.objects.get(name="run_due").beat_at >= before
    assert run_due()["mails sent"] == "0"
    assert len(mail.outbox) == 1
