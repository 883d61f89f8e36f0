"""One row for each store that the settings name."""

from django.conf import settings

from reconciler.models import VtexAccount


def ensure() -> list[VtexAccount]:
    """The accounts of the configured stores, made where missing; their time zone follows the settings."""
    return [_ensure(name, store.time_zone) for name, store in sorted(settings.STORES.items())]


def _ensure(name: str, time_zone: str) -> VtexAccount:
    account, _ = VtexAccount.objects.get_or_create(name=name, defaults={"time_zone": time_zone})
    if account.time_zone != time_zone:
        account.time_zone = time_zone
        account.save(update_fields=["time_zone"])
    return account
