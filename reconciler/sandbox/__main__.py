"""`python -m reconciler.sandbox`: prints the address, serves until SIGINT or SIGTERM."""

import argparse
import signal
import sys
import threading

from .scenario import BUILDERS
from .server import SandboxServer


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m reconciler.sandbox", description="A VTEX account in a box, on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", choices=sorted(BUILDERS), default="demo")
    parser.add_argument(
        "--data",
        help="file that keeps the account; an existing one is taken up and wins over scenario and seed",
    )
    parser.add_argument("--account", default="sandbox")
    parser.add_argument("--orders", type=int, default=5000, help="how many the scenario large holds")
    given = parser.parse_args(arguments)
    try:
        server = SandboxServer(
            given.scenario,
            given.seed,
            port=given.port,
            data=given.data,
            account=given.account,
            orders=given.orders,
        )
    except (OSError, ValueError) as error:
        parser.exit(1, f"The sandbox can not start: {error}\n")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
