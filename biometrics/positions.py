"""Finger positions and impression types, with the codes of ISO/IEC 19794-4:2005/2011 and ANSI/NIST-ITL.

The two families agree on the finger codes 0..10 and 13..15; impressions differ, so each edition has its own enum.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class FingerPosition(IntEnum):
    """Finger position code (ISO/IEC 19794-4:2011 table 7; ANSI/NIST-ITL 1-2011 table 8)."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10
    RIGHT_FOUR = 13
    LEFT_FOUR = 14
    TWO_THUMBS = 15


class Impression(IntEnum):
    """Impression type, ISO/IEC 19794-4:2005 and 2011 (live-scan and nonlive-scan plain and rolled)."""

    LIVE_PLAIN = 0
    LIVE_ROLLED = 1
    NONLIVE_PLAIN = 2
    NONLIVE_ROLLED = 3


class Eye(IntEnum):
    """Eye label (ISO/IEC 19794-6:2011 table 4), from the person's own side."""

    UNKNOWN = 0
    RIGHT = 1
    LEFT = 2


SINGLE_FINGERS: Final = tuple(FingerPosition(code) for code in range(1, 11))

SLAP_FINGERS: Final[dict[FingerPosition, tuple[FingerPosition, ...]]] = {
    # In the order of the procedure (index first), not left to right on the platen.
    FingerPosition.RIGHT_FOUR: (
        FingerPosition.RIGHT_INDEX,
        FingerPosition.RIGHT_MIDDLE,
        FingerPosition.RIGHT_RING,
        FingerPosition.RIGHT_LITTLE,
    ),
    FingerPosition.LEFT_FOUR: (
        FingerPosition.LEFT_INDEX,
        FingerPosition.LEFT_MIDDLE,
        FingerPosition.LEFT_RING,
        FingerPosition.LEFT_LITTLE,
    ),
    FingerPosition.TWO_THUMBS: (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB),
}


def fingers_of(position: FingerPosition) -> tuple[FingerPosition, ...]:
    """Return the single fingers that a capture at `position` shows (one for a single finger, none for UNKNOWN)."""
    if position in SLAP_FINGERS:
        return SLAP_FINGERS[position]
    return (position,) if position != FingerPosition.UNKNOWN else ()
