"""What each verb must be able to say and do; `protocol` does the rest, the same way for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from reconciler.actions import guards
from reconciler.actions.facts import LockFacts, OrderFacts, PairFacts
from reconciler.actions.material import Material
from reconciler.actions.types import Guard, Preview
from reconciler.models import Attempt, Verb, VtexAccount
from reconciler.vtex import VtexClient
from reconciler.vtex.payloads import WriteAnswer

F = TypeVar("F", LockFacts, OrderFacts, PairFacts)


class Effect(Enum):
    """What a verifying read showed."""

    SHOWN = "shown"
    PARTLY = "partly"
    """The write took effect, but not on everything the preview named."""
    UNCLEAR = "unclear"
    """On its way, overtaken by others, or not readable: neither shown nor absent."""
    ABSENT = "absent"
    """Everything stands as it did before the write."""


@dataclass(frozen=True)
class Look:
    """One verifying read: the effect, the facts as they are now, and what has to be said about it."""

    effect: Effect
    after: dict[str, Any]
    note: dict[str, Any] = field(default_factory=dict)


class Family(ABC, Generic[F]):
    """One verb. Subjects are a lock id, an order id, or `sku@warehouse`."""

    verb: Verb

    @abstractmethod
    def mirrored(self, account: VtexAccount, subject: str) -> F | None:
        """The facts as the mirror holds them; None when it does not know the subject."""

    @abstractmethod
    def live(
        self, account: VtexAccount, client: VtexClient, subject: str, attempt: Attempt | None = None
    ) -> F | None:
        """The same facts, read from VTEX just now; raises one of `reading.TROUBLE`."""

    @abstractmethod
    def material(self, facts: F) -> Material:
        """What must not change between preview and sending."""

    @abstractmethod
    def resources(self, facts: F) -> list[str]:
        """Everything the action touches, as claims name it."""

    @abstractmethod
    def preview(
        self, account: VtexAccount, facts: F, *, read_at: datetime, entries: Mapping[str, str]
    ) -> Preview:
        """Before -> after, without a token. Raises InvalidEntries for entries that make no sense."""

    @abstractmethod
    def accept(
        self, account: VtexAccount, facts: F, preview: Preview, entries: Mapping[str, str], confirm: str
    ) -> dict[str, str]:
        """The entries in one spelling; raises InvalidEntries or ActionRefused."""

    @abstractmethod
    def snapshot(self, facts: F) -> dict[str, Any]:
        """The facts as JSON, for before and after."""

    @abstractmethod
    def request(self, facts: F, attempt: Attempt) -> dict[str, Any]:
        """What will be sent, as JSON, for the record."""

    @abstractmethod
    def send(self, client: VtexClient, attempt: Attempt, facts: F) -> WriteAnswer:
        """One write, sent once. Raises VtexError."""

    @abstractmethod
    def look(self, client: VtexClient, attempt: Attempt) -> Look:
        """Reads what the write should have changed. Raises one of `reading.TROUBLE`."""

    def guard(self, account: VtexAccount, facts: F) -> Guard:
        """Whether the store takes actions, and whether this one is open."""
        store = guards.store(account)
        return guards.of(self.verb, facts) if store.allowed else store

    def bound_entries(self, preview: Preview) -> str:
        """Digest of the entries that the token binds; "" where none are bound."""
        return ""

    def changed(self, facts: F, entries: Mapping[str, str]) -> str:
        """The code of the refusal when material facts are no longer those that were confirmed."""
        return "facts_changed"

    def refresh(self, client: VtexClient, attempt: Attempt) -> None:
        """Reads into the mirror what the verifying reads did not cover. Raises one of `reading.TROUBLE`."""
