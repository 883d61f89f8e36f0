"""Prints the session of somebody who may see everything, and ids to ask for, as JSON."""

import json

import django


def main() -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from reconciler.models import Finding, Membership, Order, Role, VtexAccount

    store = VtexAccount.objects.get(name="luxstore")
    person, _ = User.objects.update_or_create(
        username="bench", defaults={"is_superuser": True, "is_staff": True}
    )
    for role in Role.values:
        Membership.objects.get_or_create(user=person, account=store, role=role)
    client = Client()
    client.force_login(person)
    stuck = Finding.objects.filter(account=store).listed().exclude(reservation=None)
    locks = list(stuck.order_by("-id").values_list("reservation__lock_id", flat=True)[:40])
    orders = Order.objects.filter(account=store).order_by("-id").values_list("order_id", flat=True)[:4000:100]
    print(json.dumps({"session": client.cookies["session"].value, "locks": locks, "orders": list(orders)}))


if __name__ == "__main__":
    main()
