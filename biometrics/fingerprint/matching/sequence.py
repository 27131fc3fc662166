"""The sequence check: does every print of a whole enrollment belong to the finger it is filed under, and to this person alone?

Slap prints and rolled prints of ten fingers are compared each with each. A match across positions is strong evidence of a mix-up; which
mix-up follows from who matches whom. The absence of a match is weak evidence, so only a clear stranger is reported, and a previous
applicant only on two fingers (or on one that also denies its own slap). Findings carry the comparisons they rest on, so that a person can judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log10
from typing import Final

from biometrics.fingerprint.matching.compare import Comparison, compare, grown_score
from biometrics.fingerprint.matching.recent import KnownPeople, Suspicion
from biometrics.fingerprint.minutiae.template import Template
from biometrics.positions import FingerPosition

LINK_FMR: Final = 3e-6
"""Prints of different positions below this are one finger: 190 pairs of an enrollment give 6 false links in 10,000 enrollments."""
DENIED_LINK_FMR: Final = 2e-5
"""The same where one of the two does not fit the other print of its own position: a clean enrollment hardly ever shows both."""
OWN_FMR: Final = 1e-3
"""Slap and rolled print of one position below this fit each other."""
STRANGER_FMR: Final = 0.1
"""Slap and rolled print above this look no more alike than strangers do; at 0.05 touches pulled far (FVC2004 DB1) were named too."""
_STRANGER_MINUTIAE: Final = -2.0
"""And their minutiae alone must score below this: ridges of touches pulled far do not lie on each other, but their minutiae still agree somewhat."""
_CHANCE: Final = -3.0
"""log10 of the expected number of strangers that look like a finding against somebody known: below this it is reported."""
_ALONE: Final = -4.0
"""The same for a single finger, which must also deny its own slap."""
_FULL: Final = 30
_MIN_MINUTIAE: Final = 22
_MIN_AREA_MM2: Final = 90.0


class FindingKind(StrEnum):
    """What is wrong with the sequence. Words come from the catalogue (`finding-…`)."""

    SWAPPED_HANDS = "swapped-hands"
    SWAPPED_FINGERS = "swapped-fingers"
    SAME_FINGER_TWICE = "same-finger-twice"
    ROLLED_NOT_SLAP = "rolled-does-not-fit-slap"
    PREVIOUS_APPLICANT = "previous-applicant"
    OPERATOR_FINGER = "operator-finger"


@dataclass(frozen=True, slots=True)
class SequencePrint:
    """One finger's print of the enrollment.

    Attributes:
        key: the caller's name of the capture; findings name captures by it.
        position: the finger it is filed under.
        rolled: whether it was rolled (else cut from a slap or pressed flat).
        template: its template.
    """

    key: str
    position: FingerPosition
    rolled: bool
    template: Template


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison a finding rests on: the two captures, the score, its false-match rate."""

    first: str
    second: str
    score: float
    fmr: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        kind: what it is.
        positions: the fingers concerned, as filed.
        evidence: what it rests on, strongest first. For `ROLLED_NOT_SLAP` the comparison that failed.
        log10_chance: decimal logarithm of how many such findings a clean enrollment would show by chance.
        person: whose finger it is, for previous applicants and operators.
    """

    kind: FindingKind
    positions: tuple[FingerPosition, ...]
    evidence: tuple[Evidence, ...]
    log10_chance: float
    person: str | None = None


Comparer = Callable[[SequencePrint, SequencePrint], Comparison]
Pair = tuple[SequencePrint, SequencePrint, Comparison]


def _in_full(a: SequencePrint, b: SequencePrint) -> Comparison:
    return compare(a.template, b.template)


def _by_minutiae(a: SequencePrint, b: SequencePrint) -> float:
    return grown_score(a.template, b.template)


def check_sequence(
    prints: Sequence[SequencePrint],
    recent: KnownPeople | None = None,
    operators: KnownPeople | None = None,
    *,
    besides: str | None = None,
    comparer: Comparer = _in_full,
    sketch: Callable[[SequencePrint, SequencePrint], float] = _by_minutiae,
) -> list[Finding]:
    """Check a whole enrollment.

    Args:
        prints: every single-finger print of it; several of one position are welcome.
        recent: the station's people of the last days, without this applicant.
        operators: the operators of the station.
        besides: a name in `recent` that is this very applicant.
        comparer: how two prints are compared (default `compare`).
        sketch: a cheap score by which the pairs worth a full comparison are chosen.

    Returns:
        Findings, the least likely by chance first; empty for a clean enrollment. Never raises.
    """
    own, links = _compare_all(prints, comparer, sketch)
    findings = _mix_ups(links, own, len(prints))
    explained = {position for finding in findings for position in finding.positions}
    denied = {pair[0].position: pair for pair in own if _is_stranger(pair, sketch) and pair[0].position not in explained}
    fitting = {pair[0].position for pair in own if pair[2].fmr <= OWN_FMR}
    known: list[Finding] = []
    for kind, people in ((FindingKind.OPERATOR_FINGER, operators), (FindingKind.PREVIOUS_APPLICANT, recent)):
        if people is not None and len(people):
            for suspicion in people.suspicions(((p.key, p.position, p.template) for p in prints), besides):
                if not _believed(suspicion, set(denied), fitting):
                    continue
                known.append(_against(kind, suspicion))
    findings += known
    for position, (first, second, comparison) in denied.items():
        if position not in fitting:
            evidence = Evidence(first.key, second.key, comparison.score, comparison.fmr)
            findings.append(Finding(FindingKind.ROLLED_NOT_SLAP, (position,), (evidence,), -2.0))
    return sorted(findings, key=lambda finding: finding.log10_chance)


def _compare_all(
    prints: Sequence[SequencePrint], comparer: Comparer, sketch: Callable[[SequencePrint, SequencePrint], float]
) -> tuple[list[Pair], list[Pair]]:
    """Return (comparisons of slap and rolled of one position, matches across positions)."""
    own: list[Pair] = []
    across: list[tuple[float, SequencePrint, SequencePrint]] = []
    for i, a in enumerate(prints):
        for b in prints[i + 1 :]:
            if a.position == b.position:
                if a.rolled != b.rolled:
                    own.append((a, b, comparer(a, b)))
            else:
                across.append((sketch(a, b), a, b))
    across.sort(key=lambda entry: -entry[0])
    compared = [(a, b, comparer(a, b)) for _, a, b in across[:_FULL]]
    denied = {pair[0].position for pair in own if _is_stranger(pair, sketch)}

    def line(a: SequencePrint, b: SequencePrint) -> float:
        return DENIED_LINK_FMR if {a.position, b.position} & denied else LINK_FMR

    return own, [pair for pair in compared if pair[2].fmr <= line(pair[0], pair[1])]


def _is_stranger(pair: Pair, sketch: Callable[[SequencePrint, SequencePrint], float]) -> bool:
    """Return whether two good prints of one position look like two people's."""
    first, second, comparison = pair
    good = all(len(p.template) >= _MIN_MINUTIAE and p.template.area_mm2 >= _MIN_AREA_MM2 for p in (first, second))
    return good and comparison.fmr >= STRANGER_FMR and sketch(first, second) <= _STRANGER_MINUTIAE


def _mix_ups(links: list[Pair], own: list[Pair], total: int) -> list[Finding]:
    fitting = {pair[0].position for pair in own if pair[2].fmr <= OWN_FMR}
    by_pair: dict[tuple[FingerPosition, FingerPosition], list[Pair]] = {}
    for link in links:
        low, high = sorted((link[0].position, link[1].position))
        by_pair.setdefault((low, high), []).append(link)
    twice: list[tuple[tuple[FingerPosition, FingerPosition], list[Pair]]] = []
    swapped: list[tuple[tuple[FingerPosition, FingerPosition], list[Pair]]] = []
    for positions, pairs in by_pair.items():
        # The same series twice, or a finger that fits its own slap and another's too: one finger stands in two places. Unless both slaps
        # match the other's rolled print and nothing of one series matches: those are two fingers, however well one fits its own by chance.
        same_series = any(a.rolled == b.rolled for a, b, _ in pairs)
        crosswise = len({a.position if a.rolled else b.position for a, b, _ in pairs if a.rolled != b.rolled}) == 2
        # One match alone between two fingers that each fit their own other print is chance: a finger that stands in two places
        # denies its own slap there, or shows in every print of both.
        if len(pairs) == 1 and set(positions) <= fitting:
            continue
        one_finger = same_series or (not crosswise and fitting & set(positions))
        (twice if one_finger else swapped).append((positions, pairs))
    crossing = [entry for entry in swapped if _hand(entry[0][0]) != _hand(entry[0][1]) and not _both_thumbs(entry[0])]
    hands = crossing if len({entry[0][0] for entry in crossing}) >= 2 else []
    findings = [_mix_up(FindingKind.SAME_FINGER_TWICE, [entry], total) for entry in twice]
    if hands:
        findings.append(_mix_up(FindingKind.SWAPPED_HANDS, hands, total))
    findings += [_mix_up(FindingKind.SWAPPED_FINGERS, [entry], total) for entry in swapped if entry not in hands]
    return findings


def _hand(position: FingerPosition) -> bool:
    return position >= FingerPosition.LEFT_THUMB


def _both_thumbs(positions: tuple[FingerPosition, FingerPosition]) -> bool:
    return positions == (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)


def _mix_up(kind: FindingKind, entries: list[tuple[tuple[FingerPosition, FingerPosition], list[Pair]]], total: int) -> Finding:
    positions = sorted({position for entry, _ in entries for position in entry})
    pairs = sorted((pair for _, found in entries for pair in found), key=lambda pair: -pair[2].score)
    evidence = tuple(Evidence(a.key, b.key, c.score, c.fmr) for a, b, c in pairs)
    # One pair of an enrollment's n (n - 1) / 2 had to match by chance; further evidence only lowers it.
    chance = log10(max(total * (total - 1) / 2, 1)) + log10(evidence[0].fmr)
    return Finding(kind, tuple(positions), evidence, chance)


def _believed(suspicion: Suspicion, denied: set[FingerPosition], fitting: set[FingerPosition]) -> bool:
    """Return whether somebody known may be named: on two fingers, or on one whose print does not fit its own slap."""
    if len(suspicion.touching) >= 2:
        return suspicion.log10_chance <= _CHANCE
    position = suspicion.touching[0].position
    return position in denied and position not in fitting and suspicion.log10_chance <= _ALONE


def _against(kind: FindingKind, suspicion: Suspicion) -> Finding:
    evidence = tuple(
        Evidence(t.key, f"{suspicion.person}/{t.theirs.name}", t.comparison.score, t.comparison.fmr) for t in suspicion.touching
    )
    positions = tuple(sorted({t.position for t in suspicion.touching}))
    return Finding(kind, positions, evidence, suspicion.log10_chance, suspicion.person)
