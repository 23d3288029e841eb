"""Limits that stood in code become rules; the copy of a LOB protocol has a time of its own."""

import csv
from datetime import date
from typing import Any

from django.db import migrations, models

from cases.models import guards
from cases.municipalities import DATA

BEFORE = date(2025, 7, 1)
LAW = date(2026, 1, 15)
NOTE = "Inte ärenden vars sista anteckning är äldre"


def add_rules(apps: Any, schema_editor: Any) -> None:
    """What an installation that is there already does not have yet."""
    rule = apps.get_model("cases", "Rule")
    known = set(rule.objects.values_list("key", flat=True))
    with (DATA / "rules.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["key"] not in known:
                rule.objects.create(**row | {"valid_from": date.fromisoformat(row["valid_from"])})


def begin_with_the_law(apps: Any, schema_editor: Any) -> None:
    """The thirty years came with the law, as the rule's own note said; what somebody wrote stays."""
    rule = apps.get_model("cases", "Rule")
    seeded = rule.objects.filter(
        key="retention_investigation_age", valid_from=BEFORE, changed_by=None
    )
    seeded.update(valid_from=LAW, note=NOTE)


def guard(apps: Any, schema_editor: Any) -> None:
    """SQLite makes an altered table again, without its guards."""
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_edit_wording")]

    operations = [
        migrations.AddField(
            model_name="youthcase",
            name="custody_copied_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
        migrations.RunPython(begin_with_the_law, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
