"""The product's addresses, the admin, and what the stuck list is held against."""

from django.contrib import admin
from django.urls import path

from inventory_admin.urls import handler500
from inventory_admin.urls import urlpatterns as product
from tests.bench.site import views

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("s/<account:account>/memory/", views.memory),
    path("s/<account:account>/bytes/", views.same_bytes),
    *product,
]
