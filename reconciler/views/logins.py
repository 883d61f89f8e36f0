"""Logins and logouts, recorded in the installation's audit trail."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from reconciler.audit import INSTALLATION, Actor
from reconciler.audit.record import record
from reconciler.views.access import actor_of, client_ip

FOLDED_FOR = 180


def logged_in(request: HttpRequest, user: User) -> None:
    _record("user.login", actor_of(request), user.get_username())


def logged_out(request: HttpRequest) -> None:
    """Before the session ends, as afterwards nobody knows whose it was."""
    if request.user.is_authenticated:
        _record("user.logout", actor_of(request), request.user.get_username())


def password_changed(request: HttpRequest, user: User) -> None:
    _record("user.password_changed", actor_of(request), user.get_username())


def second_factor_changed(request: HttpRequest, user: User, change: str) -> None:
    """`change` is what happened, such as `totp_activated`."""
    _record("user.second_factor", actor_of(request), user.get_username(), {"change": change})


def login_failed(request: HttpRequest, username: str, *, step: str = "password") -> None:
    """Failures of one address in one minute are one entry, and one more at 10, 100, ... of them.

    A name is kept only when a person here bears it: people type passwords into that field.
    """
    ip = client_ip(request)
    failures = _count(ip)
    if not _is_power_of_ten(failures):
        return
    known = User.objects.filter(username=username).first() if username else None
    actor = Actor(name="", ip=ip, request_id=getattr(request, "request_id", ""))
    record(
        account=INSTALLATION,
        actor=actor,
        action="user.login_failed",
        subject=known.get_username() if known else "",
        outcome="refused",
        after={"step": step, "failures_this_minute": failures},
    )


def _record(action: str, actor: Actor, subject: str, after: dict[str, str] | None = None) -> None:
    record(account=INSTALLATION, actor=actor, action=action, subject=subject, outcome="verified", after=after)


def _count(ip: str | None) -> int:
    key = f"login-failed:{ip}:{timezone.now():%Y%m%d%H%M}"
    cache.add(key, 0, FOLDED_FOR)
    try:
        return cache.incr(key)
    except ValueError:
        return 1


def _is_power_of_ten(number: int) -> bool:
    return str(number).strip("0") == "1"
