"""What the audit page, and the files made from it, are asked for.

Each filter goes by an index, or ends at a limit that its hint tells: a trail of millions is never read whole.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Max, Q, QuerySet
from django.forms import DateInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reconciler import ids
from reconciler.audit.sentences import ACTIONS, OUTCOMES
from reconciler.models import AuditEntry

MOST_CHARACTERS = 200
NEWEST_SEARCHED = 10_000
"""Text is looked for in so many entries, the newest."""
OWN_SELLER = "00-"
"""Before an order's id it names the order's reservation (F3.1)."""
CLOCKS_DIFFER = timedelta(hours=1)
"""Entries follow each other as they were appended; the clocks of the hosts that did it differ by less."""
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)


def _date(label: Any, method: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(label=label, method=method, widget=DateInput(attrs={"type": "date"}))


class AuditFilter(django_filters.FilterSet):
    """Entries by text, person, action, outcome, ticket and days (of the store's zone, both included)."""

    q = django_filters.CharFilter(
        label=_("Order, reservation, SKU or text"),
        method="with_text",
        max_length=MOST_CHARACTERS,
        help_text=_("A whole id is found in every entry, other text in the newest 10,000."),
    )
    actor = django_filters.CharFilter(
        label=_("Person"), max_length=MOST_CHARACTERS, help_text=_("The whole name.")
    )
    action = django_filters.ChoiceFilter(
        label=_("Action"),
        choices=[(code, action.label) for code, action in ACTIONS.items()],
        empty_label=_("All"),
    )
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=list(OUTCOMES.items()), empty_label=_("All")
    )
    ticket = django_filters.CharFilter(
        label=_("Ticket"),
        method="of_ticket",
        max_length=MOST_CHARACTERS,
        help_text=_("The whole ticket, in capitals or small letters."),
    )
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
        """About exactly this, or among the newest and holding it in the subject or anywhere."""
        entries = self.queryset.order_by()
        newest = entries.aggregate(newest=Max("sequence"))["newest"] or 0
        holding = Q(subject__icontains=text) | Q(body__icontains=text)
        if encoded := _encoded(text):
            holding |= Q(subject__icontains=encoded)
        about = entries.filter(subject__in={text, encoded, f"{OWN_SELLER}{text}"} - {""})
        lately = entries.filter(holding, sequence__gt=newest - NEWEST_SEARCHED)
        return found.filter(sequence__in=about.values("sequence").union(lately.values("sequence")))

    def of_ticket(self, found: QuerySet[AuditEntry], name: str, ticket: str) -> QuerySet[AuditEntry]:
        return found.filter(ticket__in={ticket, ticket.upper(), ticket.lower()})

    def from_day(self, found: QuerySet[AuditEntry], name: str, day: date) -> QuerySet[AuditEntry]:
        """By number, as the list and every other filter is sorted: by time alone, all that follows would have
        to be sorted.
        """
        start = _edge(day, time.min)
        before = self.queryset.filter(at__lt=start - CLOCKS_DIFFER).order_by("-at")
        last = before.values_list("sequence", flat=True).first()
        return found.filter(at__gte=start, sequence__gt=last or 0)

    def to_day(self, found: QuerySet[AuditEntry], name: str, day: date) -> QuerySet[AuditEntry]:
        end = _edge(day, time.max)
        after = self.queryset.filter(at__gt=end + CLOCKS_DIFFER).order_by("at")
        first = after.values_list("sequence", flat=True).first()
        found = found.filter(at__lte=end)
        return found if first is None else found.filter(sequence__lt=first)


def _encoded(text: str) -> str:
    """As ids stand in the subject `sku@warehouse`."""
    return "@".join(ids.encode(part) for part in text.split("@") if part)


def _edge(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), clock))
