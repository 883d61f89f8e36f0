"""Small pieces of markup that every page uses."""

from django import template
from django.forms import BoundField, Select
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of static/icons.svg. Without a label it is decoration and hidden from screen readers."""
    address = static("icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            address,
            name,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', address, name)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's input in the look of this site, tied to its hint and marked when it holds a fault."""
    widget = field.field.widget
    style = "form-select" if isinstance(widget, Select) else "form-control"
    attrs: dict[str, str | bool] = {"class": style}
    if field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}_hint"
    if widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)
