"""The top of the house: settings, addresses, home, dashboards, audit and demo."""

from policyportal.celery import app as celery_app

__all__ = ["celery_app"]
