"""An id that the mirror does not hold: not an error, but a question that VTEX can answer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from reconciler.views.access import StoreRequest


def not_mirrored(request: StoreRequest, subject: str, lookup_url: str) -> HttpResponse:
    """404, with a button that looks `subject` up in VTEX by a POST to `lookup_url`."""
    context = {"account": request.store, "subject": subject, "lookup_url": lookup_url}
    return render(request, "reconciler/_shared/not_mirrored.html", context, status=404)
