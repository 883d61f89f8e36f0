from django.db import migrations, models

import reconciler.models.decoded


class Migration(migrations.Migration):
    dependencies = [("reconciler", "0017_recurrence")]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="telling",
            field=models.JSONField(
                blank=True,
                decoder=reconciler.models.decoded.Quick,
                help_text="The piece of the evidence that a list has room for",
                null=True,
            ),
        ),
    ]
