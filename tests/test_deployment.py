"""What docs and deploy/ name is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from inventory_admin.stores import SUFFIXES

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file())
PAGE = ROOT / "docs" / "deployment.md"
OF_GUNICORN = {"BIND", "WEB_WORKERS", "WEB_THREADS", "HOOK_THREADS"}
OF_A_QUEUE = {"rqworker"}
"""Commands that are there with the queue they belong to."""
OF_THE_ENVIRONMENT = {"TASKS_BACKEND", "DATABASE_URL"} | {f"VTEX_{suffix}" for suffix in SUFFIXES}


@pytest.mark.parametrize("path", [*DEPLOY, PAGE], ids=lambda path: path.name)
def test_every_command_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"manage\.py (\w+)", path.read_text()))
    assert named - OF_A_QUEUE <= set(get_commands())


def test_every_setting_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", PAGE.read_text()))
    assert named
    assert [name for name in named - OF_GUNICORN - OF_THE_ENVIRONMENT if not hasattr(settings, name)] == []


def test_gunicorn_reads_what_the_page_says_and_no_more() -> None:
    read = set(re.findall(r'environ\.get\("(\w+)"', (ROOT / "deploy" / "gunicorn.conf.py").read_text()))
    assert read == OF_GUNICORN


def test_units_and_procfile_start_the_same_processes() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "deploy" / "Procfile").read_text().splitlines())
    for kind in ("web", "worker"):
        unit = (ROOT / "deploy" / f"inventory-admin-{kind}.service").read_text()
        assert f"/.venv/bin/{procfile[kind]}\n" in unit
