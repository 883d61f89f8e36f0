"""What TASKS_BACKEND means: which queue wakes workers, and what Django needs for it."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ImproperlyConfigured

from inventory_admin.environment import Environment

EMBEDDED, DATABASE, REDIS = BACKENDS = ["embedded", "database", "redis"]
TASK_SECONDS = 120
"""How long a process of the queue's own works for one message, before it asks by another."""
REDIS_SECONDS = {"socket_connect_timeout": "2", "socket_timeout": "5"}
RQ = {"WORKER_CLASS": "reconciler.work.horses.Worker", "JOB_CLASS": "django_tasks_rq.Job"}
MIGRATION_MODULES = {"django_rq": None}
"""Its migrations make no table: readiness need not wait for them."""


@dataclass(frozen=True)
class Queue:
    """`inbox` is where a worker takes messages from; none if they do not leave the process."""

    tasks: str
    inbox: str = ""
    apps: list[str] = field(default_factory=list)
    redis_url: str = ""

    @property
    def rq_queues(self) -> dict[str, Any]:
        """Django-RQ's RQ_QUEUES."""
        if not self.redis_url:
            return {}
        address, _, query = self.redis_url.partition("?")
        options = urlencode(REDIS_SECONDS | dict(parse_qsl(query)))
        return {"default": {"URL": f"{address}?{options}", "DEFAULT_TIMEOUT": TASK_SECONDS + 60}}


def read(env: Environment) -> Queue:
    """The queue that the environment asks for."""
    backend = env.choice("TASKS_BACKEND", EMBEDDED, BACKENDS)
    url = env.redis("REDIS_URL", None if backend == REDIS else "")
    if backend == EMBEDDED:
        return Queue("reconciler.work.embedded.EmbeddedBackend")
    if backend == DATABASE:
        return Queue(
            "django_tasks_db.DatabaseBackend",
            inbox="reconciler.work.inbox_database.Inbox",
            apps=["django_tasks", "django_tasks_db"],
        )
    if not find_spec("django_tasks_rq"):
        raise ImproperlyConfigured(
            "TASKS_BACKEND is redis, which needs more packages: "
            "pip install --require-hashes -r requirements/redis.txt."
        )
    return Queue(
        "django_tasks_rq.RQBackend",
        inbox="reconciler.work.inbox_redis.Inbox",
        apps=["django_tasks", "django_rq"],
        redis_url=url,
    )
