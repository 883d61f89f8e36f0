"""The second step of a login; a wrong code is a failed login."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from django.core.exceptions import ValidationError

from reconciler.views import logins


class RecordedAuthenticateForm(AuthenticateForm):
    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except ValidationError:
            logins.login_failed(context.request, self.user.get_username(), step="second factor")
            raise
        return code
