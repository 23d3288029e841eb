"""Figures by month: what is frozen, what says where a case was counted, and what is off so far."""

import cases.models.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


TABLE = "kronoberg_frozentable"


def guard(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(
                    f"CREATE TRIGGER {TABLE}_{verb} BEFORE {verb.upper()} ON {TABLE} "
                    f"BEGIN SELECT RAISE(ABORT, 'a frozen figure never changes'); END"
                )
            return
        for verb in ("update", "delete", "truncate"):
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_{verb} BEFORE {verb.upper()} ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION kronoberg_frozen()"
            )


def unguard(apps, schema_editor):
    """The triggers go with the table."""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0020_tip_clues'),
        ('kronoberg', '0002_frozen_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountedPass',
            fields=[
                ('patrol_pass', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='cases.patrolpass')),
                ('counted_in', models.DateField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        # What was frozen by school year, and by words instead of codes, cannot be made into months.
        migrations.DeleteModel(name="FrozenTable"),
        migrations.CreateModel(
            name="FrozenTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField()),
                ("key", models.CharField(max_length=40)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("cells", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("area", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.municipality")),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("area", "first", "key"), name="table_frozen_once")],
            },
        ),
        migrations.RunPython(guard, unguard),
        migrations.CreateModel(
            name='RunningError',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('scope', models.CharField(max_length=12)),
                ('span', models.CharField(max_length=11)),
                ('first', models.DateField()),
                ('last_month', models.DateField()),
                ('errors', cases.models.fields.SealedTextField(blank=True, editable=True)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('scope', 'span', 'first'), name='running_error_once')],
            },
        ),
        migrations.CreateModel(
            name='CohortTally',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first', models.DateField()),
                ('n_again', cases.models.fields.SealedTextField(blank=True, editable=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.municipality')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('area', 'first'), name='cohort_tallied_once')],
            },
        ),
        migrations.CreateModel(
            name='CountedStop',
            fields=[
                ('case_id', models.UUIDField(primary_key=True, serialize=False)),
                ('nth', models.PositiveSmallIntegerField()),
                ('counted_in', models.DateField(null=True)),
                ('is_settled', models.BooleanField(default=False)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.municipality')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['area', 'counted_in'], name='stops_by_month'), models.Index(condition=models.Q(('is_settled', False), ('nth', 1)), fields=['counted_in'], name='stops_to_settle')],
            },
        ),
    ]
