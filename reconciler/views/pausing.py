"""The one button that stops, and later allows again, every action of a store."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reconciler import actions
from reconciler.actions import ActionForbidden, InvalidEntries
from reconciler.models import Role
from reconciler.views.access import StoreRequest, store_view


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def pause_actions(request: StoreRequest, account: str) -> HttpResponse:
    """GET asks for a reason; POST pauses, or resumes when `change` says so: two who press pause at once both
    mean pause.
    """
    if request.method != "POST":
        return _form(request, 200)
    resuming = request.POST.get("change") == "resume"
    change = actions.resume if resuming else actions.pause
    try:
        change(request.store, actor=request.actor, reason=request.POST.get("reason", ""))
    except InvalidEntries as invalid:
        return _form(request, 422, " ".join(dict.fromkeys(invalid.errors.values())))
    except ActionForbidden as forbidden:
        raise PermissionDenied from forbidden
    messages.success(
        request, _("Actions are on again.") if resuming else _("All actions of this store are paused.")
    )
    return HttpResponseRedirect(reverse("sync", kwargs={"account": account}), status=303)


def _form(request: StoreRequest, status: int, fault: str = "") -> HttpResponse:
    context = {"account": request.store, "fault": fault, "reason": request.POST.get("reason", "")}
    return render(request, "reconciler/sync/pause.html", context, status=status)
