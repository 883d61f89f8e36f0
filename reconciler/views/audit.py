"""The audit trail: list, entry, verification and files, of a store and of the installation."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlencode

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from reconciler.audit import chain, triggers
from reconciler.audit.body import digest
from reconciler.audit.diff import differences
from reconciler.audit.export import Export, export
from reconciler.audit.record import record
from reconciler.models import Role
from reconciler.views import fragments, paging
from reconciler.views.access import StoreRequest, installation_view, store_view
from reconciler.views.audit_filter import AuditFilter
from reconciler.views.audit_trail import Trail

NEWEST = paging.Sort("audit", ("-sequence",))
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@store_view(Role.AUDITOR, Role.ADMIN)
@require_safe
def audit(request: StoreRequest, account: str) -> HttpResponse:
    return _list(request, Trail(request.store))


@store_view(Role.AUDITOR, Role.ADMIN)
@require_safe
def audit_entry(request: StoreRequest, account: str, sequence: int) -> HttpResponse:
    return _entry(request, Trail(request.store), sequence)


@store_view(Role.AUDITOR, Role.ADMIN)
@require_GET
def audit_csv(request: StoreRequest, account: str) -> HttpResponseBase:
    return _file(request, Trail(request.store), "csv")


@store_view(Role.AUDITOR, Role.ADMIN)
@require_GET
def audit_jsonl(request: StoreRequest, account: str) -> HttpResponseBase:
    return _file(request, Trail(request.store), "jsonl")


@store_view(Role.AUDITOR, Role.ADMIN)
@require_POST
def audit_verify(request: StoreRequest, account: str) -> HttpResponse:
    return _verify(request, Trail(request.store))


@installation_view
@require_safe
def installation_audit(request: StoreRequest) -> HttpResponse:
    return _list(request, Trail())


@installation_view
@require_safe
def installation_audit_entry(request: StoreRequest, sequence: int) -> HttpResponse:
    return _entry(request, Trail(), sequence)


@installation_view
@require_GET
def installation_audit_csv(request: StoreRequest) -> HttpResponseBase:
    return _file(request, Trail(), "csv")


@installation_view
@require_GET
def installation_audit_jsonl(request: StoreRequest) -> HttpResponseBase:
    return _file(request, Trail(), "jsonl")


@installation_view
@require_POST
def installation_audit_verify(request: StoreRequest) -> HttpResponse:
    return _verify(request, Trail())


def _list(request: StoreRequest, trail: Trail) -> HttpResponse:
    chosen = AuditFilter(request.GET, queryset=trail.entries)
    valid = chosen.is_valid()
    page = paging.page(chosen.qs if valid else trail.entries.none(), NEWEST, request.GET.get("cursor", ""))
    context = {
        "account": trail.store,
        "trail": trail,
        "filter": chosen,
        "rows": trail.rows(list(page.rows)),
        "page": page,
        "head": trail.head,
        "verification": trail.last_verification(),
    }
    response = fragments.respond(
        request, "reconciler/audit/list.html", context,
        fragment="reconciler/audit/_entries.html", target="entries",
    )  # fmt: skip
    response.status_code = 200 if valid else 422
    return response


def _entry(request: StoreRequest, trail: Trail, sequence: int) -> HttpResponse:
    entry = get_object_or_404(trail.entries, sequence=sequence)
    row = trail.row(entry)
    same = trail.entries.filter(attempt_id=entry.attempt_id).order_by("sequence") if entry.attempt_id else ()
    context = {
        "account": trail.store,
        "trail": trail,
        **row,
        "differences": differences(row["says"]["before"], row["says"]["after"]),
        "sent": differences(None, row["says"]["sent"]),
        "answer": differences(None, row["says"]["answer"]),
        "untouched": digest(entry.previous_hash, entry.body) == entry.hash,
        "same_attempt": trail.rows(list(same)),
        "previous_url": trail.url("audit_entry", sequence=sequence - 1) if sequence > 1 else "",
        "next_url": trail.url("audit_entry", sequence=sequence + 1)
        if trail.entries.filter(sequence=sequence + 1).exists()
        else "",
    }
    return render(request, "reconciler/audit/entry.html", context)


def _file(request: StoreRequest, trail: Trail, form: str) -> HttpResponseBase:
    chosen = AuditFilter(request.GET, queryset=trail.entries)
    if not chosen.is_valid():
        return _list(request, trail)
    made = export(chain=trail.chain, form=form, actor=request.actor, chosen=chosen.qs, chosen_by=chosen.asked)
    return _download(made)


def _download(made: Export) -> StreamingHttpResponse:
    """What the file holds stands in its name, in these headers, and for good in the entry they name."""
    manifest = made.manifest
    return StreamingHttpResponse(
        made.lines,
        headers={
            "Content-Type": CONTENT_TYPES[manifest.format],
            "Content-Disposition": f'attachment; filename="{manifest.filename}"',
            "X-Audit-Chain": manifest.chain,
            "X-Audit-Filter": urlencode(manifest.filter),
            "X-Audit-Rows": str(manifest.rows),
            "X-Audit-Head": f"{manifest.head_sequence}:{manifest.head_hash}",
            "X-Audit-Entry": str(made.entry.sequence),
        },
    )


def _verify(request: StoreRequest, trail: Trail) -> HttpResponse:
    found = chain.verify(trail.chain)
    gone = triggers.missing(connection)
    record(
        account=trail.chain,
        actor=request.actor,
        action="audit.verify",
        subject=trail.chain,
        outcome="verified" if found.holds and not gone else "failed",
        after={**asdict(found), "triggers_missing": gone},
    )
    if found.holds:
        messages.success(request, _("The chain holds: %(entries)d entries.") % {"entries": found.entries})
    else:
        said = _("The chain does not hold: entry %(number)d is the first that is broken.")
        messages.error(request, said % {"number": found.broken_at})
    if gone:
        messages.error(request, _("The database no longer protects the trail: triggers are missing."))
    return HttpResponseRedirect(trail.home, status=303)
