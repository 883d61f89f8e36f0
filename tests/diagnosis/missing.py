# ruff: noqa: E501 - a situation is read across
"""Reservations whose order is missing, unreadable or carries another lock: three different things."""

from __future__ import annotations

from reconciler.diagnosis.facts import NotReadable, OrderLine, Renamed, Tried, Unreadable

from .builders import LOCK, ORDER, ago, case, item, lock, not_found, order, pair
from .situations import CARRIES_SECOND, EXPIRED, SECOND, by, healthy, wrong

SITUATIONS = [
    *by("F5.4 F1 F3.4",  # order missing
        wrong("no order carries it, everything was tried", case(of=not_found()), "order_missing manual_review stuck"),
        wrong("a lock of no order's name (GUID)",
              case(lock(item(), lock_id="c0ffee"), not_found(tried=(Tried("c0ffee", "404"),))),
              "order_missing manual_review stuck"),
        wrong("missing, its pair was read before it was old enough",
              case(lock(item(read_at=ago(9))), not_found(), pair(bracketed_at=ago(9))),
              "order_missing manual_review pending"),
        wrong("eleven days old", case(lock(item(), reserved_at=ago(11)), not_found()), "could_not_tell:too_young"),
        wrong("old enough, but looked up when it was young",
              case(of=not_found(looked_at=ago(15))), "could_not_tell:too_young"),
        wrong("older than VTEX shows orders", case(lock(item(), reserved_at=ago(731)), not_found()), "could_not_tell:too_old"),
        wrong("asked without the name it was made from",
              case(of=not_found(tried=(Tried(LOCK, "404"),))), "could_not_tell:lookup_incomplete"),
        wrong("asked only without the \"00-\"", case(of=not_found(tried=(Tried(ORDER, "404"),))), "could_not_tell:lookup_incomplete"),
        wrong("a GUID: only another name was asked for",
              case(lock(item(), lock_id="c0ffee"), not_found(tried=(Tried("other", "404"),))), "could_not_tell:lookup_incomplete"),
        wrong("one of the names was refused",
              case(of=not_found(tried=(Tried(LOCK, "404"), Tried(ORDER, "403")))), "could_not_tell:forbidden"),
        wrong("one of the names gave an error",
              case(of=not_found(tried=(Tried(LOCK, "404"), Tried(ORDER, "500")))), "could_not_tell:lookup_incomplete"),
        wrong("never looked up", case(of=not_found(looked_at=None)), "could_not_tell:not_synced"),
        wrong("of a day that was not backfilled",
              case(of=not_found(covered=((ago(19), ago(1)),))), "could_not_tell:outside_backfill"),
        wrong("backfilled with a hole beside its day",
              case(of=not_found(covered=((ago(60), ago(19)), (ago(18.5), ago(1))))), "could_not_tell:outside_backfill"),
        wrong("backfilled in two spans that meet",
              case(of=not_found(covered=((ago(19), ago(1)), (ago(60), ago(19))))), "order_missing manual_review stuck"),
        wrong("an order of its day was listed but never read",
              case(of=not_found(unread_orders=(ago(20.5),))), "could_not_tell:lookup_incomplete"),
        wrong("an order of another month was never read",
              case(of=not_found(unread_orders=(ago(50),))), "order_missing manual_review stuck"),
        wrong("its own date is not known", case(lock(item(), reserved_at=None), not_found()), "could_not_tell:lookup_incomplete"),
    ),
    *by("F1 F3.1",  # unreadable
        *[
            wrong(f"the order is unreadable: {reason}", case(of=NotReadable(reason)), f"could_not_tell:{reason}")
            for reason in (Unreadable.FORBIDDEN, Unreadable.NOT_SYNCED, Unreadable.TOO_OLD, Unreadable.ERROR,
                           Unreadable.CONFLICTING)
        ],
        wrong("unreadable and expired: unreadable wins",
              case(EXPIRED, NotReadable(Unreadable.FORBIDDEN)), "could_not_tell:forbidden"),
        healthy("unreadable, but holds nothing", case(lock(item(listed=False)), NotReadable(Unreadable.FORBIDDEN))),
    ),
    *by("F3.1 U11",  # superseded
        wrong("the order carries another lock",
              case(of=Renamed(order("handling", lines=CARRIES_SECOND))), "lock_superseded manual_review stuck"),
        wrong("the other lock was made an hour ago",
              case(of=Renamed(order("handling", lines=CARRIES_SECOND), ago(hours=1))),
              "lock_superseded manual_review pending"),
        wrong("the order was read before this lock could count as replaced",
              case(of=Renamed(order("handling", lines=CARRIES_SECOND, read_at=ago(9)))),
              "lock_superseded manual_review pending"),
        wrong("an old read of a finished order is as good as a new one",
              case(of=Renamed(order(lines=CARRIES_SECOND, read_at=ago(9)))), "lock_superseded manual_review stuck"),
        wrong("the order of that name names no lock (U11)",
              case(of=Renamed(order(lines=(OrderLine("0123", 2),)))), "could_not_tell:unlinked"),
        wrong("the order of that name names another lock on one line and none on the next",
              case(of=Renamed(order(lines=(OrderLine("0123", 2, SECOND), OrderLine("229", 1))))),
              "could_not_tell:conflicting"),
        wrong("superseded and expired",
              case(EXPIRED, Renamed(order(lines=CARRIES_SECOND))), "authorization_expired wait stuck"),
    ),
]  # fmt: skip
