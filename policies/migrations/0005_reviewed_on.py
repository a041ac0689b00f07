"""Keep the day of a review, and let the schedule open one review for a date."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_families_and_reading")]

    operations = [
        migrations.AddField(
            model_name="historicalreview",
            name="reviewed_on",
            field=models.DateField(blank=True, null=True, verbose_name="date of the review"),
        ),
        migrations.AddField(
            model_name="review",
            name="reviewed_on",
            field=models.DateField(blank=True, null=True, verbose_name="date of the review"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "opened"), ("trigger", "yearly")),
                fields=("version", "due_on"),
                name="one_review_by_schedule",
            ),
        ),
    ]
