"""How accounts of people work here: made by an administrator, never by signing up; logins are recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import User
from django.http import HttpRequest

from reconciler.views import logins


class ClosedSignup(DefaultAccountAdapter):
    """Nobody can make an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        logins.logged_in(request, user)

    def logout(self, request: HttpRequest) -> None:
        logins.logged_out(request)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        logins.login_failed(request, str(credentials.get("username", "")))

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        logins.password_changed(self.request, user)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Called for every change of a person's security, whether a mail goes out or not."""
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
        if template_prefix.startswith("mfa/"):
            logins.second_factor_changed(self.request, user, template_prefix.rpartition("/")[2])
