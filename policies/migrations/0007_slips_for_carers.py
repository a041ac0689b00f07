"""Let a carer be asked by a printed slip, and keep the day on which each was last written to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0006_seasons_and_school_years")]

    operations = [
        migrations.AddField(
            model_name="acknowledgementrequest",
            name="slip_hash",
            field=models.CharField(blank=True, db_index=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="acknowledgementrequest",
            name="told_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
