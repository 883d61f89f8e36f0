"""Numbers of the sandbox that tests may turn, with their defaults."""

from dataclasses import dataclass, fields


@dataclass
class Settings:
    """Seconds unless the name says otherwise."""

    transition_seconds: float = 4.0
    """How long start-handling and cancel take to reach their next status (F2)."""
    index_lag_seconds: float = 240.0
    """How far the order list lags behind the order (F3.4)."""
    inventory_lock_seconds: float = 0.03
    """A second write on one pair within this real time is answered 423 (F2)."""
    oms003_status: int = 409
    """409 as documented, 400 as seen on live accounts (F3.6)."""
    requests_per_minute: int = 0
    """Above it every endpoint answers 429; 0 is no limit."""
    retry_after_seconds: int = 60
    max_active_reservations: int = 2000
    """Above it the pair's list and `dispatched` answer "Too many active reservations" (F6.1)."""
    orders: int = 5000
    """How many orders the scenario `large` holds."""
    orders_per_day: float = 7.0
    """How many customers buy, in scenarios with customers."""
    default_per_page: int = 20
    """Rows of a reservation page when perPage is not given (U2)."""
    max_per_page: int = 100
    feed_shuffles: int = 0
    """1: the feed is read in no order (F4)."""
    feed_doubles: float = 0.0
    """The share of events that are queued twice."""
    feed_holds_back: float = 0.0
    """The share of visible events that a read leaves out."""
    hook_paused: int = 0
    """1: what the hook is to post waits."""
    hook_burst: int = 20
    """So many deliveries at once; the next when all of them were answered."""
    hook_shuffles: int = 0
    """1: the hook posts in no order (F4)."""
    hook_doubles: float = 0.0
    """The share of changes that the hook posts twice."""
    hook_retry_seconds: float = 1.0
    """Of real time until a delivery that was not answered 200 comes again; twice as long each time."""

    def change(self, values: dict[str, float]) -> None:
        """Sets the named values; raises ValueError for a name that does not exist."""
        known = {field.name for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no setting {name!r}")
            setattr(self, name, type(getattr(self, name))(value))
