"""Fills an empty database with a school whose people all owe an acknowledgement since almost three weeks ago.

python -m tests.journeys.owing_school
"""

from datetime import UTC, datetime, timedelta

import django
import time_machine

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import School  # noqa: E402
from accounts.services import give_post, register_person  # noqa: E402
from policies.services import add_clause, draft_version, record_policy  # noqa: E402
from policyportal.lib.models import OutboxMail  # noqa: E402
from policyportal.lib.workflow import take  # noqa: E402
from tests.cast import assemble  # noqa: E402

TEACHERS = 20

call_command("migrate", verbosity=0)
cast = assemble()
for each in School.objects.all():
    # Reminders alone are to be counted, so nobody is mailed the head of the history.
    each.seal_roles = []
    each.save()
school = School.objects.get(slug="oakfield")
for number in range(TEACHERS):
    user = register_person(email=f"teacher{number}@oakfield.example", name=f"Teacher {number}")
    give_post(user=user, school=school, role="teacher", starts_on=cast.teacher.starts_on)
with time_machine.travel(datetime.now(UTC) - timedelta(days=20)):
    policy = record_policy(title="Social media policy", schools=[school], by=None)
    version = draft_version(policy, by=None, approver_kind="person", approver_name="Chidi Oakfield")
    add_clause(version, by=None, code="1", kind="rule", text="Be kind online.", for_staff=True)
    take("submit", version, cast.headteacher)
    take("approve", version, cast.chair)
    take("publish", version, cast.headteacher)
    # What publishing itself owed went out at the time.
    OutboxMail.objects.update(sent_at=timezone.now())
