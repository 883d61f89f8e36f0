"""Reads the environment; every fault is one sentence that names the variable."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

ON = {"1", "on", "true", "yes"}
OFF = {"0", "off", "false", "no", ""}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Environment:
    """Typed access to variables; each `X` may also come as `X_FILE`, the path of a file that holds it."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def has(self, name: str) -> bool:
        return bool(self.text(name, ""))

    def text(self, name: str, default: str | None = None) -> str:
        """The value without surrounding blanks. Without a default the variable is required."""
        value = self._raw(name)
        if value:
            return value
        if default is None:
            raise ImproperlyConfigured(
                f"{name} is not set: set {name}, or {name}_FILE to a file that holds it."
            )
        return default

    def _raw(self, name: str) -> str:
        path = self._variables.get(f"{name}_FILE", "")
        if not path:
            return self._variables.get(name, "").strip()
        if self._variables.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them.")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {path}.") from error

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "on" if default else "off").lower()
        if value not in ON | OFF:
            raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
        return value in ON

    def number(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
        if int(value) < least:
            raise ImproperlyConfigured(f"{name} must be at least {least}, not {value}.")
        if most is not None and int(value) > most:
            raise ImproperlyConfigured(f"{name} must be at most {most}, not {value}.")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def choice(self, name: str, default: str, among: list[str]) -> str:
        value = self.text(name, default)
        if value not in among:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}.")
        return value

    def zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (LookupError, ValueError, OSError) as error:
            raise ImproperlyConfigured(
                f"{name} must be a time zone such as America/Sao_Paulo, not {value!r}."
            ) from error
        return value

    def origin(self, name: str, default: str) -> str:
        """An address such as https://host:port without a path; plain http only for this machine."""
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            whole = bool(parts.hostname) and not (
                parts.path or parts.query or parts.fragment or "@" in parts.netloc
            )
            _ = parts.port
        except ValueError:
            secure = whole = False
        if not (secure and whole):
            raise ImproperlyConfigured(
                f"{name} must be an address such as https://host, without a path, not {value!r}."
            )
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's description of the database at a URL, as django-environ reads it."""
        if not self.text(name, default).startswith(("sqlite://", "postgres://", "postgresql://")):
            raise ImproperlyConfigured(f"{name} must begin with sqlite:// or postgres://.")
        return self._parsed(name, default, environ.Env.db_url_config)

    def redis(self, name: str, default: str | None = None) -> str:
        """The address of a Redis database; never said back, since it may hold a password."""
        value = self.text(name, default)
        if value and not _is_redis(value):
            raise ImproperlyConfigured(
                f"{name} must be an address such as redis://host:6379/0, rediss://user:password@host/0 "
                "or unix:///path/to/socket."
            )
        return value

    def email(self, name: str, default: str) -> dict[str, Any]:
        """Django's e-mail settings at a URL, as django-environ reads it."""
        return self._parsed(name, default, environ.Env.email_url_config)

    def _parsed(self, name: str, default: str, parse: Any) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = parse(self.text(name, default))
        except (ImproperlyConfigured, ValueError, KeyError) as error:
            raise ImproperlyConfigured(f"{name} is not an address that can be used here.") from error
        return parsed


def _is_redis(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    if parts.fragment:
        return False
    if parts.scheme == "unix":
        return len(parts.path) > 1 and not parts.hostname
    return (
        parts.scheme in {"redis", "rediss"}
        and bool(parts.hostname)
        and re.fullmatch(r"(/\d{0,4})?", parts.path, re.ASCII) is not None
    )
