"""Who is at what: one transaction takes every resource and writes the audit entry "requested"."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from reconciler.actions import trail
from reconciler.actions.errors import ActionRefused
from reconciler.models import Attempt, Claim

TRIES = 5
"""A holder may let go between our failed claim and the look at who it is: then the claim is tried again."""


def take(attempt: Attempt, resources: Iterable[str]) -> Attempt:
    """Saves the attempt with its claims; or the first attempt of the same token; or refuses, naming the
    holder.
    """
    wanted = sorted(set(resources))
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            _claim(attempt, wanted)
        except IntegrityError:
            attempt.pk = None
            first = Attempt.objects.filter(token_digest=attempt.token_digest).first()
            if first:
                return first
            holder = held(attempt, wanted)
            if holder:
                raise ActionRefused("claimed", _named(holder)) from None
            if last:
                raise
        else:
            break
    return attempt


def _claim(attempt: Attempt, resources: list[str]) -> None:
    with transaction.atomic():
        attempt.save(force_insert=True)
        Claim.objects.bulk_create(
            Claim(attempt=attempt, account=attempt.account, resource=each, claimed_at=attempt.created_at)
            for each in resources
        )
        trail.requested(attempt)


def held(attempt: Attempt, resources: Iterable[str]) -> Claim | None:
    """The first claim that stands on one of these resources."""
    claims = Claim.objects.filter(account=attempt.account, resource__in=list(resources), released_at=None)
    return claims.select_related("attempt").order_by("claimed_at", "pk").first()


def covers(attempt: Attempt, resources: Iterable[str]) -> bool:
    """Whether the attempt holds everything its live facts touch."""
    mine = attempt.claims.filter(released_at=None).values_list("resource", flat=True)
    return set(resources) <= set(mine)


def release(attempt: Attempt) -> None:
    attempt.claims.filter(released_at=None).update(released_at=timezone.now())


def _named(claim: Claim) -> dict[str, str]:
    attempt = claim.attempt
    return {
        "by": attempt.actor,
        "verb": attempt.get_verb_display(),
        "subject": attempt.subject,
        "since": timezone.localtime(claim.claimed_at).strftime("%Y-%m-%d %H:%M"),
        "attempt": str(attempt.pk),
    }
