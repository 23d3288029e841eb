from django.db import migrations

from notices import guards


def install(apps, schema_editor):
    guards.install_for_editions(schema_editor.connection)


def remove(apps, schema_editor):
    guards.remove_for_editions(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [("notices", "0005_queued_at")]

    operations = [migrations.RunPython(install, remove)]
