"""What an admin fills in: a rule, a channel by e-mail, a channel by webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from reconciler.alerts.addresses import parse
from reconciler.alerts.edit import ChannelValues, RuleValues
from reconciler.alerts.results import NotSentError, words
from reconciler.alerts.wording import cause_title
from reconciler.audit.personal import looks_personal
from reconciler.models import ALERT_CAUSES, AlertChannel, AlertRule, Measure, VtexAccount

MOST_ADDRESSES = 10
MOST = 10**12


class RuleForm(forms.Form):
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    measure = forms.ChoiceField(label=_("What is counted"), choices=Measure.choices)
    limit = forms.IntegerField(
        label=_("Tell when it is more than"), min_value=0, max_value=MOST,
        help_text=_("For a value: in whole units of the store's currency."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(label=_("Tell whom"), widget=forms.CheckboxSelectMultiple)
    tell_recovery = forms.BooleanField(label=_("Tell also when it is over"), required=False)

    def __init__(self, store: VtexAccount, rule: AlertRule | None = None, data: Any = None) -> None:
        super().__init__(data, initial=_rule_initial(rule))
        causes = self.fields["cause"]
        assert isinstance(causes, forms.ChoiceField)
        causes.choices = [(cause, cause_title(cause)) for cause in ("", *ALERT_CAUSES)]
        channels = self.fields["channels"]
        assert isinstance(channels, forms.MultipleChoiceField)
        channels.choices = [(str(each.pk), each.name) for each in store.alert_channels.all()]

    @property
    def values(self) -> RuleValues:
        given = self.cleaned_data
        cents = 100 if given["measure"] == Measure.VALUE else 1
        return RuleValues(
            given["cause"],
            given["measure"],
            given["limit"] * cents,
            given["tell_recovery"],
            frozenset(int(key) for key in given["channels"]),
        )


class ChannelForm(forms.Form):
    """What both kinds have."""

    name = forms.CharField(label=_("Name"), max_length=60)
    quiet_minutes = forms.IntegerField(
        label=_("Quiet period in minutes"), min_value=1, max_value=10_080, initial=60,
        help_text=_("After a message no other follows for so long; then one that sums up."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)

    def __init__(self, store: VtexAccount, channel: AlertChannel | None = None, data: Any = None) -> None:
        super().__init__(data, initial=_channel_initial(channel))
        every = store.alert_channels.all()
        self._others = every.exclude(pk=channel.pk) if channel else every
        self.kept = channel is not None

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if looks_personal(name):
            raise ValidationError(gettext("The audit trail keeps this name for good: no address, please."))
        if self._others.filter(name=name).exists():
            raise ValidationError(gettext("Another channel of this store has this name."))
        return name

    @property
    def values(self) -> ChannelValues:
        given = self.cleaned_data
        where = {name: given[name] for name in ("addresses", "url") if given.get(name)}
        return ChannelValues(given["name"], given["language"], given["quiet_minutes"], **where)


class EmailForm(ChannelForm):
    addresses = forms.CharField(
        label=_("E-mail addresses of staff"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, at most 10."),
    )  # fmt: skip
    field_order = ("name", "addresses", "quiet_minutes", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.kept:
            self.fields["addresses"].required = False
            self.fields["addresses"].help_text = _("One a line, at most 10. Empty: they stay as they are.")

    def clean_addresses(self) -> tuple[str, ...]:
        found = str(self.cleaned_data["addresses"]).replace(",", " ").replace(";", " ").split()
        for address in found:
            validate_email(address)
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(gettext("At most 10 addresses."))
        return tuple(dict.fromkeys(found))


class WebhookForm(ChannelForm):
    url = forms.CharField(
        label=_("Webhook URL"), max_length=1000, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of Slack, or of anything that takes {\"text\": \"...\"}. Nobody is shown it again."),
    )  # fmt: skip
    field_order = ("name", "url", "quiet_minutes", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.kept:
            self.fields["url"].required = False
            self.fields["url"].help_text = _("Empty: it stays as it is. Nobody is shown it again.")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url:
            try:
                parse(url)
            except NotSentError as error:
                raise ValidationError(words(error.result)) from error
        return url


FORMS: dict[str, type[ChannelForm]] = {
    AlertChannel.Kind.EMAIL: EmailForm,
    AlertChannel.Kind.WEBHOOK: WebhookForm,
}


def _rule_initial(rule: AlertRule | None) -> dict[str, Any]:
    if rule is None:
        return {"measure": Measure.NEW_HOUR, "limit": 20, "tell_recovery": True}
    return {
        "cause": rule.cause,
        "measure": rule.measure,
        "limit": rule.limit // (100 if rule.measure == Measure.VALUE else 1),
        "tell_recovery": rule.tell_recovery,
        "channels": [str(key) for key in rule.channels.values_list("pk", flat=True)],
    }


def _channel_initial(channel: AlertChannel | None) -> dict[str, Any]:
    if channel is None:
        return {"language": get_language()}
    return {
        "name": channel.name,
        "language": channel.language,
        "quiet_minutes": channel.quiet_minutes,
    }
