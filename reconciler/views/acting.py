"""The page of an action: a live preview to look at, a form to confirm, and what became of it.

GET previews, POST acts. 303 to the attempt; 422 bad input, 409 refused, 503 VTEX unreachable: the same page
again, with what was entered kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from reconciler import actions
from reconciler.actions import ActionForbidden, ActionRefused, InvalidEntries, Preview, VtexUnavailable
from reconciler.models import Attempt, Verb
from reconciler.views.access import StoreRequest
from reconciler.views.action_form import ActionForm

OWN_FIELDS = {"csrfmiddlewaretoken", "token", "reason", "ticket", "confirm"}


def act_page(request: StoreRequest, verb: Verb, subject: str) -> HttpResponse:
    """Previews or acts, and turns every way it can end into a page a person understands."""
    entries = _entries(request.POST if request.method == "POST" else request.GET)
    form = ActionForm(request.store, verb, subject, entries=entries, given=request.POST)
    try:
        if request.method == "POST":
            return _to(_act(request, form))
        form.preview = _preview(request, form)
    except InvalidEntries as invalid:
        return _again(request, form, 422, invalid.preview, errors=invalid.errors)
    except ActionRefused as refused:
        return _again(request, form, 409, refused.preview, refusal=refused.message, attempt=refused.attempt)
    except ActionForbidden as forbidden:
        raise PermissionDenied from forbidden
    except VtexUnavailable as unavailable:
        return _draw(request, form, 503, unavailable=unavailable.message)
    return _draw(request, form, 200)


def _act(request: StoreRequest, form: ActionForm) -> Attempt:
    given = request.POST
    return actions.act(
        form.verb,
        request.store,
        form.subject,
        actor=request.actor,
        token=given.get("token", ""),
        reason=given.get("reason", ""),
        ticket=given.get("ticket", ""),
        entries=form.entries,
        confirm=given.get("confirm", ""),
    )


def _preview(request: StoreRequest, form: ActionForm) -> Preview:
    return actions.preview(
        form.verb, request.store, form.subject, actor=request.actor, entries=form.entries or None
    )


def _again(
    request: StoreRequest, form: ActionForm, status: int, preview: Preview | None, **said: Any
) -> HttpResponse:
    """The page once more with what was wrong, over the facts as they are now."""
    form.errors = said.pop("errors", {})
    form.preview = preview or _whatever_can_be_read(lambda: _blank_preview(request, form))
    return _draw(request, form, status, **said)


def _blank_preview(request: StoreRequest, form: ActionForm) -> Preview:
    return actions.preview(form.verb, request.store, form.subject, actor=request.actor)


def _whatever_can_be_read(read: Callable[[], Preview]) -> Preview | None:
    try:
        return read()
    except actions.ActionError:
        return None


def _draw(request: StoreRequest, form: ActionForm, status: int, **said: Any) -> HttpResponse:
    context = {"account": request.store, "form": form, "preview": form.preview, **said}
    return render(request, "reconciler/actions/page.html", context, status=status)


def _to(attempt: Attempt) -> HttpResponse:
    where = reverse("attempt", kwargs={"account": attempt.account.name, "pk": attempt.pk})
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response


def _entries(given: QueryDict) -> Mapping[str, str]:
    """What only this verb asks: answers per pair, the count and its units to ship."""
    return {name: str(value) for name, value in given.items() if name not in OWN_FIELDS}
