"""Figures for Prometheus, read from the database when asked, so any number of processes tell the same."""

from collections.abc import Iterator
from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from reconciler.models import (
    Attempt,
    AuditHead,
    Finding,
    HookTally,
    RequestBudget,
    SyncCursor,
    VtexAccount,
)
from reconciler.work import counts, presence


class Figures(Collector):
    """Gauges per store. Counts are of now; ages are seconds.

    What is counted stays small however large the mirror is: findings, units and attempts that are open.
    """

    def collect(self) -> Iterator[Metric]:
        yield self._stuck()
        yield self._unsettled()
        yield self._passes()
        yield from self._units()
        yield self._workers()
        yield self._pauses()
        yield self._hook()
        yield self._audit()

    def _stuck(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_stuck_findings", "Confirmed stuck findings", labels=["store", "cause"]
        )
        rows = Finding.objects.stuck().order_by().values_list("account__name", "cause").annotate(Count("id"))
        for store, cause, count in rows:
            gauge.add_metric([store, cause], count)
        return gauge

    def _unsettled(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_unsettled_attempts", "Actions not yet settled", labels=["store", "outcome"]
        )
        rows = Attempt.objects.unsettled().order_by().values_list("account__name", "outcome")
        for store, outcome, count in rows.annotate(Count("id")):
            gauge.add_metric([store, outcome or "open"], count)
        return gauge

    def _passes(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_sync_pass_age_seconds", "Since the last complete pass began", labels=["store", "kind"]
        )
        for store, kind, began in SyncCursor.objects.values_list("account__name", "kind", "completed_at"):
            if began:
                gauge.add_metric([store, kind], (timezone.now() - began).total_seconds())
        return gauge

    def _units(self) -> Iterator[Metric]:
        labels = ["store", "kind"]
        count = GaugeMetricFamily("inventory_work_units", "Units of work", labels=[*labels, "state"])
        age = GaugeMetricFamily(
            "inventory_work_oldest_age_seconds", "Since the oldest unit could have run", labels=labels
        )
        now = timezone.now()
        for account in VtexAccount.objects.all():
            for kind, pending in counts.pending(account, now).items():
                for state in ("ready", "running", "waiting", "failing"):
                    count.add_metric([account.name, kind, state], getattr(pending, state))
                if pending.oldest:
                    age.add_metric([account.name, kind], (now - pending.oldest).total_seconds())
        yield count
        yield age

    def _workers(self) -> Metric:
        running = len(presence.running(timezone.now()))
        return GaugeMetricFamily("inventory_workers", "Worker processes heard of lately", value=running)

    def _pauses(self) -> Metric:
        gauge = GaugeMetricFamily(
            "inventory_vtex_pause_seconds", "How long VTEX is still left alone", labels=["store", "family"]
        )
        now = timezone.now()
        for budget in RequestBudget.objects.select_related("account"):
            until = max(filter(None, [budget.paused_until, budget.breaker_open_until]), default=now)
            gauge.add_metric([budget.account.name, budget.family], max(0.0, (until - now).total_seconds()))
        return gauge

    def _hook(self) -> Metric:
        counter = CounterMetricFamily(
            "inventory_hook_deliveries", "What VTEX posted to the hook", labels=["store", "outcome"]
        )
        for tally in HookTally.objects.select_related("account"):
            for outcome in ("stored", "pinged", "refused", "unavailable"):
                counter.add_metric([tally.account.name, outcome], getattr(tally, outcome))
        return counter

    def _audit(self) -> Metric:
        gauge = GaugeMetricFamily("inventory_audit_entries", "Last entry of each chain", labels=["chain"])
        for chain, sequence in AuditHead.objects.values_list("chain", "sequence"):
            gauge.add_metric([chain], sequence)
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
