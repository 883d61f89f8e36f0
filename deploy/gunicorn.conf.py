"""How gunicorn runs the site: `gunicorn inventory_admin.wsgi -c deploy/gunicorn.conf.py`.

So many pages at once as WEB_THREADS says; the HOOK_THREADS beside them only wait until VTEX's deliveries are
stored. Each worker takes WEB_THREADS + 1 connections of PostgreSQL at most.
"""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4")) + int(os.environ.get("HOOK_THREADS", "100"))
timeout = 60
graceful_timeout = 30  # an action's POST answers within 20 s
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
