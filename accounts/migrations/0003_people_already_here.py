"""People and schools from before had joined and opened: their own dates say so, in their history too."""

from django.db import migrations
from django.db.models import F

DATED = {"membership": "accepted_at", "school": "opened_at", "user": "joined_at"}


def date_them(apps, schema_editor):
    for name, field in DATED.items():
        for model in (name, f"historical{name}"):
            apps.get_model("accounts", model).objects.update(**{field: F("created_at")})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_and_sign_in")]

    operations = [migrations.RunPython(date_them, migrations.RunPython.noop)]
