"""What the frame of every page shows: the stores of this person, the one at hand, its sections, its state."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reconciler.models import Role, VtexAccount

SECTIONS: dict[str, str | Promise] = {
    "overview": _("Overview"),
    "stuck": _("Stuck"),
    "orders": _("Orders"),
    "stock": _("Stock"),
    "attempts": _("Attempts"),
    "audit": _("Audit"),
    "alerts": _("Alerts"),
    "sync": _("Sync"),
}
AUDIENCE = {Role.AUDITOR, Role.ADMIN}  # whoever else opened the audit trail would meet a 403
HOMES = {"": "overview", "recurrence": "overview", "reservations": "stuck", "bulk": "attempts"}


@dataclass(frozen=True)
class Section:
    label: str | Promise
    url: str
    here: bool


class Shell:
    """Read lazily: a page that shows no frame costs no query, and neither does one of a store."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def stores(self) -> list[VtexAccount]:
        entered: list[VtexAccount] | None = getattr(self._request, "stores", None)
        if entered is not None:
            return entered
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return [store for store in VtexAccount.objects.of(user) if store.name in settings.STORES]

    @cached_property
    def store(self) -> VtexAccount | None:
        """The store whose page this is, when the person is a member of it."""
        match = self._request.resolver_match
        name = str(match.kwargs.get("account", "")) if match else ""
        return next((store for store in self.stores if store.name == name), None)

    @property
    def actions(self) -> str:
        """on, off (by the environment) or paused (by an admin of the store)."""
        if self.store is None or not settings.STORES[self.store.name].actions:
            return "off"
        return "paused" if self.store.actions_paused_at else "on"

    @property
    def section(self) -> str:
        if self.store is None:
            return ""
        part = self._request.path.removeprefix(f"/s/{self.store.name}/").partition("/")[0].partition(".")[0]
        return HOMES.get(part, part)

    @property
    def sections(self) -> list[Section]:
        found = []
        roles: frozenset[str] = getattr(self._request, "roles", frozenset())
        for name, label in SECTIONS.items() if self.store else ():
            if name == "audit" and not roles & AUDIENCE:
                continue
            try:
                url = reverse(name, kwargs={"account": self.store.name})  # type: ignore[union-attr]
            except NoReverseMatch:
                continue
            found.append(Section(label, url, here=name == self.section))
        return found


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request), "DEMO": settings.DEMO}
