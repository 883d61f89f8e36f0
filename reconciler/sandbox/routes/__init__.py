"""VTEX's endpoints, one module a subject; a handler takes account and request and gives an answer."""

from ..endpoint import Endpoint
from . import catalog, feeds, hooks, inventory, order_actions, orders, reservations

ENDPOINTS: list[Endpoint] = [
    *orders.ENDPOINTS,
    *order_actions.ENDPOINTS,
    *reservations.ENDPOINTS,
    *inventory.ENDPOINTS,
    *catalog.ENDPOINTS,
    *feeds.ENDPOINTS,
    *hooks.ENDPOINTS,
]
