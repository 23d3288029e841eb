from typing import Any

from django.db import migrations

TABLE = "kronoberg_frozentable"


def guard(apps: Any, schema_editor: Any) -> None:
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


def unguard(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {TABLE}_{verb}")
            return
        cursor.execute("DROP FUNCTION kronoberg_frozen() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("kronoberg", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
