"""Where a webhook may lead: to a public address, looked up once and then kept (no DNS rebinding)."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from reconciler.alerts.results import NotSentError, Result

LONGEST = 1000
LOOKUP_SECONDS = 5.0
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AWS_KEYS = ipaddress.IPv6Network("fd00:ec2::/32")
"""Where its machines find their keys, in a private range."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """A webhook's URL, taken apart. `host` is as the certificate names it."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def name(self) -> str:
        """As the Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Raises NotSentError with `bad_url`, or `not_https` where plain http is not allowed."""
    parts, port, host = _split(url)
    if parts.scheme == "http" and not settings.ALERT_PRIVATE_HOSTS:
        raise NotSentError(Result.NOT_HTTPS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path)


def _split(url: str) -> tuple[SplitResult, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise NotSentError(Result.BAD_URL) from error
    printable = url.isascii() and url.isprintable() and " " not in url
    known = parts.scheme in ("https", "http") and host and "@" not in parts.netloc
    if not (printable and known and len(url) <= LONGEST):
        raise NotSentError(Result.BAD_URL)
    return parts, port, host


def resolve(target: Target) -> str:
    """One address of the host, when all of them may be reached: the one to connect to.

    Raises NotSentError: `no_such_host` or `refused_address`.
    """
    found = _look_up(target)
    if not found:
        raise NotSentError(Result.NO_SUCH_HOST)
    if not all(allowed(ipaddress.ip_address(each)) for each in found):
        raise NotSentError(Result.REFUSED_ADDRESS)
    return found[0]


def allowed(address: Address) -> bool:
    """Public ones; loopback and private ones by setting. Link-local, where clouds keep keys, never."""
    inner = _inner(address)
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified:
        return False
    if inner in AWS_KEYS:
        return False
    if inner.is_global:
        return not (inner.is_reserved or getattr(inner, "is_site_local", False))
    return bool(settings.ALERT_PRIVATE_HOSTS) and (inner.is_private or inner.is_loopback)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one only wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _look_up(target: Target) -> list[str]:
    """In a thread: the system's resolver knows no time limit."""
    found: list[str] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(row[4][0]).partition("%")[0] for row in rows)

    thread = Thread(target=ask, name="webhook lookup", daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    return list(found)
