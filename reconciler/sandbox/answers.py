"""What an endpoint answers, and VTEX's shapes of errors (F2)."""

import json
from dataclasses import dataclass, field

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """`body` None is an empty body; text is sent as it is."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON
    empty: bool = False

    def payload(self) -> bytes:
        if self.empty:
            return b""
        if isinstance(self.body, str) and self.content_type != JSON:
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


class RefusedError(Exception):
    """An endpoint refuses; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def nothing(status: int) -> Answer:
    return Answer(status=status, empty=True)


def oms_error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message, "exception": None}})


def not_ready_for_handling(status: int) -> Answer:
    return oms_error(status, "OMS003", "Order status should be ready-for-handling to perform this action")


def message_error(status: int, message: str) -> Answer:
    return Answer(status, {"message": message})


def too_many_reservations() -> Answer:
    return Answer(400, {"error": {"code": "429", "message": "Too many active reservation!"}})


def dotnet_error(status: int = 500) -> Answer:
    inner = {"ClassName": "System.ArgumentNullException", "Message": "Value cannot be null."}
    exception = {
        "ClassName": "System.AggregateException",
        "Message": "One or more errors occurred.",
        "InnerException": inner,
    }
    return Answer(
        status,
        {
            "error": {
                "code": "1",
                "message": "Internal error",
                "detail": "https://help.vtex.com",
                "exception": exception,
            }
        },
    )


def problem(status: int, title: str) -> Answer:
    """The shape of newer services."""
    link = "https://tools.ietf.org/html/rfc9110#section-15.5"
    return Answer(
        status, {"type": link, "title": title, "status": status, "traceId": "00-" + "0" * 32 + "-00"}
    )


def locked(account: str, sku: str, warehouse: str) -> Answer:
    text = f"Unable to acquire lock for key: {account}_item_logistics_{sku}_{warehouse}."
    return Answer(423, text, content_type="text/plain")


def login_page(status: int = 200) -> Answer:
    body = "<body><form action='/login'></form></body>"
    page = f"<!DOCTYPE html><html><head><title>VTEX ID</title></head>{body}</html>"
    return Answer(status, page, content_type=HTML)
