"""Let an incident be marked significant, which leads to a review of the policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_chosen_link")]

    operations = [
        migrations.AddField(
            model_name="historicalincident",
            name="significant_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="marked significant"),
        ),
        migrations.AddField(
            model_name="incident",
            name="significant_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="marked significant"),
        ),
    ]
