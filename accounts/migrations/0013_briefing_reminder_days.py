"""Let a school say how long before a briefing its lead is reminded."""

from django.db import migrations, models

FIELD = models.PositiveSmallIntegerField(default=7, verbose_name="days before a briefing to remind its lead")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_escalation_and_monitoring")]

    operations = [
        migrations.AddField(model_name=name, name="briefing_reminder_days", field=FIELD)
        for name in ("historicalschool", "school")
    ]
