"""The control routes under /_sandbox/ (listed in the package's docstring)."""

import json
from collections.abc import Callable
from typing import Any

from . import erps, scenario, shipping, situation, stock, truth
from .account import Account
from .answers import Answer, message_error
from .box import Box
from .clock import parse
from .customers import buy_one
from .hook_sender import HookSender
from .people import ERRORS, customer, planted
from .shapes.dates import utc
from .state import Pair
from .switches import checked

Body = Any


class Control:
    """Reads and moves the sandbox from outside VTEX's own routes."""

    def __init__(self, box: Box, save: Callable[[], None], sender: HookSender) -> None:
        self.box = box
        self.save = save
        self.routes: dict[tuple[str, str], Callable[[Body], object]] = {
            ("GET", ""): lambda body: self.about(),
            ("GET", "clock"): lambda body: self.clock(),
            ("POST", "clock"): self.move_clock,
            ("POST", "reset"): self.reset,
            ("GET", "switches"): lambda body: self.account.switches,
            ("POST", "switches"): self.switch,
            ("GET", "settings"): lambda body: vars(self.account.settings),
            ("POST", "settings"): self.settle,
            ("GET", "orders"): lambda body: self.orders(),
            ("GET", "truth"): lambda body: truth.entries(self.account),
            ("GET", "shelf"): lambda body: [
                stock.shelf(self.account, pair) for pair in self.account.pairs.values()
            ],
            ("GET", "canaries"): lambda body: {"canaries": self.canaries()},
            ("GET", "requests"): lambda body: self.box.requests(),
            ("GET", "traffic"): lambda body: self.box.traffic(),
            ("DELETE", "requests"): lambda body: self.box.log.clear(),
            ("GET", "faults"): lambda body: [rule.shown() for rule in self.box.faults.rules],
            ("POST", "faults"): lambda body: self.box.faults.add(body if isinstance(body, list) else [body]),
            ("DELETE", "faults"): lambda body: self.box.faults.rules.clear(),
            ("POST", "situation"): lambda body: situation.build(self.account, body),
            ("POST", "ship"): self.ship,
            ("POST", "invoice"): self.invoice,
            ("POST", "count"): self.count,
            ("POST", "order"): self.order,
            ("POST", "keys"): self.key,
            ("GET", "hook"): lambda body: sender.told(),
            ("DELETE", "hook"): lambda body: sender.clear(),
            ("POST", "save"): lambda body: self.save(),
        }

    @property
    def account(self) -> Account:
        return self.box.account

    def handle(self, method: str, target: str, raw: bytes) -> Answer:
        name = target.split("?")[0].removeprefix("/_sandbox/").strip("/")
        route = self.routes.get((method, name))
        if route is None:
            return message_error(404, f"no control route {method} {name!r}")
        with self.box.lock:
            self.box.catch_up()
            try:
                result = route(json.loads(raw) if raw else {})
            except (ValueError, KeyError, TypeError) as error:
                return message_error(400, f"{type(error).__name__}: {error}")
            if method != "GET":
                self.box.catch_up()
                self.box.on_change()
        return Answer(body={"ok": True} if result is None else result)

    def about(self) -> dict[str, object]:
        account = self.account
        known = {key: one.token for key, one in self.box.keys.known.items()}
        return {
            "account": account.name,
            "scenario": account.scenario,
            "seed": account.seed,
            "now": utc(self.box.clock.now()),
            "keys": known,
            "switches": account.switches,
            "settings": vars(account.settings),
            "orders": len(account.orders),
        }

    def clock(self) -> dict[str, object]:
        clock = self.box.clock
        return {
            "now": utc(clock.now()),
            "frozen": clock.frozen_at is not None,
            "offset_seconds": clock.offset,
            "tick_per_request": clock.tick_per_request,
        }

    def move_clock(self, body: Body) -> object:
        clock = self.box.clock
        if "freeze" in body:
            clock.freeze(bool(body["freeze"]))
        if "set" in body:
            clock.set(parse(body["set"]))
        if "advance_seconds" in body:
            clock.advance(float(body["advance_seconds"]))
        if "tick_per_request" in body:
            clock.tick_per_request = float(body["tick_per_request"])
        self.box.catch_up()
        return self.clock()

    def reset(self, body: Body) -> None:
        name, seed = body.get("scenario", self.account.scenario), int(body.get("seed", self.account.seed))
        fresh = scenario.build(
            name, seed, self.box.clock.now(), account_name=self.account.name,
            switches=body.get("switches"), settings=body.get("settings"),
        )  # fmt: skip
        self.box.replace(fresh)

    def switch(self, body: Body) -> object:
        self.account.switches.update(checked(body))
        return self.account.switches

    def settle(self, body: Body) -> object:
        self.account.settings.change(body)
        return vars(self.account.settings)

    def orders(self) -> list[dict[str, object]]:
        """Every order with what the scenario meant it to become."""
        names = ("id", "status", "fate", "locks", "created", "shipped_at", "forbidden", "incomplete")
        return [{name: getattr(order, name) for name in names} for order in self.account.orders.values()]

    def canaries(self) -> list[str]:
        people = (customer(self.account.seed, order_id) for order_id in [*self.account.orders, ERRORS])
        return sorted({text for person in people for text in planted(person)})

    def ship(self, body: Body) -> None:
        """The goods leave; VTEX is told nothing."""
        if "lock_id" in body:
            for item in self.account.locks[body["lock_id"]].items:
                shipping.take_from_shelf(self.account, item, item.to_ship)
        else:
            shipping.send(self.account, self.account.orders[body["order_id"]])

    def invoice(self, body: Body) -> None:
        order = self.account.orders[body["order_id"]]
        shipping.send(self.account, order)
        shipping.invoice(self.account, order)

    def count(self, body: Body) -> dict[str, object]:
        pair = self._pair(body)
        quantity = body.get("quantity")
        accepted = erps.send_count(self.account, pair, None if quantity is None else int(quantity))
        return {"had_effect": accepted, **stock.shelf(self.account, pair)}

    def order(self, body: Body) -> dict[str, object]:
        self._pair(body)
        made = buy_one(
            self.account,
            body["sku"],
            body["warehouse"],
            int(body.get("quantity", 1)),
            body.get("fate", "normal"),
        )
        return {"order_id": made.id, "lock_ids": made.locks}

    def key(self, body: Body) -> None:
        known = self.box.keys.known
        app_key = body.get("app_key") or next(iter(known))
        token = body.get("app_token") or known[app_key].token
        self.box.keys.set(app_key, token, body.get("denied", []), body.get("style", "403"))

    def _pair(self, body: Body) -> Pair:
        return self.account.pairs[body["sku"], body["warehouse"]]
