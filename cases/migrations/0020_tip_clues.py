"""Give the tips that are there already the index of their phone; needs the keys."""

from typing import Any

from django.db import migrations


def index_clues(apps: Any, schema_editor: Any) -> None:
    for tip in apps.get_model("cases", "SupplyTip").objects.iterator():
        tip.save(update_fields=["nick_index", "phone_index", "plate_index"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_accessibility_reports")]

    operations = [migrations.RunPython(index_clues, migrations.RunPython.noop)]
