"""Reasons: what is wrong with a sample, as a code with a confidence and a place. Words come from the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from biometrics.positions import FingerPosition


class ReasonCode(StrEnum):
    """Codes a person can act on. `station/words/catalogue` holds one sentence in each language for every member."""

    NO_FINGER = "no-finger"
    TOO_SMALL = "too-small"
    TOO_LIGHT = "too-light"
    TOO_DRY = "too-dry"
    TOO_HEAVY = "too-heavy"
    TOO_WET = "too-wet"
    OFF_CENTRE_LEFT = "off-centre-left"
    OFF_CENTRE_RIGHT = "off-centre-right"
    OFF_CENTRE_UP = "off-centre-up"
    OFF_CENTRE_DOWN = "off-centre-down"
    TIP_ONLY = "tip-only"
    TILTED = "tilted"
    MOVED = "moved"
    DIRTY_PLATEN = "dirty-platen"
    LATENT = "latent"
    WORN = "worn"
    ROLL_FAST = "roll-fast"
    ROLL_SHORT = "roll-short"
    ROLL_SLIPPED = "roll-slipped"
    LOW_QUALITY = "low-quality"
    WRONG_HAND = "wrong-hand"
    FINGERS_MISSING = "fingers-missing"
    FINGERS_TOUCHING = "fingers-touching"
    SAME_FINGER = "same-finger"
    PREVIOUS_PERSON = "previous-person"
    SLAP_MISMATCH = "slap-mismatch"


@dataclass(frozen=True, slots=True)
class Region:
    """Axis-aligned box in pixels of the judged image: left, top, width, height (y down)."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing wrong: code, confidence 0..1, and where (a finger and/or a region)."""

    code: ReasonCode
    confidence: float
    region: Region | None = None
    finger: FingerPosition | None = None
