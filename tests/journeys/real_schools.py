"""Fills an empty database with the real schools, without what goes on there.

python -m tests.journeys.real_schools
"""

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from policyportal.demo.load import load_all  # noqa: E402

call_command("migrate", verbosity=0)
load_all()
