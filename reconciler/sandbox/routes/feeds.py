"""Feed v3 (F4): one queue an app key."""

from typing import Any

from .. import feed
from ..account import Account
from ..answers import Answer, RefusedError, message_error, nothing
from ..endpoint import Endpoint, Request

MAX_LOT = 10
DEFAULT_QUEUE = {"visibilityTimeoutInSeconds": 240, "messageRetentionPeriodInSeconds": 345600}


def _configured(account: Account, request: Request) -> str:
    if not feed.exists(account, request.app_key):
        raise RefusedError(message_error(404, "Feed not configured"))
    return request.app_key


def get_config(account: Account, request: Request) -> Answer:
    return Answer(body=feed.config_answer(account, _configured(account, request)))


def wanted_filter(body: dict[str, Any]) -> dict[str, Any]:
    """The filter of a feed or a hook; raises RefusedError (409) for one of both kinds."""
    wanted: dict[str, Any] = body.get("filter") or {}
    if wanted.get("status") and wanted.get("expression"):
        raise RefusedError(message_error(409, "FromWorkflow and FromOrders can not be mixed"))
    return wanted


def set_config(account: Account, request: Request) -> Answer:
    """Keeps what is queued; a filter of both kinds at once is 409."""
    body = request.body()
    wanted = wanted_filter(body)
    account.feeds[request.app_key] = {
        "filter": wanted,
        "queue": body.get("queue") or DEFAULT_QUEUE,
        "news_at": account.now,
    }
    return nothing(200)


def delete_config(account: Account, request: Request) -> Answer:
    key = _configured(account, request)
    del account.feeds[key]
    account.feed_events.pop(key, None)
    return nothing(200)


def read_feed(account: Account, request: Request) -> Answer:
    key = _configured(account, request)
    if "maxlot" not in request.query:
        raise RefusedError(message_error(400, "maxlot is required"))
    return Answer(body=feed.read(account, key, min(request.number("maxlot", MAX_LOT), MAX_LOT)))


def commit_feed(account: Account, request: Request) -> Answer:
    key, handles = _configured(account, request), [str(each) for each in request.body().get("handles") or []]
    if feed.refuses(account, key, handles):
        raise RefusedError(message_error(400, "A handle is not valid"))
    feed.commit(account, key, handles)
    return nothing(200)


ADMIN = "Feed v3 and Hook Admin"
ENDPOINTS = [
    Endpoint("feed_config", "GET", "api/orders/feed/config", ADMIN, get_config),
    Endpoint("set_feed_config", "POST", "api/orders/feed/config", ADMIN, set_config),
    Endpoint("delete_feed_config", "DELETE", "api/orders/feed/config", ADMIN, delete_config),
    Endpoint("read_feed", "GET", "api/orders/feed", ADMIN, read_feed),
    Endpoint("commit_feed", "POST", "api/orders/feed", ADMIN, commit_feed),
]
