"""What somebody pasted into the search box: an id with dirt around it, or a link of VTEX or of ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from reconciler import ids
from reconciler.audit.personal import looks_personal

MOST_CHARACTERS = 2000
"""Of what is pasted; VTEX's own links with their filters are long. An id has at most 200."""
LONGEST_ID = 200
MOST_WORDS = 6
DIRT = " .#/\\\"'`´,;:()[]{}<>*|“”„‘’«»‹›…"
"""What stands around an id that was copied out of a mail, a sheet or a chat."""

OWN_HOST = re.compile(
    r"(?:[\w-]+--)?(?P<account>[a-z0-9][\w-]*)\.(?:myvtex\.com|vtexcommerce\w+\.com(?:\.br)?)", re.ASCII
)
"""`ws--` names a workspace of the account (F1)."""
SHARED_HOSTS = frozenset({"logistics", "oms", "api", "portal", "www"})
"""Hosts of VTEX that serve every account: the path or `an=` names it (F1)."""
LINK = re.compile(r"https?://[^\s\"'`<>“”«»]+", re.IGNORECASE)
WITHOUT_SCHEME = re.compile(r"[\w.-]+\.(?:myvtex\.com|vtexcommerce\w+\.com(?:\.br)?)(?::\d+)?/", re.ASCII)


class Kind(StrEnum):
    ORDER = "order"
    RESERVATION = "reservation"
    SKU = "sku"
    PAIR = "pair"
    ANYTHING = "anything"


@dataclass(frozen=True)
class Target:
    """An id that may be meant. `warehouse` only for a pair."""

    kind: Kind
    name: str
    warehouse: str = ""


@dataclass(frozen=True)
class Pasted:
    """`targets`: the ways to take it, the likeliest first. `account`: whose link it is, "" when not told."""

    text: str
    targets: tuple[Target, ...] = ()
    account: str = ""
    is_link: bool = False

    @property
    def likely(self) -> Target | None:
        """What VTEX may be asked for: the first that looks like an id."""
        clean = (target for target in self.targets if target.name == target.name.strip(DIRT))
        return next((target for target in clean if " " not in target.name), None)


# What a link of VTEX names, by its path and its `#` path, both without regard to case (F3.4 to F6.2, F7).
# `admin/orders`, `admin/checkout/#/orders`, `account#/orders` and the order APIs all end in orders/<id>.
_ID = r"(?P<name>[^/]+)"
_PAIR = r"(?P<name>[^/]+)/warehouses/(?P<warehouse>[^/]+)"
SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(f"(?:^|/){shape}(?:/|$)", re.IGNORECASE))
    for kind, shape in (
        (Kind.RESERVATION, rf"inventory/reservations/{_ID}/(?:cancel|confirm|acknowledge)"),
        (Kind.PAIR, r"inventory/reservations/(?P<warehouse>[^/]+)/(?P<name>[^/]+)"),
        (Kind.RESERVATION, rf"inventory/reservations/{_ID}"),
        (Kind.ORDER, rf"orders/order-group/{_ID}"),
        (Kind.ORDER, rf"orders/(?!(?:feed|hook|extendsearch|pvt|order-group)(?:/|$)){_ID}"),
        (Kind.ORDER, rf"orders/pvt/document/{_ID}"),
        (Kind.PAIR, rf"(?:skus|items)/{_PAIR}"),
        (Kind.SKU, rf"(?:skus|inventory/items)/{_ID}"),
        (Kind.SKU, rf"stockkeepingunit(?:byid|byean|idbyrefid|byalternateid)?/{_ID}"),
    )
)
PARAMETERS: tuple[tuple[Kind, str], ...] = (
    (Kind.ORDER, "orderid"), (Kind.ORDER, "ordergroup"), (Kind.ORDER, "og"),
    (Kind.RESERVATION, "reservationid"), (Kind.RESERVATION, "lockid"),
    (Kind.SKU, "idsku"), (Kind.SKU, "skuid"), (Kind.SKU, "sku"), (Kind.SKU, "itemid"), (Kind.SKU, "refid"),
    (Kind.SKU, "ean"), (Kind.ANYTHING, "keyword"), (Kind.ANYTHING, "q"),
)  # fmt: skip
"""`admin/Site/SkuForm.aspx?IdSku=`, `admin/inventory/?keyword=&skuId=`, `checkout/orderPlaced?og=`, ..."""
OUR_PATH = re.compile(
    rf"^/s/(?P<account>[a-z0-9][a-z0-9_-]*)/"
    rf"(?P<what>orders|reservations|stock)/(?P<name>{ids.SEGMENT})(?:/(?P<warehouse>{ids.SEGMENT}))?(?:/|$)"
)


def read(text: str) -> Pasted:
    """Never fails: what is no link is taken as an id, and every id as written comes before it cleaned."""
    text = _printable(text)[:MOST_CHARACTERS].strip()
    link = _link(text)
    if link is not None:
        return _of_link(text, link)
    return Pasted(text[:LONGEST_ID], tuple(Target(Kind.ANYTHING, name) for name in _names(text)))


def _printable(text: str) -> str:
    """Without NUL, other control and invisible characters; every kind of blank is a plain one."""
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )


def _names(text: str) -> Iterator[str]:
    """As written, cleaned, then each of its words that may be an id: `Pedido: "#v1-01"` means v1-01."""
    words = text.split()
    candidates = [text, text.strip(DIRT)]
    if 1 < len(words) <= MOST_WORDS:
        candidates += [word.strip(DIRT) for word in words if any(map(str.isdigit, word))]
    yield from dict.fromkeys(name for name in candidates if 0 < len(name) <= LONGEST_ID)


def _link(text: str) -> SplitResult | None:
    """The first link in the text, without what stands around it; None when there is none."""
    found = LINK.search(text)
    bare = text.strip(DIRT)
    if not found and not WITHOUT_SCHEME.match(bare.lower()):
        return None
    address = found[0] if found else f"https://{bare}"
    try:
        link = urlsplit(address.rstrip(DIRT))
        return link if link.hostname else None
    except ValueError:
        return None


def _of_link(text: str, link: SplitResult) -> Pasted:
    given = _parameters(link)
    ours = OUR_PATH.match(link.path)
    if ours:
        return Pasted(text, tuple(_of_ours(ours)), ours["account"], is_link=True)
    account, path = _account(link, given)
    targets = [*_of_path(path), *_of_path(link.fragment.partition("?")[0]), *_of_parameters(given)]
    return Pasted(text, tuple(dict.fromkeys(targets)), account, is_link=True)


def _account(link: SplitResult, given: dict[str, str]) -> tuple[str, str]:
    """Whose link it is, and the path after what names the account; "" for hosts that are not VTEX's."""
    host = OWN_HOST.fullmatch((link.hostname or "").lower())
    if host is None:
        return "", link.path
    if host["account"] not in SHARED_HOSTS:
        return host["account"], link.path
    first, _, rest = link.path.lstrip("/").partition("/")
    if "an" in given:
        return given["an"].lower(), link.path
    return ("", link.path) if first in ("api", "admin", "") else (first.lower(), rest)


def _parameters(link: SplitResult) -> dict[str, str]:
    """Of the query and of the one behind `#`, by name in small letters."""
    behind = link.fragment.partition("?")[2]
    try:
        said = parse_qs(f"{link.query}&{behind}", max_num_fields=100)
    except ValueError:
        return {}
    return {name.lower(): _printable(values[0]).strip() for name, values in said.items()}


def _of_path(path: str) -> Iterator[Target]:
    for kind, shape in SHAPES:
        found = shape.search(path)
        if found:
            parts = {name: _printable(unquote(value)) for name, value in found.groupdict().items()}
            yield from _target(kind, **parts)
            return


def _of_parameters(given: dict[str, str]) -> Iterator[Target]:
    """The Admin's own order search (`q=`) also takes a customer's e-mail or document: nothing of ours."""
    for kind, name in PARAMETERS:
        if kind == Kind.SKU and given.get("warehouseid"):
            yield from _target(Kind.PAIR, given.get(name, ""), given["warehouseid"])
        if not looks_personal(given.get(name, "")):
            yield from _target(kind, given.get(name, ""))


def _of_ours(found: re.Match[str]) -> Iterator[Target]:
    """A page of this product, as a colleague may send it."""
    try:
        name, warehouse = ids.decode(found["name"]), ids.decode(found["warehouse"] or "-")
    except ValueError:
        return
    if found["what"] == "stock":
        yield from _target(Kind.PAIR, name, warehouse) if found["warehouse"] else ()
    else:
        yield from _target(Kind.ORDER if found["what"] == "orders" else Kind.RESERVATION, name)


def _target(kind: Kind, name: str, warehouse: str = "") -> Iterator[Target]:
    if 0 < len(name) <= LONGEST_ID and len(warehouse) <= LONGEST_ID and (kind != Kind.PAIR or warehouse):
        yield Target(kind, name, warehouse)
