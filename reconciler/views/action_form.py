"""What an action's form asks, with what was entered and what was wrong beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reconciler.actions import Hold, PairPreview, Preview, wording
from reconciler.ids import parse_pair
from reconciler.models import Sku, Verb, VtexAccount
from reconciler.views import links


@dataclass(frozen=True)
class Question:
    """Whether the total of one pair still includes this reservation's units (design section 6)."""

    pair: PairPreview
    name: str
    value: str
    fault: str
    count_url: str

    @property
    def evidence(self) -> str:
        """What the mirror saw of the total: evidence, never a preselected answer."""
        if self.pair.total_fall == "seen":
            return _("We saw the total fall since this reservation was made.")
        if self.pair.total_fall == "not_seen":
            return _("We watched this total and did not see it fall since this reservation was made.")
        return _("We did not watch this total when the reservation was made.")

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [("no", _("No")), ("yes", _("Yes")), ("unknown", _("I don't know"))]


@dataclass(frozen=True)
class ShipField:
    """How many units of one acknowledged reservation were counted and are not for sale."""

    hold: Hold
    value: str
    fault: str
    order_url: str


@dataclass
class ActionForm:
    """One verb on one subject; `given` is what was posted, empty for a first look."""

    account: VtexAccount
    verb: Verb
    subject: str
    entries: Mapping[str, str]
    given: Mapping[str, str]
    preview: Preview | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(self.verb.label)

    @property
    def is_count(self) -> bool:
        return self.verb == Verb.COUNT

    @property
    def pair_ids(self) -> tuple[str, str]:
        return parse_pair(self.subject)

    @property
    def subject_url(self) -> str:
        if self.verb == Verb.START_HANDLING:
            return links.order(self.account, self.subject)
        if self.is_count:
            return links.stock_item(self.account, *self.pair_ids)
        return links.reservation(self.account, self.subject)

    @property
    def subject_label(self) -> str:
        return " · ".join(self.pair_ids) if self.is_count else self.subject

    @property
    def reason(self) -> str:
        return self.given.get("reason", "")

    @property
    def ticket(self) -> str:
        return self.given.get("ticket", "")

    @property
    def is_previewed(self) -> bool:
        """Whether the form can be sent: the preview gave a token, and a count shows its result."""
        seen = self.preview
        if seen is None or not (seen.token and seen.guard.allowed):
            return False
        return not self.is_count or seen.is_check or seen.to_send is not None

    @property
    def named_pairs(self) -> list[tuple[PairPreview, str]]:
        """Each pair with the name of its SKU, empty where the catalog gave none."""
        pairs = self.preview.pairs if self.preview else ()
        skus = Sku.objects.filter(account=self.account, sku_id__in=[pair.sku_id for pair in pairs])
        names = dict(skus.values_list("sku_id", "name"))
        return [(pair, names.get(pair.sku_id, "")) for pair in pairs]

    @property
    def guard_text(self) -> str:
        if self.preview is None or self.preview.guard.allowed:
            return ""
        return wording.refusal(self.preview.guard.code, self.preview.guard.params)

    @property
    def warnings(self) -> list[str]:
        return [wording.warning(code) for code in self.preview.warnings] if self.preview else []

    @property
    def confirm_texts(self) -> list[str]:
        return [wording.confirmation(code) for code in self.preview.confirm_codes] if self.preview else []

    @property
    def questions(self) -> list[Question]:
        if self.preview is None or not self.preview.question_needed:
            return []
        return [
            Question(
                pair,
                pair.question_field,
                self.entries.get(pair.question_field, ""),
                self.errors.get(pair.question_field, ""),
                links.link(self.account, "stock_count", sku_id=pair.sku_id, warehouse_id=pair.warehouse_id),
            )
            for pair in self.preview.pairs
        ]

    @property
    def ship_fields(self) -> list[ShipField]:
        if self.preview is None or not self.is_count:
            return []
        return [
            ShipField(
                hold,
                "0" if hold.fixed_zero else self.entries.get(hold.field, ""),
                self.errors.get(hold.field, ""),
                links.order(self.account, hold.order_id) if hold.order_id else "",
            )
            for pair in self.preview.pairs
            for hold in pair.asked
        ]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the count's second step carries on unchanged from the first."""
        return [(name, value) for name, value in self.entries.items() if name != "personal_ok"]

    @property
    def asks_personal(self) -> bool:
        return "personal_ok" in self.errors or "personal_ok" in self.entries

    @property
    def other_faults(self) -> list[str]:
        """Faults of fields that the page does not draw."""
        drawn = {"reason", "ticket", "confirm", "counted", "counted_at", "personal_ok"}
        drawn |= {question.name for question in self.questions}
        drawn |= {ship.hold.field for ship in self.ship_fields}
        return [fault for name, fault in self.errors.items() if name not in drawn]
