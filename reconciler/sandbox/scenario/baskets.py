"""Where the demo store keeps what (`place`), and what customers put into their baskets (`basket`).

Places: `busy` counted each night and refilled; `quiet` counted, never refilled; `silent` no longer counted;
`alone` and `crowd` quiet pairs for phantoms, one or several in a pair; `many` and `broken` pairs whose list
cannot be read; `negative` and `drifted` for balances that are off; `kit` and `lot` the specials.
"""

import random

from .. import stock
from ..account import Account
from ..clock import DAY
from ..state import Line, Pair

Places = dict[str, list[Pair]]
SILENT_SINCE = 20 * DAY
SAMPLE_SKU, KIT_SKU, LOT_SKU = "2002", "2001", "2003"


def places(account: Account, now: float, *, quiet: int, silent: int) -> Places:
    """Sorts the pairs into places; in quiet ones enough lies for what is planned."""
    parts = {sku for sku, _ in account.skus[KIT_SKU].kit}
    plain = [pair for pair in account.pairs.values() if pair.restock_to and pair.sku not in parts]
    account.chance("places").shuffle(plain)
    sizes = {
        "quiet": quiet,
        "silent": silent,
        "alone": 4,
        "crowd": 1,
        "many": 1,
        "broken": 1,
        "negative": 1,
        "drifted": 1,
    }
    found: Places = {}
    for name, size in sizes.items():
        found[name], plain = plain[:size], plain[size:]
        for pair in found[name]:
            pair.restock_to = 0
            pair.total = pair.on_shelf = 60
    for pair in [*found["silent"], *found["many"], *found["broken"]]:
        pair.counted_until = now - SILENT_SINCE
    _twins(account, found)
    found["busy"] = [pair for pair in account.pairs.values() if pair.restock_to]
    found["kit"], found["lot"] = [account.pairs[KIT_SKU, "1_1"]], [account.pairs[LOT_SKU, "1_1"]]
    return found


def _twins(account: Account, found: Places) -> None:
    """Stuck units in CD_SP, and the same SKU in good order in cd_sp."""
    upper = [pair for pair in account.pairs.values() if pair.warehouse == "CD_SP" and pair.restock_to]
    for pair in upper[:3]:
        if account.pairs.get((pair.sku, "cd_sp"), pair).restock_to:
            pair.restock_to = 0
            pair.total = pair.on_shelf = 60
            found["quiet"].append(pair)


def basket(
    account: Account, chance: random.Random, found: Places, place: str, kind: str, turn: int
) -> list[Line]:
    """The lines of one order. Pairs of small places are taken in turn, so that each gets its share."""
    pair = _pick(account, chance, found, place, turn)
    quantity = (
        chance.choice((1, 1, 1, 2, 2, 3)) if place in ("quiet", "silent") else chance.choice((1, 1, 1, 2))
    )
    if kind == "split":
        return [_split(account, chance, pair)]
    lines = [_line(account, pair, quantity)]
    if kind == "multi":
        lines += [_line(account, _pick(account, chance, found, place, turn + 1 + n), 1) for n in range(2)]
    elif kind == "twice":
        lines.append(_line(account, pair, 1))
        lines[-1].gift = True
    elif kind == "sample":
        lines.append(_line(account, account.pairs[SAMPLE_SKU, "1_1"], 1))
    return lines


def _pick(account: Account, chance: random.Random, found: Places, place: str, turn: int) -> Pair:
    if place != "busy":
        return found[place][turn % len(found[place])]
    for _ in range(20):
        pair = chance.choice(found["busy"])
        if stock.available(account, pair) >= 5:
            return pair
    return max(found["busy"], key=lambda one: stock.available(account, one))


def _line(account: Account, pair: Pair, quantity: int) -> Line:
    return Line(pair.sku, quantity, account.skus[pair.sku].price, deliveries=[(pair.warehouse, quantity)])


def _split(account: Account, chance: random.Random, pair: Pair) -> Line:
    """One line that leaves from two warehouses."""
    others = [one for one in account.pairs.values() if one.sku == pair.sku and one is not pair]
    filled = [one for one in others if stock.available(account, one) >= 3]
    other = chance.choice(filled or others)
    return Line(
        pair.sku, 3, account.skus[pair.sku].price, deliveries=[(pair.warehouse, 2), (other.warehouse, 1)]
    )
