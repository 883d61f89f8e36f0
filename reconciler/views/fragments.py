"""One address serves the whole page or the part of it that HTMX swaps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest, target: str) -> bool:
    """Whether HTMX asks for the element `target` alone; history and boosted visits get the page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Target") == target
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
    )


def respond(
    request: HttpRequest, page: str, context: dict[str, Any], *, fragment: str, target: str
) -> HttpResponse:
    """The page, or `fragment` when HTMX swaps the id `target`. The template sees `swapped`."""
    swapped = wants_fragment(request, target)
    response = render(request, fragment if swapped else page, {**context, "swapped": swapped})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
