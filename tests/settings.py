"""The product's settings under an environment of the tests' own, whatever the machine has set."""

import os
import tempfile
from pathlib import Path

for name in [name for name in os.environ if name.startswith("VTEX_") and name != "VTEX_OPENAPI_DIR"]:
    del os.environ[name]
os.environ.update(
    {
        "ENV_FILE": "",
        "DEBUG": "off",
        "DEMO": "on",
        "SECRET_KEY": "a-key-for-tests-only-that-is-long-enough-for-every-check",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "VTEX_ACCOUNT": "luxstore",
        "VTEX_BASE_URL": "http://127.0.0.1:1",
        "VTEX_APP_KEY": "vtexappkey-luxstore-TEST",
        "VTEX_APP_TOKEN": "test-token",
        "VTEX_ACTIONS": "on",
        "VTEX_REQUESTS_PER_MINUTE": "600000",
        "LOG_LEVEL": "WARNING",
        "METRICS_TOKEN": "",
        "TASKS_BACKEND": "embedded",
        "REDIS_URL": "",
    }
)

os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

from inventory_admin.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in the product: threads that share a database in memory share one connection, and crash.
    file = str(Path(tempfile.gettempdir()) / f"inventory-admin-test-{os.getpid()}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": file}  # noqa: F405
    if DATABASES["default"]["NAME"] == ":memory:":  # noqa: F405
        DATABASES["default"]["NAME"] = file  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
