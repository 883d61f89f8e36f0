"""One audit trail as pages see it: a store's, or the installation's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from reconciler.audit import INSTALLATION
from reconciler.audit.export import fields
from reconciler.audit.sentences import label, outcome_label, sentence
from reconciler.ids import parse_pair
from reconciler.models import AuditEntry, AuditHead, Cause, VtexAccount
from reconciler.views import links

TONES = {"verified": "good", "failed": "bad", "not_applied": "bad", "unknown": "warn", "refused": "warn"}


@dataclass(frozen=True)
class Trail:
    """`store` is None for the installation's trail."""

    store: VtexAccount | None = None

    @property
    def chain(self) -> str:
        return self.store.name if self.store else INSTALLATION

    @property
    def entries(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(chain=self.chain)

    @property
    def head(self) -> AuditHead | None:
        return AuditHead.objects.filter(chain=self.chain).first()

    @property
    def home(self) -> str:
        return self.url("audit")

    @property
    def csv(self) -> str:
        return self.url("audit_csv")

    @property
    def jsonl(self) -> str:
        return self.url("audit_jsonl")

    @property
    def verify(self) -> str:
        return self.url("audit_verify")

    def url(self, name: str, **values: Any) -> str:
        if self.store:
            return reverse(name, kwargs={"account": self.store.name, **values})
        return reverse(f"installation_{name}", kwargs=values)

    def rows(self, entries: list[AuditEntry]) -> list[dict[str, Any]]:
        return [self.row(entry) for entry in entries]

    def row(self, entry: AuditEntry) -> dict[str, Any]:
        """An entry with what its body says and where its subject is."""
        return {
            "entry": entry,
            "says": fields(entry),
            "url": self.url("audit_entry", sequence=entry.sequence),
            "label": label(entry.action),
            "sentence": sentence(entry),
            "outcome": outcome_label(entry.outcome),
            "tone": TONES.get(entry.outcome, ""),
            "cause": dict(Cause.choices).get(entry.cause, entry.cause),
            "subject_url": self._subject(entry),
            "attempt_url": links.link(self.store, "attempt", pk=str(entry.attempt_id))
            if self.store and entry.attempt_id
            else "",
        }

    def last_verification(self) -> dict[str, Any] | None:
        """The newest entry of a verification of this trail."""
        entry = self.entries.filter(action="audit.verify").order_by("-sequence").first()
        return self.row(entry) if entry else None

    def _subject(self, entry: AuditEntry) -> str:
        kind = entry.action.partition(".")[0]
        if self.store is None or not entry.subject:
            return ""
        if kind == "reservation":
            return links.reservation(self.store, entry.subject)
        if kind == "order":
            return links.order(self.store, entry.subject)
        return self._pair(entry.subject) if kind == "stock" else ""

    def _pair(self, subject: str) -> str:
        assert self.store
        try:
            return links.stock_item(self.store, *parse_pair(subject))
        except ValueError:
            return ""
