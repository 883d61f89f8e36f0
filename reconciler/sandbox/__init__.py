"""A VTEX account in a box, spoken to only over HTTP on loopback (rules: F1 to F9 of the VTEX notes).

Start it: `python -m reconciler.sandbox --port 0 --seed 1 --scenario demo --data FILE` prints its address on
the first line of standard output. In tests:

    with SandboxServer(scenario="small", seed=1, clock="2026-03-01T12:00:00Z") as sandbox:
        sandbox.url, sandbox.app_key, sandbox.app_token, sandbox.account
        sandbox.control.advance(hours=37); sandbox.control.truth(); ...

`clock` is None (real time), a number of seconds to be ahead of real time, or an ISO time at which it is
frozen. `data` names the file that keeps the account. Other options are the settings of `settings.py` by name
(`transition_seconds=0`), `switches={"U6": "all"}`, and the keys `app_key`, `app_token`.

Scenarios: `demo` (60 days, more than 400 orders, every cause beside its look-alikes), `small` (a handful of
each), `good`, `skips`, `never_counts` (a store with one ERP of that kind: 10 days of history and customers
who go on buying), `empty`.

Control routes under /_sandbox/, JSON in and out, no key needed; `Remote` in remote.py has a method for each:
    GET ""              account, scenario, seed, now, keys, switches, settings, number of orders
    GET clock           {"now", "frozen", "offset_seconds", "tick_per_request"}
    POST clock          any of {"advance_seconds": n} {"set": iso} {"freeze": bool} {"tick_per_request": n}
                        (a tick moves a frozen clock by n seconds at every VTEX request)
    POST reset          {"scenario", "seed", "switches"?, "settings"?}: all anew, log and faults too
    GET, POST switches  {"U6": "all"}; U11 and U12 shape orders when placed, so give those to reset
    GET, POST settings  {"transition_seconds": 0}; names and defaults in settings.py
    GET truth           entries of subject lock | order | pair with cause, pending_cause, since ... (truth.py)
    GET orders          id status fate locks created shipped_at forbidden incomplete of every order
    GET shelf           per pair: on_shelf to_leave left sellable, total reserved available listed unlimited
    GET canaries        {"canaries": [strings of personal data that were planted]}
    GET requests        received VTEX requests: number at method path endpoint status applied fault
    DELETE requests     clears that log
    GET, POST faults    a rule or a list of rules; DELETE clears them
    POST situation      one pair with any combination of locks, see situation.py; answers ids and shelf
    POST ship           {"order_id"} or {"lock_id"}: what has to leave leaves the shelf, VTEX is told nothing
    POST invoice        {"order_id"}: ships what is left and invoices
    POST count          {"sku", "warehouse", "quantity"?}: the ERP counts now, without quantity truthfully
    POST order          {"sku", "warehouse", "quantity", "fate"?}: a customer buys; {"order_id", "lock_ids"}
    POST keys           {"app_key"?, "app_token"?, "denied": [endpoint names or permissions], "style": "403"}
                        (or style "login_html": 200 and a page)
    GET hook            what became of the hook's deliveries (hook_sender.py); DELETE forgets the figures
    POST save           writes the data file now

Fault rule: {"match": endpoint name, or regular expression over "METHOD /path", "kind": ..., "times": n
(default 1) | "always": true, "probability": 0..1, "seed": n, "retry_after": s, "seconds": s, "applied":
bool}. Kinds: `rate_limited` (429, Retry-After), `error_500`, `error_500_applied`, `error_503`, `error_502`,
`login_html` (200), `reset_mid_body`, `reset_before` (closed, nothing applied), `slow` (waits, then answers),
`slow_applied` (applies, then waits), `truncated_json`, `dotnet_error`, `no_effect` (2xx, nothing done),
`locked_423`, `forbidden` (403), `status` (any, from "status": n, default 405).

Endpoint names: get_order get_order_document list_orders order_group start_handling document_start_handling
cancel_order interactions get_reservation list_reservations cancel_reservation acknowledge_reservation
confirm_reservation get_inventory get_item_inventory dispatched supply_lots put_inventory patch_quantity
patch_lead_time list_sku_ids get_sku list_warehouses get_warehouse feed_config set_feed_config
delete_feed_config read_feed commit_feed hook_config set_hook_config delete_hook_config.

Switches of what VTEX leaves open (first position is the default; `switches.py` says what each means):
    U1  active_only | canceled_listed | cleared_listed | cleared_listed_otherwise | acknowledged_status
    U3  missing_404 | missing_null | cleared_as_3
    U4  code_5 | code_3_with_body | strict | cancels_order
    U5  accepted | refused | no_effect | stamps_confirmation
    U6  at_or_before | strictly_before | all | naive_is_local | backdated_refused
    U7  refused | accepted | no_effect
    U10 any_number | ten_at_most
    U11 order_id | prefixed | kit_sku
    U12 one_lock | lock_per_line
    U13 confirmed_or_later | acknowledged_only
    U14 ignored | refused
    U15 with_headers | bare
"""

from .server import SandboxServer

__all__ = ["SandboxServer"]
