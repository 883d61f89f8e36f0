"""What a migration does while the product runs."""

from django.db import migrations


class AddIndexOnline(migrations.AddIndex):
    """On PostgreSQL without keeping writers out, so in a migration that is not atomic; on SQLite as ever."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        online = {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
        schema_editor.add_index(model, self.index, **online)
