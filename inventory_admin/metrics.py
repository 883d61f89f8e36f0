"""Figures for Prometheus, read from the database when asked, so any number of processes tell the same."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from reconciler.models import Attempt, Finding, StockBalance, SyncCursor


class Figures(Collector):
    """Gauges per store. Counts are of now; ages are seconds."""

    def collect(self) -> Iterator[Metric]:
        yield self._stuck()
        yield self._unsettled()
        yield self._stock_age()
        yield self._passes()

    def _stuck(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_stuck_findings", "Confirmed stuck findings", labels=["store", "cause"]
        )
        rows = Finding.objects.stuck().order_by().values_list("account__name", "cause").annotate(Count("id"))
        for store, cause, count in rows:
            gauge.add_metric([store, cause], count)
        return gauge

    def _unsettled(self) -> Metric:
        gauge = GaugeMetricFamily("inventory_unsettled_attempts", "Actions not yet settled", labels=["store"])
        rows = Attempt.objects.unsettled().order_by().values_list("account__name").annotate(Count("id"))
        for store, count in rows:
            gauge.add_metric([store], count)
        return gauge

    def _stock_age(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_newest_stock_read_age_seconds", "Since any balance was read", labels=["store"]
        )
        rows = StockBalance.objects.order_by().values_list("account__name").annotate(Max("read_at"))
        for store, read_at in rows:
            if read_at:
                gauge.add_metric([store], (timezone.now() - read_at).total_seconds())
        return gauge

    def _passes(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_sync_pass_age_seconds", "Since the last complete pass began", labels=["store", "kind"]
        )
        for store, kind, began in SyncCursor.objects.values_list("account__name", "kind", "completed_at"):
            if began:
                gauge.add_metric([store, kind], (timezone.now() - began).total_seconds())
        return gauge


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For `Authorization: Bearer METRICS_TOKEN`; without that setting the page does not exist."""
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
