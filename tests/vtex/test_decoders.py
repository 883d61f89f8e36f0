"""Decoders are made one at a time: msgspec ends the process when two threads look into a type at once."""

from __future__ import annotations

import threading
import time
from typing import Any

import msgspec
import pytest

from reconciler.vtex.payloads import Order, OrderDocument, Reservation, Sku, SkuInventory, base


def test_no_two_threads_make_a_decoder_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    making: list[object] = []
    overlapped = []

    class Decoder:
        def __init__(self, kind: object, **more: Any) -> None:
            making.append(kind)
            time.sleep(0.01)
            overlapped.append(len(making) > 1)
            making.remove(kind)

        def decode(self, body: bytes) -> None: ...

    monkeypatch.setattr(msgspec.json, "Decoder", Decoder)
    base._decoder.cache_clear()
    kinds: list[type] = [Order, OrderDocument, Reservation, Sku, SkuInventory]
    threads = [threading.Thread(target=base.decode, args=(b"{}", kind)) for kind in kinds * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    base._decoder.cache_clear()
    assert overlapped == [False] * len(kinds)
