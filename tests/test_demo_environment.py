"""The demo's environment: nothing of a real store reaches it, and its own key stays."""

from pathlib import Path

from inventory_admin import demo

REAL = {
    "VTEX_ACCOUNT": "realstore",
    "VTEX_APP_KEY": "real-key",
    "VTEX_HOOK_SECRET": "real-secret",
    "VTEX_ACCOUNTS": "a,b",
    "DATABASE_URL_FILE": "/run/secrets/database",
    "SECRET_KEY": "real",
    "PATH": "/usr/bin",
}


def test_no_key_and_no_database_of_a_real_store_reaches_the_demo(tmp_path: Path) -> None:
    variables = dict(REAL)
    demo.prepare(variables, tmp_path)
    assert not {value for name, value in REAL.items() if name != "PATH"} & set(variables.values())
    assert variables["DATABASE_URL"].startswith(f"sqlite:///{tmp_path}")
    assert "VTEX_ACCOUNTS" not in variables


def test_the_demo_speaks_only_to_this_machine(tmp_path: Path) -> None:
    variables: dict[str, str] = {"SANDBOX_PORT": "8055"}
    demo.prepare(variables, tmp_path)
    assert variables["VTEX_BASE_URL"] == "http://127.0.0.1:8055"
    assert variables["ALLOWED_HOSTS"] == "127.0.0.1,localhost"


def test_the_demo_keeps_its_own_key_where_only_its_owner_reads_it(tmp_path: Path) -> None:
    first: dict[str, str] = {}
    second: dict[str, str] = {}
    demo.prepare(first, tmp_path)
    demo.prepare(second, tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "demo-secret-key").stat().st_mode & 0o077 == 0
