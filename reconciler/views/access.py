"""Who may see and do what: the decorators every view of a store or of the installation wears."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from reconciler.audit import INSTALLATION, Actor
from reconciler.audit.record import record
from reconciler.models import Membership, Role, VtexAccount

View = Callable[..., HttpResponseBase]


class StoreRequest(HttpRequest):
    """What a view behind `store_view` gets. `roles` holds also what the held roles include.

    `stores`: all that this person is a member of, by name, for the frame of the page.
    """

    user: User
    store: VtexAccount
    stores: list[VtexAccount]
    roles: frozenset[str]
    actor: Actor
    request_id: str


def store_view(*needed: Role) -> Callable[[View], View]:
    """Lets in members of the store in the path who hold one of the roles; without roles, every member.

    Anonymous: to the login. Not a member, or no such store: 404. Role missing: 403, recorded for a POST.
    Inside, times are the store's.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StoreRequest, account: str, **kwargs: Any) -> HttpResponseBase:
            held = _enter(request, account)
            if needed and not request.roles.intersection(needed):
                _refuse(request, held)
            with timezone.override(request.store.time_zone):
                return view(request, account=account, **kwargs)

        entrance = login_required(guarded)
        entrance.guard = frozenset(needed)  # type: ignore[attr-defined]
        return entrance

    return decorate


def installation_view(view: View) -> View:
    """Lets in superusers, and auditors and admins of any store; others get 403."""

    @wraps(view)
    def guarded(request: StoreRequest, **kwargs: Any) -> HttpResponseBase:
        held = set(Membership.objects.filter(user_id=request.user.pk).values_list("role", flat=True))
        if not (request.user.is_superuser or held & {Role.AUDITOR, Role.ADMIN}):
            raise PermissionDenied
        request.roles = _with_implied(held)
        request.actor = actor_of(request, ["superuser"] if request.user.is_superuser else held)
        return view(request, **kwargs)

    entrance = login_required(guarded)
    entrance.guard = frozenset({INSTALLATION})  # type: ignore[attr-defined]
    return entrance


def actor_of(request: HttpRequest, roles: Iterable[str] = ()) -> Actor:
    """The person behind a request; anonymous when not logged in."""
    user = request.user
    return Actor(
        name=user.get_username() if user.is_authenticated else "",
        role=", ".join(sorted(roles)),
        ip=client_ip(request),
        request_id=getattr(request, "request_id", ""),
        user_id=user.pk,
    )


def client_ip(request: HttpRequest) -> str | None:
    """The caller's address, past as many proxies as are trusted; None where there is none (socket files)."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None


def _enter(request: StoreRequest, account: str) -> set[str]:
    memberships = Membership.objects.filter(user_id=request.user.pk).select_related("account")
    stores = {each.account.name: each.account for each in memberships if each.account.name in settings.STORES}
    if account not in stores:
        raise Http404("no such store for this person")
    held = {each.role for each in memberships if each.account.name == account}
    request.store, request.stores = stores[account], [stores[name] for name in sorted(stores)]
    request.roles = _with_implied(held)
    request.actor = actor_of(request, held)
    return held


def _with_implied(held: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(Role(role).included for role in held))


def _refuse(request: StoreRequest, held: set[str]) -> None:
    if request.method == "POST":
        record(
            account=request.store.name,
            actor=request.actor,
            action="access.refused",
            subject=request.path,
            outcome="refused",
        )
    raise PermissionDenied
