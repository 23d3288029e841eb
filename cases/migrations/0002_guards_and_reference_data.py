import csv
from datetime import date
from typing import Any

from django.db import migrations

from cases import municipalities
from cases.models import guards


def install(apps: Any, schema_editor: Any) -> None:
    guards.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


def load(apps: Any, schema_editor: Any) -> None:
    municipality = apps.get_model("cases", "Municipality")
    municipality.objects.bulk_create(
        municipality(code=row.code, name=row.name, county_code=row.county_code)
        for row in municipalities.municipalities()
    )
    postal_code = apps.get_model("cases", "PostalCode")
    postal_code.objects.bulk_create(
        (
            postal_code(
                postal_code=row.postal_code,
                locality=row.locality,
                municipality_id=row.municipality_code,
            )
            for row in municipalities.postal_codes()
        ),
        batch_size=2000,
    )
    for name, file in (("Rule", "rules.csv"), ("EscalationStep", "ladder.csv")):
        model = apps.get_model("cases", name)
        model.objects.bulk_create(model(**row) for row in rows(file))


def rows(name: str) -> Any:
    """The rows of a file in cases/data that hold from a day."""
    with (municipalities.DATA / name).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row | {"valid_from": date.fromisoformat(row["valid_from"])}


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
    ]
