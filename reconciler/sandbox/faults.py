"""Faults on request (F2): rules that spoil answers, or keep requests from having an effect."""

import random
import re
from dataclasses import dataclass, field, fields
from typing import Any

from .answers import Answer, dotnet_error, locked, login_page, message_error, nothing, oms_error

STILL_APPLIED = ("error_500_applied", "reset_mid_body", "slow", "slow_applied", "truncated_json")
KINDS = {
    **dict.fromkeys(
        ("rate_limited", "error_500", "error_502", "error_503", "login_html", "reset_before"), False
    ),
    **dict.fromkeys(("dotnet_error", "no_effect", "locked_423", "forbidden", "status"), False),
    **dict.fromkeys(STILL_APPLIED, True),
}
"""Each kind, and whether the request takes effect all the same."""
SUCCESS = {
    "start_handling": 204,
    "document_start_handling": 204,
    "patch_quantity": 204,
    "patch_lead_time": 204,
}


@dataclass
class Rule:
    match: str
    kind: str
    times: int = 1
    always: bool = False
    probability: float = 1.0
    seed: int = 0
    retry_after: float = 60
    seconds: float = 1.0
    status: int = 405
    applied: bool | None = None
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}")
        re.compile(self.match)
        self.chance.seed(self.seed)

    @property
    def takes_effect(self) -> bool:
        return KINDS[self.kind] if self.applied is None else self.applied

    def strikes(self, endpoint: str, line: str) -> bool:
        """Whether this request is spoiled; counts the hit."""
        if not self.always and self.hits >= self.times:
            return False
        if self.match != endpoint and not re.search(self.match, line):
            return False
        if self.probability < 1 and self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def shown(self) -> dict[str, object]:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "chance"}


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, rules: list[dict[str, Any]]) -> None:
        """Raises ValueError or TypeError for a rule that cannot be."""
        self.rules += [Rule(**rule) for rule in rules]

    def for_request(self, endpoint: str, line: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.strikes(endpoint, line)), None)


def spoiled(rule: Rule, endpoint: str, account: str, args: list[str], gossip: str) -> Answer | None:
    """The answer that stands in for the real one; None when the real one goes out, whole or broken.

    `gossip` is personal data that careless error texts repeat.
    """
    if rule.kind == "rate_limited":
        answer = message_error(429, "Too many requests")
        answer.headers["Retry-After"] = f"{rule.retry_after:g}"
        return answer
    if rule.kind == "locked_423":
        return locked(account, args[0] if args else "", args[-1] if args else "")
    if rule.kind == "no_effect":
        return nothing(SUCCESS.get(endpoint, 200))
    plain = {
        "error_500": message_error(500, f"An error has occurred. {gossip}"),
        "error_500_applied": message_error(500, f"An error has occurred. {gossip}"),
        "status": message_error(rule.status, f"Refused. {gossip}"),
        "error_502": Answer(502, "<html><body>Bad Gateway</body></html>", content_type="text/html"),
        "error_503": message_error(503, "Service Unavailable"),
        "login_html": login_page(),
        "dotnet_error": dotnet_error(),
        "forbidden": oms_error(403, "1", "Access denied"),
    }
    return plain.get(rule.kind)
