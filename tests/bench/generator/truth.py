"""What is wrong in a generated store, written down while it is built; and what the product says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from reconciler.models import Finding, VtexAccount

Said = tuple[str, str, bool, str]
"""(lock id or sku@warehouse, cause, confirmed, reason)"""


class Truth:
    """JSON lines {"subject", "cause", "confirmed", "reason"}: every finding there has to be, and no other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("w")

    def lock(self, lock_id: str, cause: str, *, confirmed: bool = True, reason: str = "") -> None:
        self._write({"subject": lock_id, "cause": cause, "confirmed": confirmed, "reason": reason})

    def pair(self, pair: tuple[str, str], cause: str, *, confirmed: bool = True, reason: str = "") -> None:
        subject = "@".join(each.replace(" ", "~20") for each in pair)
        self._write({"subject": subject, "cause": cause, "confirmed": confirmed, "reason": reason})

    def _write(self, line: dict[str, str | bool]) -> None:
        self.file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        self.file.close()


def read(path: Path) -> set[Said]:
    lines = map(json.loads, path.read_text().splitlines())
    return {(each["subject"], each["cause"], each["confirmed"], each["reason"]) for each in lines}


def said(account: VtexAccount) -> set[Said]:
    rows = Finding.objects.filter(account=account).open()
    told = rows.values_list("subject", "cause", "confirmed_at", "reason").iterator(chunk_size=2000)
    return {(subject, cause, confirmed is not None, reason) for subject, cause, confirmed, reason in told}


def differences(path: Path, account: VtexAccount) -> tuple[Iterable[Said], Iterable[Said]]:
    """What the product did not say though it is so, and what it said though it is not."""
    truth, told = read(path), said(account)
    return sorted(truth - told), sorted(told - truth)
