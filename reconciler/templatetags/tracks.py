"""The order's way as five dots, and its status as a tag; drawn here because a list has hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

STYLES = {"skipped": "skip", "ahead": "todo", "unknown": "maybe", "now": "now", "done": ""}


class Dot(Protocol):
    """One step, as `views.track` makes them."""

    key: str
    mark: str
    at: datetime | None

    @property
    def said(self) -> str: ...


@register.simple_tag
def track(steps: Iterable[Dot], status: str) -> SafeString:
    """Filled happened, dashed skipped, hollow not reached; each dot says itself to screen readers."""
    dots = format_html_join(
        "",
        '<li class="{0}" title="{1}"><span class="visually-hidden">{1}</span></li>',
        ((_style(step, status), _said(step)) for step in steps),
    )
    return format_html('<ol class="track" aria-label="{}">{}</ol>', _("Order history"), dots)


@register.simple_tag
def status_tag(status: str) -> SafeString:
    """VTEX's own spelling of the status; green when the goods were sold."""
    style = "tag good" if status == "invoiced" else "tag"
    return format_html('<span class="{}">{}</span>', style, status or _("no status"))


def _style(step: Dot, status: str) -> str:
    if step.key == "end" and step.mark == "done":
        return "end" if status == "invoiced" else "void"
    return STYLES[step.mark]


def _said(step: Dot) -> str:
    if step.at is None:
        return step.said
    exact = dateformat.format(timezone.localtime(step.at), pgettext("date and exact time", "j M Y H:i:s"))
    return f"{step.said}, {exact}"
