"""App keys: who may come in, and which permissions a key lacks (F1)."""

from dataclasses import dataclass, field

from .answers import Answer, login_page, oms_error, problem
from .endpoint import Endpoint

APP_KEY = "vtexappkey-sandbox-MAIN"
APP_TOKEN = "sandbox-main-token"  # noqa: S105
FEED_APP_KEY = "vtexappkey-sandbox-FEED"
FEED_APP_TOKEN = "sandbox-feed-token"  # noqa: S105


@dataclass
class Key:
    token: str
    denied: set[str] = field(default_factory=set)
    """Permissions or endpoint names this key lacks."""
    style: str = "403"
    """`403`, or `login_html`: 200 and a login page."""

    def refusal(self, endpoint: Endpoint) -> Answer | None:
        if not self.denied & {endpoint.permission, endpoint.name}:
            return None
        return login_page() if self.style == "login_html" else oms_error(403, "1", "Access denied")


class Keys:
    def __init__(self, app_key: str = APP_KEY, app_token: str = APP_TOKEN) -> None:
        self.known = {app_key: Key(app_token), FEED_APP_KEY: Key(FEED_APP_TOKEN)}

    def find(self, app_key: str | None, app_token: str | None) -> Key | None:
        """The key, or None when the pair is not right."""
        key = self.known.get(app_key or "")
        return key if key is not None and key.token == app_token else None

    def set(self, app_key: str, app_token: str, denied: list[str], style: str) -> None:
        if style not in ("403", "login_html"):
            raise ValueError(f"no style {style!r}")
        self.known[app_key] = Key(app_token, set(denied), style)


def unauthorized(path: str) -> Answer:
    """Newer services (document and feed) put it in another shape (F2)."""
    if path.startswith("/api/orders/"):
        return problem(401, "Unauthorized")
    return oms_error(401, "1", "Unauthorized access")
