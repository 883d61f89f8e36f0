"""From here on the database refuses to change or lose audit entries."""

from django.db import migrations

from reconciler.audit import triggers


def protect(apps, schema_editor):
    triggers.create(schema_editor.connection)


def unprotect(apps, schema_editor):
    triggers.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("reconciler", "0001_initial")]

    operations = [migrations.RunPython(protect, unprotect)]
