"""A finding in words: what is wrong, what to do, how we know, and why it is nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from reconciler.diagnosis import meaning, wording
from reconciler.diagnosis.references import Reference, references
from reconciler.models import Cause, Finding
from reconciler.templatetags.findings import cause_tone


@dataclass(frozen=True)
class Evidence:
    sentence: str
    at: datetime | None
    source: str


@dataclass(frozen=True)
class NearMiss:
    title: str
    sentence: str


@dataclass(frozen=True)
class Said:
    """`due`: confirmed by a read at or after the due time; before, nothing states it as a fact.

    `means`: for the store. `sure`, `why_sure`: how certain it is, in a word, and why. `unknown`: what nobody
    knows. `advice`: for what could not be told, what to do about its reason.
    """

    finding: Finding
    title: str
    tone: str
    explanation: str
    reason: str
    remedy: str
    evidence: list[Evidence]
    near: list[NearMiss]
    known_issues: tuple[str, ...]
    due: bool
    means: str = ""
    sure: str = ""
    why_sure: str = ""
    unknown: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    advice: str = ""


def of(finding: Finding) -> Said:
    due = bool(finding.confirmed_at) or finding.cause == Cause.COULD_NOT_TELL
    sure, why_sure = meaning.confidence(finding.cause, due=due)
    kinds = [str(piece["kind"]) for piece in finding.evidence]
    return Said(
        finding=finding,
        title=wording.title(finding.cause),
        tone=cause_tone(finding.cause) if due else "",
        explanation=wording.explanation(finding.cause) if due else wording.too_early(),
        reason=wording.reason(finding.reason),
        remedy=wording.remedy(finding.remedy) if due else "",
        due=due,
        evidence=[_evidence(piece) for piece in finding.evidence],
        near=[
            NearMiss(wording.title(piece["cause"]), wording.near_miss(piece)) for piece in finding.not_causes
        ],
        known_issues=wording.known_issues(finding.cause, finding.reason),
        means=meaning.means(finding.cause, kinds) if due else "",
        sure=sure,
        why_sure=why_sure,
        unknown=tuple(meaning.unknowns(finding.cause, kinds)),
        references=tuple(references(finding.cause, finding.reason)),
        advice=meaning.advice(finding.reason) if finding.reason else "",
    )


def _evidence(piece: dict[str, str]) -> Evidence:
    at = parse_datetime(piece["at"]) if piece.get("at") else None
    return Evidence(wording.evidence(piece), at, wording.source(piece.get("source", "")))
