"""Feed v3 and hook of one app key (F4). Who reads a feed takes its events from others of that key."""

from collections.abc import Sequence

from reconciler.vtex import payloads
from reconciler.vtex.endpoints.base import Endpoints
from reconciler.vtex.limits import Family
from reconciler.vtex.request import Request

_FEED = "/api/orders/feed"
_FEED_CONFIG = "/api/orders/feed/config"
_HOOK_CONFIG = "/api/orders/hook/config"
MOST_EVENTS = 10


class FeedEndpoints(Endpoints):
    def read_feed(self, most: int = MOST_EVENTS) -> list[payloads.FeedItem]:
        """Events in no order, perhaps fewer than there are; NotFound when this key has no feed.

        Those that are not committed come back after the visibility timeout.
        """
        request = Request(_FEED, Family.FEED, query={"maxlot": str(min(most, MOST_EVENTS))})
        return self._read(request, list[payloads.FeedItem])[0]

    def commit_feed(self, handles: Sequence[str]) -> payloads.WriteAnswer:
        """These events do not come back."""
        return self._write("POST", _FEED, Family.FEED, {"handles": list(handles)})

    def get_feed_config(self) -> payloads.FeedConfig:
        """NotFound when this key has none."""
        return self._read(Request(_FEED_CONFIG, Family.FEED), payloads.FeedConfig)[0]

    def set_feed_config(
        self, statuses: Sequence[str], visibility_seconds: int, retention_seconds: int
    ) -> payloads.WriteAnswer:
        """Makes or replaces the feed of this key: changes to these statuses, from now on."""
        queue = {
            "visibilityTimeoutInSeconds": visibility_seconds,
            "MessageRetentionPeriodInSeconds": retention_seconds,
        }
        return self._write(
            "POST", _FEED_CONFIG, Family.FEED, {"filter": _by_status(statuses), "queue": queue}
        )

    def delete_feed_config(self) -> payloads.WriteAnswer:
        return self._write("DELETE", _FEED_CONFIG, Family.FEED)

    def get_hook_config(self) -> payloads.HookConfig:
        """NotFound when this key has none."""
        return self._read(Request(_HOOK_CONFIG, Family.FEED), payloads.HookConfig)[0]

    def set_hook_config(
        self, statuses: Sequence[str], url: str, headers: dict[str, str]
    ) -> payloads.WriteAnswer:
        """Makes or replaces the hook of this key. VTEX tries `url` first; BadRequest when that fails."""
        hook = {"url": url, "headers": headers}
        return self._write("POST", _HOOK_CONFIG, Family.FEED, {"filter": _by_status(statuses), "hook": hook})

    def delete_hook_config(self) -> payloads.WriteAnswer:
        return self._write("DELETE", _HOOK_CONFIG, Family.FEED)


def _by_status(statuses: Sequence[str]) -> dict[str, object]:
    return {"type": "FromWorkflow", "status": list(statuses)}
