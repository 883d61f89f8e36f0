"""What `manage.py demo` sets for itself: a sandbox store, its own key, plain http on this machine."""

import secrets
from collections.abc import MutableMapping
from pathlib import Path

ACCOUNT = "luxstore"
SANDBOX_PORT = 8001
DATA = Path(__file__).resolve().parent.parent / "data"


def prepare(variables: MutableMapping[str, str], data: Path = DATA) -> None:
    """Fills the environment before the settings read it. No real store's key or database reaches the demo."""
    data.mkdir(exist_ok=True)
    for name in [name for name in variables if name.startswith("VTEX_")]:
        del variables[name]
    port = variables.get("SANDBOX_PORT", str(SANDBOX_PORT))
    wanted = {
        "DEMO": "on",
        "DEBUG": "off",
        "ENV_FILE": "",
        "SECRET_KEY": _key(data / "demo-secret-key"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{data / 'demo.sqlite3'}",
        "TRUSTED_PROXY_COUNT": "0",
        "TASKS_BACKEND": "embedded",
        "REDIS_URL": "",
        "VTEX_ACCOUNT": ACCOUNT,
        "VTEX_BASE_URL": f"http://127.0.0.1:{port}",
        "VTEX_APP_KEY": "vtexappkey-luxstore-DEMO",
        "VTEX_APP_TOKEN": "demo",
        "VTEX_ACTIONS": "on",
        "VTEX_REQUESTS_PER_MINUTE": "60000",
        "VTEX_TIME_ZONE": "America/Sao_Paulo",
    }
    for name in wanted:
        variables.pop(f"{name}_FILE", None)
    variables.update(wanted)


def _key(path: Path) -> str:
    """The demo's own key, made on the first start, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="utf-8")
    return path.read_text(encoding="utf-8")
