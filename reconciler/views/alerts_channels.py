"""Alert channels, changed and tried out by an admin. A webhook's secret is shown once, when it is made."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from reconciler.alerts import edit
from reconciler.alerts.results import Result, words
from reconciler.alerts.sealing import SealBrokenError
from reconciler.models import AlertChannel, Role
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.alerts_forms import FORMS, ChannelForm
from reconciler.views.alerts_rules import back

MOST_CHANNELS = 20
TEST_SECONDS = 30
"""Between two tests of one channel: each mails, or posts, to somebody."""


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_email_new(request: StoreRequest, account: str) -> HttpResponse:
    return _new(request, AlertChannel.Kind.EMAIL)


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alert_webhook_new(request: StoreRequest, account: str) -> HttpResponse:
    return _new(request, AlertChannel.Kind.WEBHOOK)


def _new(request: StoreRequest, kind: str) -> HttpResponse:
    form = FORMS[kind](request.store, None, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, form, kind, None)
    if AlertChannel.objects.filter(account=request.store).count() >= MOST_CHANNELS:
        form.add_error(None, _("A store has %(most)s channels at most.") % {"most": MOST_CHANNELS})
        return _form(request, form, kind, None)
    try:
        channel, secret = edit.add_channel(request.store, kind, form.values, actor=request.actor)
    except IntegrityError:
        form.add_error("name", _name_is_taken())
        return _form(request, form, kind, None)
    return _secret(request, channel, secret) if secret else _saved(request)


@store_view(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_channel(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    channel = _channel(request, pk)
    form = FORMS[channel.kind](request.store, channel, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            edit.change_channel(channel, form.values, actor=request.actor)
        except SealBrokenError:
            form.add_error(None, words(Result.SEAL_BROKEN))
        except IntegrityError:
            form.add_error("name", _name_is_taken())
        else:
            return _saved(request)
    return _form(request, form, channel.kind, channel)


@store_view(Role.ADMIN)
@require_POST
def alert_channel_remove(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    edit.remove_channel(_channel(request, pk), actor=request.actor)
    messages.success(request, _("The channel is removed."))
    return back(account)


@store_view(Role.ADMIN)
@require_POST
@never_cache
def alert_channel_secret(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    channel = _channel(request, pk)
    if channel.kind != AlertChannel.Kind.WEBHOOK:
        raise Http404("only a webhook has a secret")
    try:
        return _secret(request, channel, edit.renew_secret(channel, actor=request.actor))
    except SealBrokenError:
        messages.error(request, words(Result.SEAL_BROKEN))
        return back(account)


@store_view(Role.ADMIN)
@require_POST
def alert_channel_test(request: StoreRequest, account: str, pk: int) -> HttpResponse:
    channel = _channel(request, pk)
    if not cache.add(f"alert-test:{channel.pk}", 1, TEST_SECONDS):
        messages.info(request, _("A test was asked for a moment ago; how it fared stands here soon."))
        return back(account)
    edit.ask_test(channel, actor=request.actor)
    messages.success(request, _("A test message is on its way; how it fared stands here in a moment."))
    return back(account)


def _channel(request: StoreRequest, pk: int) -> AlertChannel:
    return get_object_or_404(AlertChannel.objects.select_related("account"), account=request.store, pk=pk)


def _name_is_taken() -> str:
    return _("Another channel of this store has this name.")


def _saved(request: StoreRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return back(request.store.name)


def _secret(request: StoreRequest, channel: AlertChannel, secret: str) -> HttpResponse:
    context = {"account": request.store, "channel": channel, "secret": secret}
    return render(request, "reconciler/alerts/secret.html", context)


def _form(request: StoreRequest, form: ChannelForm, kind: str, channel: AlertChannel | None) -> HttpResponse:
    context = {"account": request.store, "form": form, "kind": kind, "channel": channel}
    status = 422 if form.is_bound else 200
    return render(request, "reconciler/alerts/channel.html", context, status=status)
