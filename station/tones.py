"""Three short tones that double what the screen says: captured, adjust, blocked. Each desk has its own pitch, so that two desks in one
room are told apart. Silent at night (`sound.quiet`) and at volume 0.

Captured rises, blocked falls, adjust is one soft note: told apart by shape, not by pitch alone (ui rules, section 2).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from devices.speaker import RATE_HZ, Sound

TONES: Final = ("captured", "adjust", "blocked")
LOWEST_HZ: Final = 440.0
"""Desk 1. The desks stand a whole tone apart, all notes between 290 and 1,050 Hz: small speakers and old ears hear them."""
NOTES: Final[dict[str, tuple[tuple[int, float], ...]]] = {
    "captured": ((0, 0.07), (7, 0.13)),
    "adjust": ((3, 0.09),),
    "blocked": ((0, 0.14), (-7, 0.24)),
}
"""Semitones above the desk's own note, and seconds."""
LOUD: Final = {"captured": 0.5, "adjust": 0.2, "blocked": 0.6}
"""Share of the full scale at volume 100."""
EDGE_S: Final = 0.008
"""Each note swells and fades this long: a note that begins at once clicks."""
DESKS: Final = 5


def tone(name: str, *, desk: int = 1, volume: int = 60) -> Sound:
    """Return the samples of one of `TONES` at a desk (1 to 5; others sound as desk 1), volume 0 to 100. int16, shape (N,), `RATE_HZ`."""
    place = desk - 1 if 1 <= desk <= DESKS else 0
    notes = [_note(LOWEST_HZ * 2 ** ((2 * place + above) / 12), seconds) for above, seconds in NOTES[name]]
    level = LOUD[name] * (volume / 100) ** 2  # ears hear shares, not steps
    samples: Sound = np.rint(np.concatenate(notes) * level * 32767).astype(np.int16)
    return samples


def _note(hertz: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    edge = np.clip(np.minimum(at, at[-1] - at) / EDGE_S, 0.0, 1.0)
    wave: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sin(2 * np.pi * hertz * at) * (0.5 - 0.5 * np.cos(np.pi * edge))
    return wave


def desk_number(desk: str) -> int:
    """The desk a sign-in names ("3"); 1 for one person at all desks."""
    return int(desk) if desk.isdigit() else 1
