"""The stuck list without its database, and without its template either; behind the same door."""

from __future__ import annotations

from django.http import HttpResponse

from reconciler.views import stuck
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.filters import StuckFilter

_READ: dict[str, stuck.Read] = {}
_WRITTEN: dict[str, bytes] = {}


@store_view()
def memory(request: StoreRequest, account: str) -> HttpResponse:
    """The same template from rows that were read once, by the first request."""
    wanted = StuckFilter.of(request)
    if account not in _READ:
        _READ[account] = stuck.read(request, wanted)
    return stuck.listed(request, wanted, _READ[account])


@store_view()
def same_bytes(request: StoreRequest, account: str) -> HttpResponse:
    """The bytes of the list as they were once."""
    if account not in _WRITTEN:
        wanted = StuckFilter.of(request)
        _WRITTEN[account] = stuck.listed(request, wanted, stuck.read(request, wanted)).content
    return HttpResponse(_WRITTEN[account])
