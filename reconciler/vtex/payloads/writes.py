"""What VTEX said to a write."""

from datetime import datetime

import msgspec


class WriteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """VTEX accepted the write; whether it took effect is for a later read (F2).

    status: HTTP status (200, 202 or 204).
    operation_id: x-vtex-operation-id, for VTEX's support; "" when there is none.
    server_date: VTEX's clock, None when it did not say.
    """

    status: int
    operation_id: str = ""
    server_date: datetime | None = None
