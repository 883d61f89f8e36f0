"""What went wrong between us and VTEX, as a sentence for a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reconciler.vtex import errors


def sentence(store: str, error: Exception) -> str:
    """One plain sentence that says what to do, never a key or a raw answer."""
    words = {"store": store}
    if isinstance(error, errors.Unauthorized):
        return _("VTEX refused the key of %(store)s (401). Check its app key and app token.") % words
    if isinstance(error, errors.Forbidden):
        return _("The key of %(store)s lacks a permission (403). check_vtex says which.") % words
    if isinstance(error, errors.RateLimited):
        return _("VTEX asked %(store)s to slow down (429). Reading goes on after a pause.") % words
    if isinstance(error, errors.NotSent):
        words |= {"seconds": str(round(error.retry_after) or 1), "reason": error.message}
        return _("Reading %(store)s is paused for %(seconds)s seconds: %(reason)s.") % words
    if isinstance(error, errors.ConnectionLost | errors.Timeout):
        return _("VTEX cannot be reached for %(store)s. Check the network, then try again.") % words
    if isinstance(error, errors.VtexError):
        return _("VTEX gave no usable answer for %(store)s: %(reason)s") % (words | {"reason": str(error)})
    return _("%(store)s has no app key in the settings.") % words
