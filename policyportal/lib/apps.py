"""The app of what every other app stands on."""

from importlib import import_module

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class LibConfig(AppConfig):
    """The bottom app; it imports from none."""

    name = "policyportal.lib"
    label = "lib"
    verbose_name = "Foundations"

    def ready(self) -> None:
        """Load every app's table of steps, and have the tables of the history guarded after every migration."""
        autodiscover_modules("workflow")
        # Their modules read models, which are there only now.
        guard, chain = import_module("policyportal.lib.append_only"), import_module("policyportal.lib.chain")
        connection_created.connect(guard.teach)
        pre_migrate.connect(guard.open_for_migration, sender=self)
        post_migrate.connect(guard.shut_after_migration, sender=self)
        post_migrate.connect(chain.record_forms, sender=self)
