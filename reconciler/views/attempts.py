"""What staff did, one row an attempt; an open attempt is settled by looking at it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reconciler import actions
from reconciler.actions import ActionForbidden, ActionRefused, InvalidEntries, wording
from reconciler.audit.sentences import outcome_label
from reconciler.ids import parse_pair
from reconciler.models import Attempt, AuditEntry, Outcome, Role, State, Verb, VtexAccount
from reconciler.views import fragments, links, paging, params
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.effect import balances, effects

NEWEST = paging.Sort("attempts", ("-created_at", "-id"))
TONES = {
    Outcome.VERIFIED: "good",
    Outcome.FAILED: "bad",
    Outcome.NOT_APPLIED: "bad",
    Outcome.UNKNOWN: "warn",
    Outcome.REFUSED: "warn",
}


@store_view()
@require_safe
def attempts(request: StoreRequest, account: str) -> HttpResponse:
    verb, outcome = params.choice(request, "verb", Verb.values), params.choice(request, "outcome", _OUTCOMES)
    text = params.text(request, "q")
    found = request.store.attempts.matching(text).ended(outcome)
    if verb:
        found = found.filter(verb=verb)
    page = paging.page(found, NEWEST, request.GET.get("cursor", ""))
    context = {
        "account": request.store,
        "page": page,
        "rows": [_row(request.store, attempt) for attempt in page.rows],
        "verbs": Verb.choices,
        "outcomes": [("open", _("Under way")), *Outcome.choices],
        "verb": verb,
        "outcome": outcome,
        "q": text,
        "query": params.query(q=text, verb=verb, outcome=outcome).lstrip("?"),
    }
    return fragments.respond(
        request, "reconciler/attempts/list.html", context,
        fragment="reconciler/attempts/_table.html", target="list",
    )  # fmt: skip


@store_view()
@require_safe
def attempt(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    """The attempt's page; `?seen=<state>` by HTMX answers 204 while nothing changed."""
    found = get_object_or_404(Attempt.objects.select_related("account"), account=request.store, pk=pk)
    if found.state != State.DONE:
        found = actions.settle(found)
    seen = request.GET.get("seen")
    if seen == _stage(found) and fragments.wants_fragment(request, "attempt"):
        return HttpResponse(status=204)
    return fragments.respond(
        request, "reconciler/attempts/page.html", _page(request, found),
        fragment="reconciler/attempts/_state.html", target="attempt",
    )  # fmt: skip


@store_view(Role.APPROVER)
@require_POST
def release(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    """Gives up on an attempt that could not be settled in 24 hours, with a reason."""
    found = get_object_or_404(Attempt, account=request.store, pk=pk)
    try:
        actions.release(found, actor=request.actor, reason=request.POST.get("reason", ""))
    except InvalidEntries as invalid:
        return _released(request, found, 422, " ".join(dict.fromkeys(invalid.errors.values())))
    except ActionRefused as refused:
        return _released(request, found, 409, refused.message)
    except ActionForbidden as forbidden:
        raise PermissionDenied from forbidden
    messages.success(request, _("Released. What it held can be acted on again."))
    return HttpResponseRedirect(reverse("attempt", kwargs={"account": account, "pk": pk}), status=303)


def _released(request: StoreRequest, found: Attempt, status: int, fault: str) -> HttpResponse:
    context = {
        **_page(request, found),
        "release_fault": fault,
        "release_reason": request.POST.get("reason", ""),
    }
    return render(request, "reconciler/attempts/page.html", context, status=status)


def _page(request: StoreRequest, found: Attempt) -> dict[str, Any]:
    held = list(found.claims.filter(released_at__isnull=True))
    entries = AuditEntry.objects.filter(chain=request.store.name, attempt_id=found.pk).order_by("sequence")
    return {
        "account": request.store,
        "attempt": found,
        "row": _row(request.store, found),
        "stage": _stage(found),
        "sentence": wording.outcome(found),
        "entries": [(entry, outcome_label(entry.outcome)) for entry in entries],
        "effects": effects(found),
        "balances": balances(found),
        "held": held,
        "may_see_audit": bool(request.roles & {Role.AUDITOR, Role.ADMIN}),
        "may_release": bool(held) and found.state == State.DONE and Role.APPROVER in request.roles,
    }


def _stage(found: Attempt) -> str:
    return f"{found.state}-{found.outcome or 'open'}"


def _row(store: VtexAccount, found: Attempt) -> dict[str, Any]:
    done = found.state == State.DONE
    return {
        "attempt": found,
        "subject_url": _subject_url(store, found),
        "said": found.get_outcome_display() if done else found.get_state_display(),
        "tone": TONES.get(Outcome(found.outcome), "") if done else "info",
        "say": wording.outcome(found),
    }


def _subject_url(store: VtexAccount, found: Attempt) -> str:
    if found.verb in (Verb.COUNT, Verb.CHECK):
        try:
            return links.stock_item(store, *parse_pair(found.subject))
        except ValueError:
            return ""
    if found.verb == Verb.START_HANDLING:
        return links.order(store, found.subject)
    return links.reservation(store, found.subject)


_OUTCOMES = {"open", *Outcome.values}
