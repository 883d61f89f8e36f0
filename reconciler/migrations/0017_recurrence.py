from django.db import migrations, models

from reconciler.migrations._online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("reconciler", "0016_trend_days"),
    ]

    operations = [
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(("unreadable_reason", ""), _negated=True),
                fields=["account", "unreadable_reason"],
                name="order_unreadable",
            ),
        ),
        AddIndexOnline(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=["account", "cause", "held_since", "order", "reservation", "closed_at"],
                name="finding_recurrence",
            ),
        ),
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(("invoiced_at__isnull", False)),
                fields=["account", "invoiced_at", "affiliate_id", "sales_channel"],
                name="order_invoiced_by_way",
            ),
        ),
        AddIndexOnline(
            model_name="order",
            index=models.Index(
                condition=models.Q(("canceled_at__isnull", False)),
                fields=["account", "canceled_at", "affiliate_id", "sales_channel"],
                name="order_canceled_by_way",
            ),
        ),
    ]
