"""Pages take turns in a web process; deliveries and the health check do not."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as now
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from inventory_admin.doors import Seats

pytestmark = pytest.mark.django_db
"""The end of a request looks at the connection, if an earlier test of the process left one."""


@pytest.fixture
def seats(settings: Any) -> Seats:
    settings.PROCESS = replace(now.PROCESS, name="web")
    settings.WEB_THREADS = 2
    return Seats(answer)


def answer(request: HttpRequest) -> Any:
    return StreamingHttpResponse(iter([b"a", b"b"])) if request.path == "/export" else HttpResponse(b"ok")


def test_a_page_waits_until_another_was_sent_to_its_end(seats: Seats) -> None:
    pages = [seats(RequestFactory().get(path)) for path in ("/", "/export")]
    third = Thread(target=lambda: seats(RequestFactory().get("/")).close(), daemon=True)
    third.start()
    assert list(pages[1]) == [b"a", b"b"]  # type: ignore[call-overload]
    third.join(0.1)
    assert third.is_alive()
    pages[1].close()
    third.join(10)
    assert not third.is_alive()


def test_the_health_check_takes_no_seat(seats: Seats) -> None:
    for _ in range(2):
        seats(RequestFactory().get("/"))
    assert seats(RequestFactory().get("/healthz")).status_code == 200


def test_a_page_that_fails_gives_its_seat_back(settings: Any, seats: Seats) -> None:
    failing = Seats(lambda request: 1 / 0)  # type: ignore[arg-type, return-value]
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            failing(RequestFactory().get("/"))


def test_other_processes_have_no_seats(settings: Any) -> None:
    settings.PROCESS = replace(now.PROCESS, name="background")
    with pytest.raises(MiddlewareNotUsed):
        Seats(answer)
