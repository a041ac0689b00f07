import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0008_mail_that_tells'), ('accounts', '0009_families_and_reading'), ('accounts', '0010_review_milestones'), ('accounts', '0011_class_lists'), ('accounts', '0012_escalation_and_monitoring'), ('accounts', '0013_briefing_reminder_days')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0007_password_requests'),
        ('lib', '0001_squashed_0005_mail_in_bulk'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('school', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.school')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to=settings.AUTH_USER_MODEL)),
                ('event', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=120)),
                ('path', models.CharField(max_length=300)),
                ('dedupe_key', models.CharField(max_length=200, unique=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('urgent', models.BooleanField(default=False)),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tells', to='lib.outboxmail')),
            ],
            options={
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['user', 'school', '-created_at'], name='accounts_no_user_id_025583_idx')],
            },
        ),
    ]
