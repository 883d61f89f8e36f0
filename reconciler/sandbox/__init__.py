"""A VTEX account in a box, spoken to only over HTTP on loopback (rules: F1 to F9 of the VTEX notes).

Start it: `python -m reconciler.sandbox --port 0 --seed 1 --scenario demo --data FILE` prints its address on
the first line of standard output. In tests:

    with SandboxServer(scenario="small", seed=1, clock="2026-03-01T12:00:00Z") as sandbox:
        sandbox.url, sandbox.app_key, sandbox.app_token, sandbox.account
        sandbox.control.advance(hours=37); sandbox.control.truth(); ...

`clock` is None (real time), a number of seconds to be ahead of real time, or an ISO time at which it is frozen.
`data` names the file that keeps the account. Other options are the settings of `settings.py` by name (`transition_seconds=0`),
`switches={"U6": "all"}`, and the keys `app_key`, `app_token`.

Scenarios: `demo` (60 days, more than 400 orders, every cause beside its look-alikes), `small` (a handful of each),
`good`, `skips`, `never_counts` (a store with one ERP of that kind: 10 days of history and customers who go on buying), `empty`.

Control routes, JSON in and out, no key needed:
    GET    /_sandbox/                 account, scenario, seed, now, keys, switches, settings
    GET    /_sandbox/clock            {"now", "frozen", "offset_seconds", "tick_per_request"}
    POST   /_sandbox/clock            any of {"advance_seconds": n} {"set": iso} {"freeze": true|false} {"tick_per_request": n}
                                      a tick moves a frozen clock by n seconds at every VTEX request
    POST   /_sandbox/reset            {"scenario", "seed", "switches"?, "settings"?}: all anew; log and faults are cleared, the clock stays
    GET    /_sandbox/switches  POST {"U6": "all"}        GET /_sandbox/settings  POST {"transition_seconds": 0}
                                      U11 and U12 shape orders when they are placed: give them to reset
    GET    /_sandbox/truth            list, see truth.py: subject lock|order|pair, cause (due) or null, pending_cause (not due yet), ...
    GET    /_sandbox/shelf            per pair: on_shelf to_leave left total reserved available sellable listed
    GET    /_sandbox/canaries         {"canaries": [strings of personal data that were planted]}
    GET    /_sandbox/requests         received VTEX requests: method path endpoint status applied fault;   DELETE clears
    GET    /_sandbox/faults  POST a rule or a list of rules;  DELETE clears
    POST   /_sandbox/situation        builds one pair with any combination of locks, see situation.py; returns ids and shelf
    POST   /_sandbox/ship             {"order_id" | "lock_id"}: what still has to leave leaves the shelf (no status changes)
    POST   /_sandbox/invoice          {"order_id"}: ships what is left and invoices
    POST   /_sandbox/count            {"sku", "warehouse", "quantity"?}: the ERP counts this pair now (without quantity: truthfully)
    POST   /_sandbox/order            {"sku", "warehouse", "quantity", "fate"?}: a customer buys;  -> {"order_id", "lock_ids"}
    POST   /_sandbox/keys             {"app_key", "app_token", "denied": [endpoint names or permissions], "style": "403"|"login_html"}
    POST   /_sandbox/save             writes the data file now

Fault rule: {"match": endpoint name, or regular expression over "METHOD /path", "kind": ..., "times": n (default 1) | "always": true,
"probability": 0..1, "seed": n, "retry_after": s, "seconds": s, "applied": bool}. Kinds: `rate_limited` (429, Retry-After), `error_500`,
`error_500_applied`, `error_503`, `error_502`, `login_html` (200), `reset_mid_body`, `reset_before` (closed, nothing applied), `slow` (waits, then answers),
`slow_applied` (applies, then waits), `truncated_json`, `dotnet_error`, `no_effect` (2xx, nothing done), `locked_423`, `forbidden`.

Endpoint names: get_order get_order_document list_orders order_group start_handling document_start_handling cancel_order interactions
get_reservation list_reservations cancel_reservation acknowledge_reservation confirm_reservation get_inventory get_item_inventory dispatched supply_lots
put_inventory patch_quantity patch_lead_time list_sku_ids get_sku list_warehouses get_warehouse feed_config set_feed_config delete_feed_config read_feed commit_feed.

Switches of what VTEX leaves open (first position is the default; `switches.py` says what each means):
    U1  active_only | canceled_listed | cleared_listed | cleared_listed_otherwise | acknowledged_status
    U3  missing_404 | missing_null | cleared_as_3
    U4  code_5 | code_3_with_body | strict | cancels_order
    U5  accepted | refused | no_effect | stamps_confirmation
    U6  at_or_before | strictly_before | all | naive_is_local | backdated_refused
    U7  refused | accepted | no_effect
    U11 order_id | prefixed | kit_sku
    U12 one_lock | lock_per_line
    U13 confirmed_or_later | acknowledged_only
"""

from .server import SandboxServer

__all__ = ["SandboxServer"]
