import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('lib', '0001_initial'), ('lib', '0002_mail_link'), ('lib', '0003_the_seal'), ('lib', '0004_families_and_reading'), ('lib', '0005_mail_in_bulk')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0007_password_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('dedupe_key', models.CharField(max_length=200, unique=True)),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('subject', models.CharField(max_length=120)),
                ('path', models.CharField(max_length=300)),
                ('link', models.CharField(blank=True, max_length=20)),
                ('is_bulk', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=100)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
                ('gave_up_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('gave_up_at', None), ('sent_at', None), ('superseded_at', None)), fields=['due_at'], name='outbox_waiting'), models.Index(fields=['sent_at'], name='outbox_sent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('to__isnull', False)), models.Q(('to', None), models.Q(('address', ''), _negated=True)), _connector='OR'), name='mail_has_one_addressee')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('beat_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SealHead',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SealMark',
            fields=[
                ('table', models.CharField(max_length=63, primary_key=True, serialize=False)),
                ('floor', models.CharField(blank=True, max_length=40)),
                ('high', models.CharField(blank=True, max_length=40)),
                ('moved_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='AuditCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('chain', 'Chain verified'), ('drift', 'Records compared with their history')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked', models.BigIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('sample', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-at'], name='lib_auditch_kind_e173de_idx')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('table', models.CharField(max_length=63)),
                ('row', models.CharField(max_length=36)),
                ('thing', models.CharField(blank=True, max_length=36)),
                ('digest', models.CharField(max_length=80)),
                ('note', models.TextField(blank=True)),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('sealed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'row'), name='one_link_per_row')],
            },
        ),
        migrations.CreateModel(
            name='SealForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('fingerprint', models.CharField(max_length=8)),
                ('columns', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('table', 'fingerprint'), name='one_form_per_fingerprint')],
            },
        ),
    ]
