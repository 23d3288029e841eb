import django.utils.timezone
from django.db import migrations, models

from cases.models import guards


def install(apps, schema_editor):
    """SQLite makes an altered table again, without its guards."""
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0037_supervision_and_sex'),
    ]

    operations = [
        migrations.AddField(
            model_name='custodian',
            name='recorded_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterModelOptions(
            name='custodian',
            options={'default_permissions': (), 'ordering': ['recorded_at', '-lives_with_youth', 'id']},
        ),
        migrations.AlterModelOptions(
            name='attendee',
            options={'default_permissions': (), 'ordering': ['pk']},
        ),
        migrations.AlterModelOptions(
            name='alcoholseizure',
            options={'default_permissions': (), 'ordering': ['decided_at', 'drink', 'volume_cl', 'id']},
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
