"""The only place that knows HTTP and VTEX's JSON. Imports no Django and no models."""

from reconciler.vtex.client import VtexClient
from reconciler.vtex.retries import Retries
from reconciler.vtex.settings import ClientSettings, Timeouts

__all__ = ["ClientSettings", "Retries", "Timeouts", "VtexClient"]
