"""How a try to hand a message over ended; never with an address, a secret or a foreign text in it."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Result(StrEnum):
    DELIVERED = "delivered"
    BAD_URL = "bad_url"
    NOT_HTTPS = "not_https"
    NO_SUCH_HOST = "no_such_host"
    REFUSED_ADDRESS = "refused_address"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TLS = "tls"
    REDIRECTED = "redirected"
    STATUS = "status"
    NO_MAIL_SERVER = "no_mail_server"
    MAIL_REFUSED = "mail_refused"
    SEAL_BROKEN = "seal_broken"


WORDS: dict[str, str | Promise] = {
    Result.DELIVERED: _("Delivered"),
    Result.BAD_URL: _("The URL cannot be used"),
    Result.NOT_HTTPS: _("The URL must begin with https"),
    Result.NO_SUCH_HOST: _("No such host"),
    Result.REFUSED_ADDRESS: _("The host leads into a private network"),
    Result.UNREACHABLE: _("Nobody answers there"),
    Result.TIMED_OUT: _("No answer in time"),
    Result.TLS: _("The certificate does not hold"),
    Result.REDIRECTED: _("Sent elsewhere, which is not followed"),
    Result.STATUS: _("Refused by the receiver"),
    Result.NO_MAIL_SERVER: _("The mail server does not answer"),
    Result.MAIL_REFUSED: _("Refused by the mail server"),
    Result.SEAL_BROKEN: _("Sealed with an earlier SECRET_KEY: enter the channel anew"),
}


class NotSentError(Exception):
    """The message did not arrive, as far as we know. `status` is the receiver's, where it gave one."""

    def __init__(self, result: Result, status: int | None = None) -> None:
        super().__init__(result.value)
        self.result = result
        self.status = status


def words(code: str) -> str:
    return str(WORDS.get(code, code))
