"""What a caller of the actions may have to catch; VTEX's own errors never leave this package.

ActionError
 +-- InvalidEntries    422  the form must be filled in anew
 +-- ActionRefused     409  not now, not so: the code says why
 +-- ActionForbidden   403  this person may not
 +-- VtexUnavailable   503  VTEX could not be read, nothing was attempted
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.actions import wording
from reconciler.actions.types import Preview
from reconciler.models import Attempt


class ActionError(Exception):
    """Base of all."""


class InvalidEntries(ActionError):  # noqa: N818 - says what happened
    """`errors` maps field names to translated sentences; `preview` is what the form can be drawn from."""

    def __init__(self, errors: Mapping[str, str], preview: Preview | None = None) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)
        self.preview = preview


class ActionRefused(ActionError):  # noqa: N818 - says what happened
    """`preview`, where present, shows the facts as they are now, with a fresh token if the action is open."""

    def __init__(
        self,
        code: str,
        params: Mapping[str, Any] | None = None,
        preview: Preview | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.params = dict(params or {})
        self.preview = preview
        self.attempt = attempt

    @property
    def message(self) -> str:
        return wording.refusal(self.code, self.params)


class ActionForbidden(ActionError):  # noqa: N818 - says what happened
    """The role is missing; `role` names it."""

    def __init__(self, role: str) -> None:
        super().__init__(role)
        self.role = role


class VtexUnavailable(ActionError):  # noqa: N818 - says what happened
    """VTEX could not be read. `status` is VTEX's answer where there was one; `reason` the kind of error."""

    def __init__(self, reason: str, status: int | None = None, message: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.vtex_message = message

    @property
    def message(self) -> str:
        return wording.unavailable(self.reason)
