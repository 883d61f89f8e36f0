"""SKUs: labels for people (F7)."""

import msgspec

from reconciler.vtex.payloads.base import Payload
from reconciler.vtex.payloads.scalars import Flag, Id, Text


class AlternateIds(Payload, frozen=True, kw_only=True, rename="pascal"):
    ean: Text = ""
    ref_id: Text = ""


class Sku(Payload, frozen=True, kw_only=True, rename="pascal"):
    id: Id
    product_id: Text = ""
    name: Text = msgspec.field(default="", name="NameComplete")
    product_name: Text = ""
    sku_name: Text = ""
    image_url: Text = ""
    is_active: Flag = False
    is_kit: Flag = False
    alternate_ids: AlternateIds | None = None

    @property
    def ref_id(self) -> str:
        return self.alternate_ids.ref_id if self.alternate_ids else ""

    @property
    def ean(self) -> str:
        return self.alternate_ids.ean if self.alternate_ids else ""
