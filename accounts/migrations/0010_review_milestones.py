"""Give a school its own days on which a review is reminded of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_families_and_reading")]

    operations = [
        migrations.AddField(
            model_name="historicalschool",
            name="review_milestones",
            field=models.JSONField(blank=True, default=list, verbose_name="days before a review to remind"),
        ),
        migrations.AddField(
            model_name="school",
            name="review_milestones",
            field=models.JSONField(blank=True, default=list, verbose_name="days before a review to remind"),
        ),
    ]
