"""Open columns for numbers take no words; and the guards anew: SQLite makes an altered table again."""

from typing import Any

from django.db import migrations, models

from cases.models import guards


def guard(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_post_and_receipt'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('call_sign', ''), ('call_sign__regex', '^([A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,3}[ .:-]?)?[0-9]+([ ./:-]?[A-ZÅÄÖ]{0,3}[0-9]+)*$'), _connector='OR'), name='incident_call_sign'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('ongoing_reference', ''), ('ongoing_reference__regex', '^([A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,3}[ .:-]?)?[0-9]+([ ./:-]?[A-ZÅÄÖ]{0,3}[0-9]+)*$'), _connector='OR'), name='referral_ongoing_reference'),
        ),
        migrations.AddConstraint(
            model_name='supplytip',
            constraint=models.CheckConstraint(condition=models.Q(('crime_report', ''), ('crime_report__regex', '^([A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,3}[ .:-]?)?[0-9]+([ ./:-]?[A-ZÅÄÖ]{0,3}[0-9]+)*$'), _connector='OR'), name='tip_crime_report'),
        ),
        migrations.AddConstraint(
            model_name='youthcase',
            constraint=models.CheckConstraint(condition=models.Q(('receipt_number', ''), ('receipt_number__regex', '^([A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,3}[ .:-]?)?[0-9]+([ ./:-]?[A-ZÅÄÖ]{0,3}[0-9]+)*$'), _connector='OR'), name='youthcase_receipt_number'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
