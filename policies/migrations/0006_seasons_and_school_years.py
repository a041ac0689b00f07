from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0005_reviewed_on"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalpolicyversion",
            name="approved_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
        migrations.AlterField(
            model_name="historicalpolicyversion",
            name="last_reviewed_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
        migrations.AlterField(
            model_name="historicalpolicyversion",
            name="review_due_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="approved_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="last_reviewed_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="review_due_on_precision",
            field=models.CharField(choices=[("day", "Day"), ("month", "Month"), ("year", "Year"), ("season", "Season or term"), ("school_year", "School year"), ("ambiguous", "Ambiguous"), ("none", "Not stated")], default="none", max_length=12),
        ),
    ]
