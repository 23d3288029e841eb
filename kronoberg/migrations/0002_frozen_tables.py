"""Frozen figures, guarded like the logs; the hours of effort are those of the passes."""

import django.db.models.deletion
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
        cursor.execute(
            "CREATE FUNCTION kronoberg_frozen() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE EXCEPTION 'a frozen figure never changes' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for verb in ("update", "delete", "truncate"):
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_{verb} BEFORE {verb.upper()} ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION kronoberg_frozen()"
            )


def unguard(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {TABLE}_{verb}")
            return
        cursor.execute("DROP FUNCTION kronoberg_frozen() CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0003_passes"),
        ("kronoberg", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel(name="EffortHours"),
        migrations.CreateModel(
            name="FrozenTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField()),
                ("key", models.CharField(max_length=40)),
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
    ]
