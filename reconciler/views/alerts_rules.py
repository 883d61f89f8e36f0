"""Alert rules, changed by an admin."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reconciler.alerts import edit
from reconciler.models import AlertRule, Role
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.alerts_forms import RuleForm


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_rule_new(request: StoreRequest, account: str) -> HttpResponse:
    return _edit(request, None)


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_rule(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(AlertRule, account=request.store, pk=pk))


@store_view(Role.ADMIN)
@require_POST
def alert_rule_remove(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    edit.remove_rule(get_object_or_404(AlertRule, account=request.store, pk=pk), actor=request.actor)
    messages.success(request, _("The alert is removed."))
    return back(account)


def back(account: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("alerts", kwargs={"account": account}), status=303)


def _edit(request: StoreRequest, rule: AlertRule | None) -> HttpResponse:
    form = RuleForm(request.store, rule, request.POST if request.method == "POST" else None)
    if form.is_valid():
        edit.save_rule(request.store, form.values, actor=request.actor, rule=rule)
        messages.success(request, _("Saved. The next look at the findings decides."))
        return back(request.store.name)
    context = {"account": request.store, "form": form, "rule": rule}
    return render(request, "reconciler/alerts/rule.html", context, status=422 if form.is_bound else 200)
