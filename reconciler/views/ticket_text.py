"""The ticket pack as text to paste: the same facts as the file, in lines that any ticket system keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from reconciler.views.ticket_pack import Data, operation_ids


def text(pack: Data) -> str:
    """Sections that have nothing to say are left out, but for what is wrong and what is not known."""
    parts = [
        _head(pack),
        _section(_("WHAT IS WRONG"), _findings(pack["findings"])),
        _section(
            _("WHAT IS NOT KNOWN"), [f"- {each}" for each in pack["not_known"]] or [_("Nothing we know of.")]
        ),
        _section(_("ORDER"), _each(pack["orders"], _order)),
        _section(_("RESERVATION"), _each(pack["reservations"], _lock)),
        _section(_("STOCK"), [_balance(each) for each in pack["stock"]]),
        _section(_("TIMELINE"), [_entry(each) for each in pack["timeline"]]),
        _section(_("WHAT WE DID"), _each(pack["attempts"], _attempt)),
        _section(_("OPERATION IDS OF VTEX"), operation_ids(pack["attempts"])),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(pack: Data) -> str:
    kinds = {"reservation": _("Reservation"), "order": _("Order"), "pair": _("SKU and warehouse")}
    subject, store = pack["subject"], pack["store"]
    zone = _("%(zone)s, and UTC in brackets") % {"zone": store["time_zone"]}
    return "\n".join(
        [
            _line(kinds[subject["kind"]], subject["id"]),
            _line(_("Store"), store["account"]),
            _line(_("As of"), _time(pack["made_at"])),
            _line(_("Times"), zone),
        ]
    )


def _section(title: str, lines: Iterable[str]) -> str:
    said = "\n".join(lines)
    return f"{title}\n{said}" if said else ""


def _each(parts: Iterable[Data], write: Any) -> list[str]:
    """The lines of each part, the parts apart by an empty line."""
    return "\n\n".join("\n".join(write(part)) for part in parts).split("\n")


def _findings(findings: list[Data]) -> list[str]:
    return _each(findings, _finding) if findings else [_("Nothing is known to be wrong.")]


def _finding(finding: Data) -> Iterator[str]:
    yield f"{finding['title']}: {finding['explanation']}"
    if finding["since"]:
        yield _line(_("Since"), _time(finding["since"]))
    if finding["what_to_do"]:
        yield _line(_("What to do"), finding["what_to_do"])
    if finding["sure"]:
        yield _line(_("How sure"), f"{finding['sure']}. {finding['why_sure']}".strip())
    for piece in finding["evidence"]:
        yield f"- {piece['sentence']} ({_told(piece['source'], _time(piece['at']))})"
    for miss in finding["why_not"]:
        yield f"- {miss['title']}? {miss['sentence']}"
    for found in finding["references"]:
        yield _line(_("VTEX writes of it"), ": ".join(filter(None, [found["name"], found["says"]])))


def _order(order: Data) -> Iterator[str]:
    yield _line(_("Order"), order["order_id"])
    yield _line(_("Status"), order["status"])
    names = {
        _("Sequence"): order["sequence"],
        _("Group"): order["order_group"],
        _("Seller's order"): order["seller_order_id"],
        _("Marketplace's order"): order["marketplace_order_id"],
        _("Origin"): _told(order["origin"], order["affiliate_id"]),
        _("Sales channel"): order["sales_channel"],
        _("Placed"): _time(order["created_at"]),
        _("Invoiced"): _time(order["invoiced_at"]),
        _("Canceled"): _time(order["canceled_at"]),
        _("Last change"): _time(order["last_change_at"]),
        _("Read"): _time(order["read_at"]),
    }
    yield from (_line(name, value) for name, value in names.items() if value)
    for flow in order["workflows"]:
        state = _("in error") if flow["in_error"] else ""
        yield _line(flow["instance"], _told(flow["step"], state, _time(flow["last_change_at"])))
    for item in order["items"]:
        places = ", ".join(f"{each['quantity']} @ {each['warehouse']}" for each in item["deliveries"])
        told = _told(item["name"], places, item["lock_id"])
        yield f"- {item['quantity']} x {item['sku']}" + (f" ({told})" if told else "")


def _lock(lock: Data) -> Iterator[str]:
    yield _line(_("Reservation"), lock["lock_id"])
    if lock["status_code"] is not None:
        told = _told(str(lock["status_code"]), lock["status"], _time(lock["read_by_id_at"]))
        yield _line(_("Status by id"), told)
    names = {
        _("Made"): lock["reserved_at"],
        _("Authorized"): lock["authorized_at"],
        _("Latest time to confirm"): lock["maximum_confirmation_at"],
        _("Confirmed"): lock["confirmed_at"],
        _("Canceled"): lock["canceled_at"],
    }
    yield from (_line(name, _time(value)) for name, value in names.items() if value)
    for item in lock["items"]:
        acknowledged = (
            _("acknowledged %(at)s") % {"at": _time(item["acknowledged_at"])}
            if item["acknowledged_at"]
            else _("not acknowledged")
        )
        gone = (
            _("no longer listed since %(at)s") % {"at": _time(item["gone_at"])}
            if item["gone_at"]
            else _("listed")
        )
        units = f"{item['quantity']} x {item['sku']} @ {item['warehouse']}"
        yield f"- {units} ({_told(item['status'], acknowledged, gone)})"


def _balance(balance: Data) -> str:
    numbers = [
        _("unlimited") if balance["unlimited"] else _line(_("total"), str(balance["total"])),
        _line(_("reserved"), str(balance["reserved"])),
        "" if balance["available"] is None else _line(_("available"), str(balance["available"])),
        "" if balance["units_listed"] is None else _line(_("in the list"), str(balance["units_listed"])),
        _line(_("read"), _time(balance["read_at"])),
    ]
    name = f" {balance['name']}" if balance["name"] else ""
    return f"- {balance['sku']}{name} @ {balance['warehouse']}: {_told(*numbers)}"


def _entry(entry: Data) -> str:
    what = entry["step"] or entry["title"]
    title = entry["title"] if entry["step"] else ""
    told = _told(", ".join(entry["instances"]), title, entry["why"], entry["source"])
    detail = f": {entry['detail']}" if entry["detail"] else ""
    return f"{_time(entry['at'])}  {what}{detail}" + (f" ({told})" if told else "")


def _attempt(attempt: Data) -> Iterator[str]:
    yield f"{attempt['title']}: {attempt['subject']}"
    yield _line(_("Outcome"), attempt["outcome_title"])
    yield _line(_("Requested"), _time(attempt["requested_at"]))
    if attempt["sent_at"]:
        yield _line(_("Sent"), _time(attempt["sent_at"]))
    answer = attempt["vtex"]
    said = _told(str(answer["status"] or ""), answer["code"], answer["message"])
    if said:
        yield _line(_("VTEX answered"), said)
    if answer["operation_id"]:
        yield _line(_("Operation id of VTEX"), answer["operation_id"])
    if attempt["our_request_id"]:
        yield _line(_("Our request id"), attempt["our_request_id"])


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"


def _told(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _time(time: dict[str, str] | None) -> str:
    """`2026-11-10 11:02:11.123 -03:00 (14:02:11.123 UTC)`; the day in UTC where it is another one."""
    if time is None:
        return ""
    local, utc = datetime.fromisoformat(time["local"]), datetime.fromisoformat(time["utc"])
    day = "" if utc.date() == local.date() else f"{utc:%Y-%m-%d} "
    offset = f"{local:%z}"
    stamp = f"{local:%Y-%m-%d %H:%M:%S}{_thousandths(local)} {offset[:3]}:{offset[3:5]}"
    return f"{stamp} ({day}{utc:%H:%M:%S}{_thousandths(utc)} UTC)"


def _thousandths(at: datetime) -> str:
    return f".{at.microsecond // 1000:03d}" if at.microsecond else ""
