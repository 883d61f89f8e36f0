"""What the audit page, and the files made from it, are asked for."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reconciler import ids
from reconciler.audit.sentences import ACTIONS, OUTCOMES
from reconciler.models import AuditEntry

MOST_CHARACTERS = 200


def _date(label: Any, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=DateInput(attrs={"type": "date"}))


class AuditFilter(django_filters.FilterSet):
    """Entries by text, person, action, outcome, ticket and days (of the store's zone, both included)."""

    q = django_filters.CharFilter(
        label=_("Order, reservation, SKU or text"), method="with_text", max_length=MOST_CHARACTERS
    )
    actor = django_filters.CharFilter(label=_("Person"), lookup_expr="icontains", max_length=MOST_CHARACTERS)
    action = django_filters.ChoiceFilter(
        label=_("Action"),
        choices=[(code, action.label) for code, action in ACTIONS.items()],
        empty_label=_("All"),
    )
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=list(OUTCOMES.items()), empty_label=_("All")
    )
    ticket = django_filters.CharFilter(label=_("Ticket"), lookup_expr="icontains", max_length=MOST_CHARACTERS)
    since = _date(_("From"), "from_day")
    until = _date(_("To"), "to_day")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    @property
    def asked(self) -> dict[str, str]:
        """The conditions that say something, as text; empty when the filter is not valid."""
        if not self.form.is_valid():
            return {}
        return {name: str(value) for name, value in self.form.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    def with_text(self, found: QuerySet[AuditEntry], name: str, text: str) -> QuerySet[AuditEntry]:
        """In the subject (as typed, or as ids stand in `sku@warehouse`) or anywhere in the entry."""
        matches = Q(subject__icontains=text) | Q(body__icontains=text)
        encoded = "@".join(ids.encode(part) for part in text.split("@") if part)
        return found.filter(matches | Q(subject__icontains=encoded) if encoded else matches)

    def from_day(self, found: QuerySet[AuditEntry], name: str, day: date) -> QuerySet[AuditEntry]:
        return found.filter(at__gte=_edge(day, time.min))

    def to_day(self, found: QuerySet[AuditEntry], name: str, day: date) -> QuerySet[AuditEntry]:
        return found.filter(at__lte=_edge(day, time.max))


def _edge(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
