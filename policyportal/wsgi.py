"""The door through which gunicorn reaches the portal."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")

application = get_wsgi_application()
