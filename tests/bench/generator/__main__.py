"""Fills the database that DATABASE_URL names; `--truth FILE` gets what is wrong there."""

import argparse
import os
import time
from pathlib import Path

import django
from django.core.management import call_command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--audit", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", type=Path, required=True)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    from tests.bench.generator.generate import generate
    from tests.bench.generator.shape import Shape

    began = time.monotonic()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    generate(Shape(asked.orders, asked.audit, asked.seed), asked.truth)
    print(f"{asked.orders} orders, {asked.audit} audit entries in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
