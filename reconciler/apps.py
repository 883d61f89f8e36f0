"""The reconciler: mirror, diagnosis, actions and audit of VTEX stock reservations."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from reconciler.audit.checks import audit_is_append_only


class Reconciler(AppConfig):
    name = "reconciler"
    verbose_name = "Reconciler"

    def ready(self) -> None:
        register(audit_is_append_only, Tags.database)
