"""Every address below the site: the store chooser, one store's pages, the installation's audit trail."""

from django.urls import URLPattern, include, path

from reconciler.views import (
    actions,
    alerts,
    alerts_channels,
    alerts_rules,
    attempts,
    audit,
    converters,
    hook,
    order,
    orders,
    overview,
    pausing,
    recurrence,
    refresh,
    reservation,
    search,
    stock,
    stock_item,
    stores,
    stuck,
    sync,
    ticket,
    trend,
)

__all__ = ["converters", "urlpatterns"]

TEXT, JSON = {"form": "text"}, {"form": "json"}

# One store's pages; each wears `access.store_view`.
store: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("search/", search.search, name="search"),
    path("trend/", trend.trend, name="trend"),
    path("stuck/", stuck.stuck, name="stuck"),
    path("stuck.csv", stuck.stuck_csv, name="stuck_csv"),
    path("reservations/<vid:lock_id>/", reservation.reservation, name="reservation"),
    path("reservations/<vid:lock_id>/refresh/", refresh.reservation_refresh, name="reservation_refresh"),
    path("reservations/<vid:lock_id>/cancel/", actions.cancel, name="reservation_cancel"),
    path("reservations/<vid:lock_id>/acknowledge/", actions.acknowledge, name="reservation_acknowledge"),
    path("recurrence/", recurrence.recurrence, name="recurrence"),
    path("recurrence.csv", recurrence.recurrence_csv, name="recurrence_csv"),
    path("reservations/<vid:lock_id>/ticket/", ticket.reservation_ticket, TEXT, "reservation_ticket"),
    path("reservations/<vid:lock_id>/ticket.json", ticket.reservation_ticket, JSON, "reservation_pack"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<vid:order_id>/", order.order, name="order"),
    path("orders/<vid:order_id>/refresh/", refresh.order_refresh, name="order_refresh"),
    path("orders/<vid:order_id>/start-handling/", actions.start_handling, name="order_start_handling"),
    path("orders/<vid:order_id>/ticket/", ticket.order_ticket, TEXT, "order_ticket"),
    path("orders/<vid:order_id>/ticket.json", ticket.order_ticket, JSON, "order_pack"),
    path("stock/", stock.stock, name="stock"),
    path("stock/<vid:sku_id>/<vid:warehouse_id>/", stock_item.stock_item, name="stock_item"),
    path("stock/<vid:sku_id>/<vid:warehouse_id>/refresh/", refresh.stock_refresh, name="stock_refresh"),
    path("stock/<vid:sku_id>/<vid:warehouse_id>/count/", actions.count, name="stock_count"),
    path("stock/<vid:sku_id>/<vid:warehouse_id>/ticket/", ticket.stock_ticket, TEXT, "stock_ticket"),
    path("stock/<vid:sku_id>/<vid:warehouse_id>/ticket.json", ticket.stock_ticket, JSON, "stock_pack"),
    path("attempts/", attempts.attempts, name="attempts"),
    path("attempts/<int:pk>/", attempts.attempt, name="attempt"),
    path("attempts/<int:pk>/release/", attempts.release, name="attempt_release"),
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:sequence>/", audit.audit_entry, name="audit_entry"),
    path("audit.csv", audit.audit_csv, name="audit_csv"),
    path("audit.jsonl", audit.audit_jsonl, name="audit_jsonl"),
    path("audit/verify/", audit.audit_verify, name="audit_verify"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/rules/new/", alerts_rules.alert_rule_new, name="alert_rule_new"),
    path("alerts/rules/<int:pk>/", alerts_rules.alert_rule, name="alert_rule"),
    path("alerts/rules/<int:pk>/remove/", alerts_rules.alert_rule_remove, name="alert_rule_remove"),
    path("alerts/channels/email/", alerts_channels.alert_email_new, name="alert_email_new"),
    path("alerts/channels/webhook/", alerts_channels.alert_webhook_new, name="alert_webhook_new"),
    path("alerts/channels/<int:pk>/", alerts_channels.alert_channel, name="alert_channel"),
    path(
        "alerts/channels/<int:pk>/remove/", alerts_channels.alert_channel_remove, name="alert_channel_remove"
    ),
    path(
        "alerts/channels/<int:pk>/secret/", alerts_channels.alert_channel_secret, name="alert_channel_secret"
    ),
    path("alerts/channels/<int:pk>/test/", alerts_channels.alert_channel_test, name="alert_channel_test"),
    path("sync/", sync.sync, name="sync"),
    path("sync/pause/", pausing.pause_actions, name="pause_actions"),
]

urlpatterns = [
    path("hooks/vtex/<account:account>/", hook.hook, name="hook"),
    path("", stores.stores, name="stores"),
    path("s/<account:account>/", include(store)),
    path("audit/", audit.installation_audit, name="installation_audit"),
    path("audit/<int:sequence>/", audit.installation_audit_entry, name="installation_audit_entry"),
    path("audit.csv", audit.installation_audit_csv, name="installation_audit_csv"),
    path("audit.jsonl", audit.installation_audit_jsonl, name="installation_audit_jsonl"),
    path("audit/verify/", audit.installation_audit_verify, name="installation_audit_verify"),
]
