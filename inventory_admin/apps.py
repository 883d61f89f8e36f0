"""The project as an app, for its system checks."""

from django.apps import AppConfig


class InventoryAdmin(AppConfig):
    name = "inventory_admin"
    verbose_name = "Inventory Admin"
