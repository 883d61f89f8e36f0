"""What the stuck list is asked for: kept in the address, so that a view of it can be shared as a link."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from reconciler.models import Cause, Finding, VtexAccount
from reconciler.models.findings import FindingQuerySet
from reconciler.models.listed import ListedFinding
from reconciler.views import params
from reconciler.views.paging import Sort

SORTS = {
    "value": Sort("stuck-value", ("-value_cents", "-id")),
    "oldest": Sort("stuck-oldest", ("held_since", "id")),
    "units": Sort("stuck-units", ("-units", "-id")),
}
DEFAULT_SORT = "value"


@dataclass(frozen=True)
class StuckFilter:
    q: str = ""
    cause: str = ""
    warehouse: str = ""
    sort: str = DEFAULT_SORT

    @classmethod
    def of(cls, request: HttpRequest) -> StuckFilter:
        return cls(
            q=params.text(request, "q"),
            cause=params.choice(request, "cause", Cause.values),
            warehouse=params.exact(request, "warehouse"),
            sort=params.choice(request, "sort", SORTS, DEFAULT_SORT),
        )

    @property
    def order(self) -> Sort:
        return SORTS[self.sort]

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.cause or self.warehouse)

    def all_causes(self, store: VtexAccount) -> FindingQuerySet:
        """Everything shown that matches text and warehouse, whatever its cause: the facets count these."""
        found: FindingQuerySet = self._narrowed(store, Finding.objects.filter(account=store).shown())
        return found

    def found(self, store: VtexAccount) -> QuerySet[Finding, ListedFinding]:
        """The rows of the list and of its CSV: of one cause, or of all that count as stuck."""
        found: QuerySet[Finding, ListedFinding] = self._narrowed(
            store, _rows().filter(account=store).listed(self.cause)
        )
        return found

    def _narrowed(self, store: VtexAccount, found: Any) -> Any:
        if self.warehouse:
            found = found.in_warehouse(self.warehouse)
        return found.matching(store, self.q) if self.q else found

    def query(self, **changes: str) -> str:
        """This filter, changed, as it stands in an address; a change starts at the first page."""
        said = asdict(replace(self, **changes))
        if said["sort"] == DEFAULT_SORT:
            said["sort"] = ""
        return params.query(**said)


@cache
def _rows() -> Any:
    """A FindingQuerySet with the rows of lists, never evaluated: naming columns of four tables takes long."""
    return Finding.objects.for_list()


def sort_labels() -> dict[str, str]:
    return {"value": _("Costliest first"), "oldest": _("Oldest first"), "units": _("Most units first")}
