"""Registers the findings in Django's admin."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


class Site(AppConfig):
    name = "tests.bench.site"
    label = "bench_site"

    def ready(self) -> None:
        from reconciler.models import Finding

        admin.site.register(Finding, Findings)


class Findings(admin.ModelAdmin):  # type: ignore[type-arg]
    """The changelist over the rows, joins, order and page size of the stuck list; its cells are plain."""

    list_display = (
        "order_id_shown", "status", "lock", "cause", "reason", "items", "units", "value_cents", "currency",
        "value_kind", "held_since", "facts_read_at", "remedy",
    )  # fmt: skip
    list_select_related = ("reservation", "order", "balance")
    list_per_page = 50
    ordering = ("-value_cents", "-id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(account__name="luxstore").stuck()

    @admin.display(description="order")
    def order_id_shown(self, finding: Any) -> str:
        return finding.order.order_id if finding.order else ""

    @admin.display(description="status")
    def status(self, finding: Any) -> str:
        return finding.order.status if finding.order else ""

    @admin.display(description="lock")
    def lock(self, finding: Any) -> str:
        return finding.reservation.lock_id if finding.reservation else ""
