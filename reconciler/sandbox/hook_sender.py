"""Posts what is in the hook's outbox, in bursts, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from . import hook
from .hook_post import Poster

if TYPE_CHECKING:
    from .box import Box

TIMEOUT_SECONDS = 5.0
LOOK_SECONDS = 0.02
KEPT_TIMES = 200_000
Delivery = dict[str, Any]


class HookSender:
    """A burst is sent at once, and the next when all of it was answered."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._stopping = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run()), name="hook-sender", daemon=True)
        self.clear()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def clear(self) -> None:
        self._answers: Counter[int] = Counter()
        self._given_up = 0
        self._milliseconds: deque[float] = deque(maxlen=KEPT_TIMES)
        self._under_way = 0

    def told(self) -> dict[str, object]:
        """{waiting, under_way, sent, answers: {status: n}, given_up, over_a_second,
        milliseconds: {p50, p95, p99, most}}; status 0 is no answer.
        """
        times = sorted(self._milliseconds)
        places = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "most": 1.0}
        return {
            "waiting": len(self._box.account.hook_outbox),
            "under_way": self._under_way,
            "sent": sum(self._answers.values()),
            "answers": {str(status): number for status, number in sorted(self._answers.items())},
            "given_up": self._given_up,
            "over_a_second": sum(each > 1000 for each in times),
            "milliseconds": {
                name: round(times[min(int(len(times) * share), len(times) - 1)], 1) if times else 0.0
                for name, share in places.items()
            },
        }

    async def _run(self) -> None:
        poster = Poster(TIMEOUT_SECONDS)
        while not self._stopping.is_set():
            burst = self._take()
            if burst:
                await asyncio.gather(*(self._deliver(poster, each, *where) for each, where in burst))
            else:
                await asyncio.sleep(LOOK_SECONDS)
        poster.close()

    def _take(self) -> list[tuple[Delivery, tuple[str, dict[str, str]]]]:
        """Deliveries with address and headers; none while the hook is paused."""
        with self._box.lock:
            account = self._box.account
            if not account.hooks:
                return []
            self._box.catch_up()
            if account.settings.hook_paused:
                return []
            taken = hook.take(account, int(account.settings.hook_burst))
            self._under_way = len(taken)
            targets = {key: config["hook"] for key, config in account.hooks.items()}
            return [
                (each, (targets[each["key"]]["url"], targets[each["key"]].get("headers") or {}))
                for each in taken
            ]

    async def _deliver(self, poster: Poster, delivery: Delivery, url: str, headers: dict[str, str]) -> None:
        body = json.dumps(delivery["body"]).encode()
        began = time.monotonic()
        status = await poster.post(url, headers, body)
        self._milliseconds.append((time.monotonic() - began) * 1000)
        self._answers[status] += 1
        if status != 200:
            with self._box.lock:
                self._given_up += not hook.put_back(self._box.account, delivery)
        self._under_way -= 1


async def _ping(url: str, headers: dict[str, str]) -> int:
    poster = Poster(TIMEOUT_SECONDS)
    try:
        return await poster.post(url, headers, b'{"hookConfig":"ping"}')
    finally:
        poster.close()


def ping(url: str, headers: dict[str, str]) -> bool:
    """Whether the address answers VTEX's ping with 200."""
    return asyncio.run(_ping(url, headers)) == 200
