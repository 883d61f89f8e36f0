"""The reconciler: mirror, diagnosis, actions and audit of VTEX stock reservations."""

from django.apps import AppConfig


class Reconciler(AppConfig):
    name = "reconciler"
    verbose_name = "Reconciler"
