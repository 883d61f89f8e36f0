"""Every address below the site: the store chooser, one store's pages, the installation's audit trail."""

from django.urls import URLPattern, include, path

from reconciler.views import converters, stores

__all__ = ["converters", "urlpatterns"]

# One store's pages; each wears `access.store_view`.
store: list[URLPattern] = []

urlpatterns = [
    path("", stores.stores, name="stores"),
    path("s/<account:account>/", include(store)),
]
