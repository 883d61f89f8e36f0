"""The order's way as five dots, and its status as a tag; drawn here because a list has hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reconciler.templatetags.clock import written

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
    dots = "".join([_dot(_style(step, status), escape(_said(step))) for step in steps])
    return mark_safe(f'<ol class="track" aria-label="{escape(_("Order history"))}">{dots}</ol>')  # noqa: S308


@register.simple_tag
def status_tag(status: str) -> SafeString:
    """VTEX's own spelling of the status; green when the goods were sold."""
    style = "tag good" if status == "invoiced" else "tag"
    return format_html('<span class="{}">{}</span>', style, status or _("no status"))


def _dot(style: str, said: str) -> str:
    return f'<li class="{style}" title="{said}"><span class="visually-hidden">{said}</span></li>'


def _style(step: Dot, status: str) -> str:
    if step.key == "end" and step.mark == "done":
        return "end" if status == "invoiced" else "void"
    return STYLES[step.mark]


def _said(step: Dot) -> str:
    if step.at is None:
        return step.said
    exact = written(timezone.localtime(step.at), pgettext("date and exact time", "j M Y H:i:s"))
    return f"{step.said}, {exact}"
