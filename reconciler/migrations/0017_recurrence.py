from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reconciler", "0016_trend_days"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=["account", "cause", "held_since", "order", "reservation", "closed_at"],
                name="finding_recurrence",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("invoiced_at__isnull", False)),
                fields=["account", "invoiced_at", "affiliate_id", "sales_channel"],
                name="order_invoiced_by_way",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("canceled_at__isnull", False)),
                fields=["account", "canceled_at", "affiliate_id", "sales_channel"],
                name="order_canceled_by_way",
            ),
        ),
    ]
