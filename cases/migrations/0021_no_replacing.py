"""The guards anew: a row of a log, a case or the record is not replaced by an insert either."""

from typing import Any

from django.db import migrations

from cases.models import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_tip_clues")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
