"""Two doors of a web process: deliveries pass by what only people need, and pages do not crowd them out.

Both come before all other middleware.
"""

from collections.abc import Callable
from threading import BoundedSemaphore

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

Respond = Callable[[HttpRequest], HttpResponse]
HOOKS = "/hooks/"
PROBE = "/healthz"


class Deliveries:
    """Answers below /hooks/ at once: no session, login, language or policy, and no line in the log each."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HOOKS):
            return self.get_response(request)
        try:
            view, args, kwargs = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer


class Seats:
    """Lets WEB_THREADS pages at once into a web process; its other threads are for deliveries.

    A page keeps its seat until its last byte is sent, as it keeps its connection to the database.
    """

    def __init__(self, get_response: Respond) -> None:
        if settings.PROCESS.name != "web":
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.seats = BoundedSemaphore(settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PROBE:
            return self.get_response(request)
        self.seats.acquire()
        try:
            answer = self.get_response(request)
        except BaseException:
            self.seats.release()
            raise
        answer._resource_closers.append(self.seats.release)  # type: ignore[attr-defined]
        return answer
