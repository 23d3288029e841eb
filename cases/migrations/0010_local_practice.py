"""The ladder and the rules of the field; and the guards anew: SQLite makes an altered table again."""

from datetime import date
from typing import Any

from django.db import migrations

from cases.models import guards

SINCE = date(2025, 7, 1)
LADDER = {
    1: "Brev och erbjudande om samtal",
    2: "Personlig kallelse till båda vårdnadshavarna",
    3: "Gemensamt möte med polis och socialtjänst",
}
RULES = (
    ("next_attempt", "Nytt försök att nå vårdnadshavare", 5, "minutes", "", "practice", ""),
    (
        "forfeiture_objection", "Missnöje mot förverkande", 21, "days", "Lag (2024:782) 3:5", "law",
        "Räknat från delgivningen",
    ),
    (
        "forfeiture_limit", "Högsta värde som polisen får förverka (kronor)", 5900, "amount",
        "Lag (2024:782) 3:4", "unconfirmed", "En tiondel av prisbasbeloppet; 2026 års belopp är inte bekräftat",
    ),
)  # fmt: skip


def guard(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)


def load(apps: Any, schema_editor: Any) -> None:
    ladder = apps.get_model("cases", "EscalationStep")
    ladder.objects.bulk_create(
        ladder(times=times, suggestion=suggestion, valid_from=SINCE)
        for times, suggestion in LADDER.items()
    )
    rule = apps.get_model("cases", "Rule")
    names = ("key", "label", "value", "unit", "paragraph", "standing", "note")
    rule.objects.bulk_create(
        rule(valid_from=SINCE, **dict(zip(names, row, strict=True))) for row in RULES
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_field_chain")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
