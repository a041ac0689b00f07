"""Let the head say whether leads are reminded of a policy's briefings."""

from django.db import migrations, models

FIELD = models.BooleanField(blank=True, null=True, verbose_name="reminders of briefings")


class Migration(migrations.Migration):
    dependencies = [("policies", "0007_slips_for_carers")]

    operations = [
        migrations.AddField(model_name=name, name="briefing_reminders", field=FIELD)
        for name in ("historicalpolicy", "policy")
    ]
