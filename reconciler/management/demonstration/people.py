"""The demo's users, with passwords of their own that stay on this machine."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from django.contrib.auth.models import User

from reconciler.actions import members
from reconciler.audit.actor import console
from reconciler.models import Role, VtexAccount

ROLES: dict[str, tuple[Role, ...]] = {
    "merchant": (Role.VIEWER, Role.OPERATOR, Role.APPROVER, Role.ADMIN),
    "support": (Role.VIEWER, Role.OPERATOR),
    "auditor": (Role.AUDITOR,),
}


def ensure(account: VtexAccount, file: Path) -> dict[str, str]:
    """Makes the users and their roles where missing; their passwords by name, as `file` keeps them."""
    passwords = _kept(file) or _new(file)
    for name, roles in ROLES.items():
        user, _ = User.objects.get_or_create(username=name)
        if not user.check_password(passwords[name]):
            user.set_password(passwords[name])
            user.save(update_fields=["password"])
        for role in roles:
            members.grant(account=account, user=user, role=role, actor=console())
    return passwords


def _kept(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and ROLES.keys() <= kept.keys() else {}


def _new(file: Path) -> dict[str, str]:
    passwords = {name: secrets.token_urlsafe(12) for name in ROLES}
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(passwords), encoding="utf-8")
    return passwords
