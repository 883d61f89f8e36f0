"""The hook's configuration (F4): one an app key, accepted when its address answers a ping."""

from urllib.parse import urlsplit

from .. import hook, hook_sender
from ..account import Account
from ..answers import Answer, RefusedError, message_error, nothing
from ..endpoint import Endpoint, Request
from .feeds import ADMIN, wanted_filter

LOOPBACK = {"127.0.0.1", "localhost"}


def _configured(account: Account, request: Request) -> str:
    if not hook.exists(account, request.app_key):
        raise RefusedError(message_error(404, "Hook not configured"))
    return request.app_key


def get_config(account: Account, request: Request) -> Answer:
    config = account.hooks[_configured(account, request)]
    return Answer(body={"filter": config["filter"], "hook": config["hook"]})


def set_config(account: Account, request: Request) -> Answer:
    body = request.body()
    target = body.get("hook") or {}
    url, headers = str(target.get("url") or ""), dict(target.get("headers") or {})
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise RefusedError(message_error(400, "Only https is accepted"))
    wanted = wanted_filter(body)
    if not hook_sender.ping(url, headers if account.switches["U15"] == "with_headers" else {}):
        raise RefusedError(message_error(400, "The hook did not answer the ping with 200"))
    account.hooks[request.app_key] = {
        "filter": wanted,
        "hook": {"url": url, "headers": headers},
        "news_at": account.now,
    }
    return nothing(200)


def delete_config(account: Account, request: Request) -> Answer:
    del account.hooks[_configured(account, request)]
    return nothing(200)


ENDPOINTS = [
    Endpoint("hook_config", "GET", "api/orders/hook/config", ADMIN, get_config),
    Endpoint("set_hook_config", "POST", "api/orders/hook/config", ADMIN, set_config),
    Endpoint("delete_hook_config", "DELETE", "api/orders/hook/config", ADMIN, delete_config),
]
