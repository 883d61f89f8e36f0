"""What such a worker does."""

from reconciler.sync import feed, order_units
from reconciler.work.handlers import by_kind

HANDLERS = by_kind([*feed.HANDLERS, *order_units.HANDLERS])
TICKS = feed.TICKS
