"""Let mails to very many people go after all others, and find those of the last minute by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lib", "0004_families_and_reading")]

    operations = [
        migrations.AddField(
            model_name="outboxmail",
            name="is_bulk",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="outboxmail",
            index=models.Index(fields=["sent_at"], name="outbox_sent"),
        ),
    ]
