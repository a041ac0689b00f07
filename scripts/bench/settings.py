"""The portal's settings with one address more: the bare page that everything is measured against."""

from policyportal.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
