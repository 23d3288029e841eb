"""What the notice asks about and the record had no place for; and the guards anew after SQLite."""

from typing import Any

import cases.models.fields
from django.db import migrations, models

from cases.models import guards


def guard(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0025_held_forms'),
    ]

    operations = [
        migrations.AddField(
            model_name='youthcase',
            name='attachments',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='attends_meeting',
            field=models.CharField(blank=True, choices=[('yes', 'Ja'), ('no', 'Nej')], max_length=3),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='concern_since',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='danger_how',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='description',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='effect_on_child',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='hearsay_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='hearsay_by',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='if_nothing_is_done',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='other_adults',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='other_children',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='other_drugs',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='wants_feedback',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='youthcase',
            name='whereabouts',
            field=cases.models.fields.SealedTextField(blank=True, editable=True),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
