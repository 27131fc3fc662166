"""Applies a profile's rules to a table of measures: which hold, which do not, which this tier cannot know; reasons in order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from biometrics.portrait.profiles import Level, Profile, Rule, When
from biometrics.portrait.reasons import PRIORITY, Instruction, PortraitReason
from biometrics.reasons import Region


class Verdict(StrEnum):
    """HOLDS, BROKEN, or UNKNOWN where the measure is not assessed."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule against one value; `approximate` says that the rule's margin was used."""

    rule: Rule
    value: float
    verdict: Verdict
    approximate: bool
    instruction: Instruction | None
    excess: float
    """How far beyond the limit, as a share of the limit (0 inside)."""


def apply_rules(
    profile: Profile, measures: dict[str, float], *, document: bool, approximate: bool = True
) -> tuple[RuleResult, ...]:
    """Return every rule of `profile` that concerns a capture (or, with `document`, a finished portrait) with its verdict."""
    leave_out = When.CAPTURE if document else When.DOCUMENT
    return tuple(
        _judge(rule, measures.get(rule.measure, math.nan), approximate) for rule in profile.rules if rule.when is not leave_out
    )


def _judge(rule: Rule, value: float, approximate: bool) -> RuleResult:
    margin = rule.margin if approximate else 0.0
    if math.isnan(value):
        return RuleResult(rule, value, Verdict.UNKNOWN, approximate, None, 0.0)
    low, high = rule.minimum - margin, rule.maximum + margin
    if low <= value <= high:
        return RuleResult(rule, value, Verdict.HOLDS, approximate, None, 0.0)
    limit = low if value < low else high
    excess = abs(value - limit) / max(abs(limit), 1e-3)
    return RuleResult(rule, value, Verdict.BROKEN, approximate, rule.below if value < low else rule.above, excess)


BLINDING_EXCESS = 4.0
"""Light this far beyond its limit (with 6 % allowed: 30 % of the face burnt out) makes points and pose guesses: it comes first."""


def reasons_of(results: tuple[RuleResult, ...], region: Region | None) -> tuple[PortraitReason, ...]:
    """Return the instructions of the broken rules: what must change before what is only hinted, then by the order of the help.

    Only light that blinds the measures themselves leaves that order: it comes before everything that was measured in it.
    """
    found: dict[Instruction, tuple[bool, PortraitReason]] = {}
    for result in results:
        if result.verdict is not Verdict.BROKEN or result.instruction is None:
            continue
        hint = result.rule.level is Level.HINT
        known = found.get(result.instruction)
        reason = PortraitReason(result.instruction, result.rule.id, result.excess, region)
        if known is None or (known[0], -known[1].excess) > (hint, -result.excess):
            found[result.instruction] = (hint, reason)
    return tuple(r for _, r in sorted(found.values(), key=lambda pair: (pair[0], _rank(pair[1]))))


def _rank(reason: PortraitReason) -> float:
    blinding = reason.instruction is Instruction.LESS_LIGHT and reason.excess >= BLINDING_EXCESS
    return PRIORITY[Instruction.ONE_PERSON] + 0.5 if blinding else PRIORITY[reason.instruction]
