"""The account behind its door: keys, permissions, limits, faults and the log of requests, one request at a
time.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from . import faults, keys, people
from .account import Account
from .answers import Answer, RefusedError, locked, message_error
from .clock import MINUTE, Clock
from .endpoint import Endpoint, Request
from .happenings import catch_up
from .routes import ENDPOINTS

COUNTED = ("put_inventory", "patch_quantity")
KEPT_REQUESTS = 20_000


@dataclass
class Logged:
    """One received request; `applied` says whether it took effect, whatever was answered."""

    number: int
    at: float
    method: str
    path: str
    endpoint: str
    status: int
    applied: bool
    fault: str | None = None


@dataclass
class Reply:
    """What goes out, and how the wire is to spoil it."""

    answer: Answer
    fault: faults.Rule | None = None


class Box:
    def __init__(self, account: Account, clock: Clock, known: keys.Keys) -> None:
        self.account = account
        self.clock = clock
        self.keys = known
        self.faults = faults.Faults()
        self.log: deque[Logged] = deque(maxlen=KEPT_REQUESTS)
        self.lock = threading.RLock()
        self.on_change: Callable[[], None] = lambda: None
        self._numbers = 0
        self._refused = 0
        self._last_write: dict[tuple[str, ...], float] = {}
        self._recent: deque[float] = deque()

    def catch_up(self) -> None:
        before = self.account.changes
        catch_up(self.account, self.clock.now())
        if self.account.changes != before:
            self.on_change()

    def handle(self, request: Request, app_key: str | None, app_token: str | None) -> Reply:
        """Answers one VTEX request and writes it down."""
        endpoint = self._route(request)
        name = endpoint.name if endpoint else "unknown"
        with self.lock:
            rule = self.faults.for_request(name, f"{request.method} {request.target}")
        if rule is not None and rule.kind == "slow":
            time.sleep(rule.seconds)
        with self.lock:
            self.clock.tick()
            self.catch_up()
            answer, applied = self._answer(endpoint, request, app_key, app_token, rule)
            self._write_down(request, name, answer.status, applied, rule)
            if applied and request.method != "GET":
                self.catch_up()
                self.on_change()
        if rule is not None and rule.kind == "slow_applied":
            time.sleep(rule.seconds)
        return Reply(answer, rule)

    def _route(self, request: Request) -> Endpoint | None:
        for endpoint in ENDPOINTS:
            args = endpoint.match(request)
            if args is not None:
                request.args = args
                return endpoint
        return None

    def _answer(
        self,
        endpoint: Endpoint | None,
        request: Request,
        app_key: str | None,
        app_token: str | None,
        rule: faults.Rule | None,
    ) -> tuple[Answer, bool]:
        key = self.keys.find(app_key, app_token)
        if key is None:
            return keys.unauthorized(request.path), False
        request.app_key = app_key or ""
        if endpoint is None:
            return message_error(404, "Not found"), False
        refusal = key.refusal(endpoint) or self._too_fast(endpoint, request)
        if refusal is not None:
            return refusal, False
        if rule is not None:
            return self._spoiled(rule, endpoint, request)
        return self._real(endpoint, request)

    def _real(self, endpoint: Endpoint, request: Request) -> tuple[Answer, bool]:
        try:
            return endpoint.handler(self.account, request), True
        except RefusedError as refused:
            return refused.answer, False

    def _spoiled(self, rule: faults.Rule, endpoint: Endpoint, request: Request) -> tuple[Answer, bool]:
        gossip = people.gossip(self.account.seed)
        stand_in = faults.spoiled(rule, endpoint.name, self.account.name, request.args, gossip)
        if not rule.takes_effect:
            return stand_in or message_error(503, "Closed"), False
        real, applied = self._real(endpoint, request)
        return stand_in or real, applied

    def _too_fast(self, endpoint: Endpoint, request: Request) -> Answer | None:
        """423 for a second write on one pair at once, 429 above the account's budget."""
        limit, now = self.account.settings.requests_per_minute, time.monotonic()
        while self._recent and self._recent[0] < now - MINUTE:
            self._recent.popleft()
        if limit and len(self._recent) >= limit:
            self._refused += 1
            answer = message_error(429, "Too many requests")
            answer.headers["Retry-After"] = str(self.account.settings.retry_after_seconds)
            return answer
        self._recent.append(now)
        if endpoint.name not in COUNTED:
            return None
        pair = tuple(request.args)
        last, self._last_write[pair] = self._last_write.get(pair, 0.0), now
        return (
            locked(self.account.name, *request.args)
            if now - last < self.account.settings.inventory_lock_seconds
            else None
        )

    def _write_down(
        self, request: Request, name: str, status: int, applied: bool, rule: faults.Rule | None
    ) -> None:
        self._numbers += 1
        kind = rule.kind if rule else None
        at = self.clock.now()
        self.log.append(
            Logged(self._numbers, at, request.method, request.target, name, status, applied, kind)
        )

    def traffic(self) -> dict[str, int]:
        """Requests received so far, and how many of them were over the account's allowance (429)."""
        return {"requests": self._numbers, "too_many": self._refused}

    def requests(self) -> list[dict[str, object]]:
        return [asdict(one) for one in self.log]

    def replace(self, account: Account) -> None:
        """A new account behind the same door."""
        self.account = account
        self.faults = faults.Faults()
        self.log.clear()
        self._last_write.clear()
        self.on_change()
