"""The signed promise between preview and POST (design section 7, step 2)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from reconciler.actions.errors import ActionRefused
from reconciler.audit import Actor
from reconciler.models import Verb, VtexAccount

SALT = "reconciler.actions.confirm"
LASTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Promise:
    """What was previewed, as digests: `material` of the facts, `entries` of a count ("" without any)."""

    material: str
    entries: str


def issue(
    *, actor: Actor, account: VtexAccount, verb: Verb, subject: str, material: str, entries: str = ""
) -> str:
    """A token for this person, store, verb, subject and facts; never the same one twice."""
    bound = [*_bound(actor, account, verb, subject), material, entries, secrets.token_hex(8)]
    return signing.dumps(bound, salt=SALT)


def read(token: str, *, actor: Actor, account: VtexAccount, verb: Verb, subject: str) -> Promise:
    """Raises ActionRefused: token_expired, or token_invalid when it was given for anything else."""
    try:
        bound = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise ActionRefused("token_expired") from None
    except signing.BadSignature:
        raise ActionRefused("token_invalid") from None
    if bound[:4] != _bound(actor, account, verb, subject):
        raise ActionRefused("token_invalid")
    return Promise(material=bound[4], entries=bound[5])


def digest(token: str) -> str:
    """How a token is remembered: SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def _bound(actor: Actor, account: VtexAccount, verb: Verb, subject: str) -> list[object]:
    return [actor.user_id, account.name, str(verb), subject]
