"""`python -m tests.bench.clients PORT SESSION PATH CLIENTS SECONDS`: asks without a pause, says what came."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException


def main(port: str, session: str, path: str, clients: str, seconds: str) -> None:
    for _ in range(8):
        _ask(HTTPConnection("127.0.0.1", int(port), timeout=60), path, session)
    took: list[float] = []
    errors: list[str] = []
    began = time.monotonic()
    until = began + float(seconds)
    threads = [
        threading.Thread(target=_client, args=(int(port), session, path, until, took, errors))
        for _ in range(int(clients))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - began
    p95 = sorted(took)[math.ceil(len(took) * 0.95) - 1] if took else 0.0
    print(json.dumps({"answers": len(took), "errors": len(errors), "seconds": spent, "p95": p95}))


def _client(port: int, session: str, path: str, until: float, took: list[float], errors: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            status = _ask(connection, path, session)
        except (OSError, HTTPException) as error:
            errors.append(repr(error))
            connection.close()
            continue
        if status == 200:
            took.append(time.perf_counter() - began)
        else:
            errors.append(str(status))


def _ask(connection: HTTPConnection, path: str, session: str) -> int:
    connection.request("GET", path, headers={"Cookie": f"session={session}", "Accept-Language": "en"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


if __name__ == "__main__":
    main(*sys.argv[1:])
