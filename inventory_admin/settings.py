"""Django's settings; with `environment.py` and `stores.py` the only reader of the environment."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from inventory_admin import databases, logs, queues
from inventory_admin.environment import LOOPBACK, Environment
from inventory_admin.stores import Store, read_stores

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = os.environ.get("ENV_FILE", str(BASE_DIR / ".env"))
if ENV_FILE and Path(ENV_FILE).is_file():
    environ.Env.read_env(ENV_FILE)
env = Environment(os.environ)

# This installation
DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)
SECRET_KEY = env.text("SECRET_KEY")
if len(SECRET_KEY) < 50 and not DEBUG:
    raise ImproperlyConfigured("SECRET_KEY is too short: it needs at least 50 random characters.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEBUG else "")
if not (ALLOWED_HOSTS or DEBUG):
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set: name the hosts of this site, separated by commas.")
if DEMO and not LOOPBACK.issuperset(ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "DEMO is for this machine only: ALLOWED_HOSTS may hold only 127.0.0.1 and localhost."
    )
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, most=10)
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
LOGGING = logs.configure(
    form=env.choice("LOG_FORMAT", "text" if DEBUG or DEMO else "json", ["json", "text"]),
    level=env.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"]),
)

# VTEX
TIME_ZONE = env.zone("TIME_ZONE", "UTC")
STORES: dict[str, Store] = read_stores(env, time_zone=TIME_ZONE)
VTEX_CONNECT_TIMEOUT_SECONDS = env.number("VTEX_CONNECT_TIMEOUT_SECONDS", 5, least=1, most=15)
VTEX_READ_TIMEOUT_SECONDS = env.number("VTEX_READ_TIMEOUT_SECONDS", 15, least=1, most=120)
VTEX_READ_RETRIES = env.number("VTEX_READ_RETRIES", 2, most=5)
VTEX_PAUSE_SECONDS = env.number("VTEX_PAUSE_SECONDS", 60)
VTEX_PAUSE_MAX_SECONDS = env.number("VTEX_PAUSE_MAX_SECONDS", 900)
VTEX_BREAKER_FAILURES = env.number("VTEX_BREAKER_FAILURES", 5, least=1)
VTEX_BREAKER_SECONDS = env.number("VTEX_BREAKER_SECONDS", 30)

# How often the mirror is read anew, and how far back at first
RECENT_MINUTES = env.number("RECENT_MINUTES", 5, least=1)
OPEN_ORDERS_MINUTES = env.number("OPEN_ORDERS_MINUTES", 15, least=1)
SWEEP_HOURS = env.number("SWEEP_HOURS", 12, least=1)
BACKFILL_DAYS = env.number("BACKFILL_DAYS", 60, least=1, most=730)
FEED_SECONDS = env.number("FEED_SECONDS", 1, least=1, most=3600)
FEED_KEEP_DAYS = env.number("FEED_KEEP_DAYS", 3, least=1, most=365)

# Work in the background
WORK_HANDLERS = "reconciler.handlers.HANDLERS"
WORK_TICKS = "reconciler.handlers.TICKS"
WORK_LANES = env.number("WORK_LANES", 4, least=1, most=32)
WORK_FETCHERS = env.number("WORK_FETCHERS", 32, least=1, most=128)
WORK_LEASE_SECONDS = env.number("WORK_LEASE_SECONDS", 60, least=2, most=3600)
WORK_POLL_SECONDS = env.number("WORK_POLL_SECONDS", 1, least=1, most=60)
WORK_TASK = "reconciler.work.tasks.there_is_work"
WORK_TASK_SECONDS = queues.TASK_SECONDS
QUEUE = queues.read(env)
WORK_INBOX = QUEUE.inbox
TASKS = {"default": {"BACKEND": QUEUE.tasks}}
REDIS_URL = QUEUE.redis_url
RQ_QUEUES = QUEUE.rq_queues
RQ = queues.RQ
MIGRATION_MODULES = queues.MIGRATION_MODULES

# When something counts as stuck, and when an action as settled
STUCK_GRACE_HOURS = env.number("STUCK_GRACE_HOURS", 36)
HANDLING_GRACE_HOURS = env.number("HANDLING_GRACE_HOURS", 48)
WORKFLOW_GRACE_HOURS = env.number("WORKFLOW_GRACE_HOURS", 24)
ABANDONED_GRACE_DAYS = env.number("ABANDONED_GRACE_DAYS", 14)
MISSING_ORDER_DAYS = env.number("MISSING_ORDER_DAYS", 12, least=1)
MISMATCH_CONFIRM_MINUTES = env.number("MISMATCH_CONFIRM_MINUTES", 10)
NOT_SENT_AFTER_SECONDS = env.number("NOT_SENT_AFTER_SECONDS", 60, least=30)
NOT_APPLIED_AFTER_SECONDS = env.number("NOT_APPLIED_AFTER_SECONDS", 300, least=60)
VERIFY_DEADLINE_SECONDS = env.number("VERIFY_DEADLINE_SECONDS", 12, most=20)
VERIFY_DELAYS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.5)
SETTLE_EVERY_SECONDS = 2

# Django
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "inventory_admin.apps.InventoryAdmin",
    "reconciler",
    *QUEUE.apps,
]
MIDDLEWARE = [
    "inventory_admin.doors.Deliveries",
    "inventory_admin.doors.Seats",
    "inventory_admin.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "inventory_admin.middleware.BrowserPolicy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "inventory_admin.middleware.LogContext",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "inventory_admin.urls"
WSGI_APPLICATION = "inventory_admin.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "inventory_admin.context.shell",
            ]
        },
    }
]
WEB_THREADS = env.number("WEB_THREADS", 4, least=1, most=64)
HOOK_THREADS = env.number("HOOK_THREADS", 100, least=1, most=500)
PROCESS = databases.process(sys.argv[0], threads=WEB_THREADS, lanes=WORK_LANES)
DATABASES: dict[str, Any] = {
    "default": databases.complete(
        env.database("DATABASE_URL", "sqlite:///data/db.sqlite3"), BASE_DIR, PROCESS
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
EMAIL = env.email("EMAIL_URL", "consolemail://")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
HERE = "http://127.0.0.1:8000" if DEBUG or DEMO else f"https://{ALLOWED_HOSTS[0].lstrip('*.') or 'localhost'}"
SITE_URL = env.origin("SITE_URL", HERE)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", f"inventory-admin@{urlsplit(SITE_URL).hostname}")

# Alerts
ALERT_CHECK_SECONDS = env.number("ALERT_CHECK_SECONDS", 30, least=5, most=3600)
ALERT_GATHER_SECONDS = env.number("ALERT_GATHER_SECONDS", 60, most=3600)
ALERT_PRIVATE_HOSTS = env.flag("ALERT_PRIVATE_HOSTS", DEBUG or DEMO)

# Languages
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]

# Files for the browser
PLAIN_STATIC = DEBUG or DEMO
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = PLAIN_STATIC

# People
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "inventory_admin.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Inventory Admin"
MFA_FORMS = {"authenticate": "inventory_admin.second_factor.RecordedAuthenticateForm"}

# What the browser is told
HTTPS = not (DEBUG or DEMO)
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SITE_NAME = _("Inventory Admin")
