"""Settings come from the environment alone; a fault in one stops the start and is named."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READERS = ("settings.py", "stores.py", "queues.py")
GOOD = {
    "ENV_FILE": "",
    "SECRET_KEY": "Zx7-qL2_vN9.aB4=" * 4,
    "ALLOWED_HOSTS": "inventory.example.com",
    "VTEX_ACCOUNT": "luxstore",
    "VTEX_APP_KEY": "vtexappkey-luxstore-AAAAAA",
    "VTEX_APP_TOKEN": "a-token",
    "DATABASE_URL": "sqlite://:memory:",
}


def manage(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Runs manage.py in a process of its own, under GOOD and these variables; None takes one away."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    given = {name: value for name, value in {**GOOD, **variables}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_environment_is_clean_for_deployment() -> None:
    finished = manage("check", "--deploy", "--fail-level", "INFO", TRUSTED_PROXY_COUNT="1")
    assert finished.returncode == 0, finished.stderr
    assert "no issues" in finished.stdout


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", None),
        ("VTEX_ACCOUNT", None),
        ("VTEX_ACCOUNT", "Lux Store"),
        ("VTEX_APP_KEY", None),
        ("VTEX_APP_TOKEN", ""),
        ("VTEX_BASE_URL", "http://vtex.example.com"),
        ("VTEX_BASE_URL", "https://vtex.example.com/path"),
        ("VTEX_ACTIONS", "perhaps"),
        ("VTEX_REQUESTS_PER_MINUTE", "0"),
        ("VTEX_TIME_ZONE", "Brasilia"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("DATABASE_URL", "nonsense"),
        ("EMAIL_URL", "nonsense"),
        ("DEBUG", "maybe"),
        ("DEMO", "on"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("STUCK_GRACE_HOURS", "1.5"),
        ("VERIFY_DEADLINE_SECONDS", "21"),
        ("NOT_SENT_AFTER_SECONDS", "29"),
        ("NOT_APPLIED_AFTER_SECONDS", "59"),
        ("LOG_FORMAT", "xml"),
        ("TASKS_BACKEND", "celery"),
        ("REDIS_URL", "nonsense"),
        ("REDIS_URL", "redis://:secret-word@host:port/0"),
        ("REDIS_URL", "redis://host/zero"),
        ("REDIS_URL", "https://host/0"),
    ],
)
def test_a_faulty_setting_stops_the_start_with_one_sentence_that_names_it(
    variable: str, value: str | None
) -> None:
    finished = manage("check", **{variable: value})
    assert finished.returncode == 1
    assert variable in finished.stderr
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1
    assert "secret-word" not in finished.stderr


def test_redis_as_the_queue_needs_its_address() -> None:
    finished = manage("check", TASKS_BACKEND="redis")
    assert finished.returncode == 1
    assert "REDIS_URL" in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "queue",
    [
        {"TASKS_BACKEND": "embedded"},
        {"TASKS_BACKEND": "database"},
        {"TASKS_BACKEND": "redis", "REDIS_URL": "redis://127.0.0.1:6379"},
        {"TASKS_BACKEND": "redis", "REDIS_URL": "rediss://user:p%40ss@redis.example.com:6380/3?health_check_interval=9"},
        {"TASKS_BACKEND": "redis", "REDIS_URL": "unix:///run/redis.sock?db=1"},
    ],
)  # fmt: skip
def test_each_queue_starts_clean(queue: dict[str, str]) -> None:
    finished = manage("check", **queue)
    assert finished.returncode == 0, finished.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("token-from-a-file\n")
    shown = manage(
        "shell", "-v0", "-c", "from django.conf import settings as s; print(s.STORES['luxstore'].app_token)",
        VTEX_APP_TOKEN=None, VTEX_APP_TOKEN_FILE=str(secret),
    )  # fmt: skip
    assert shown.stdout.strip() == "token-from-a-file", shown.stderr


def test_a_secret_file_that_cannot_be_read_is_named() -> None:
    finished = manage("check", VTEX_APP_TOKEN=None, VTEX_APP_TOKEN_FILE="/nowhere/token")
    assert finished.returncode == 1
    assert "VTEX_APP_TOKEN_FILE" in finished.stderr


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    env_file.write_text("STUCK_GRACE_HOURS=12\nHANDLING_GRACE_HOURS=13\n")
    code = "from django.conf import settings as s; print(s.STUCK_GRACE_HOURS, s.HANDLING_GRACE_HOURS)"
    shown = manage("shell", "-v0", "-c", code, ENV_FILE=str(env_file), HANDLING_GRACE_HOURS="14")
    assert shown.stdout.split() == ["12", "14"], shown.stderr


def test_actions_are_off_unless_switched_on() -> None:
    code = "from django.conf import settings as s; print(s.STORES['luxstore'].actions)"
    assert manage("shell", "-v0", "-c", code).stdout.strip() == "False"
    assert manage("shell", "-v0", "-c", code, VTEX_ACTIONS="on").stdout.strip() == "True"


def test_every_variable_that_is_read_is_in_the_example_and_no_other() -> None:
    source = "".join((ROOT / "inventory_admin" / name).read_text() for name in READERS)
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)) | {"VTEX_ACCOUNT", "VTEX_ACCOUNTS"}
    read |= {f"VTEX_{suffix}" for suffix in re.findall(r'^    "([A-Z_]+)",$', source, re.MULTILINE)}
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    per_store = {name for name in shown if name.startswith(("VTEX_LUXSTORE_", "VTEX_LUX_OUTLET_"))}
    assert shown - per_store == read - {"DEMO"}
