"""The glass while nobody touches it: dust or an earlier print on it is said before the next finger lies there ("Clean the glass").

Nothing is asked while a finger lies: what was on the glass is remembered, and a finger costs not one millisecond more.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from biometrics.errors import BiometricsError
from biometrics.fingerprint.quality import platen_reasons
from biometrics.reasons import Reason, ReasonCode
from devices.contract import Frame
from station.capture.verdict import Verdict

EVERY: Final = 2
"""Every second empty picture is looked at: dust does not come and go."""
FORGET_LOOKS: Final = 2
"""So many looks without a finding, and the glass counts as cleaned."""
STILL_S: Final = 1.5
"""What rests on the glass so long without the smallest movement is no finger: pulse and breath move one."""
STILL_GREY: Final = 0.8
"""Mean change in grey levels, over what lies there, up to which a picture has not changed: sensor noise, averaged over 1 mm."""
_CELL: Final = 10
_DARKER: Final = 12.0


@dataclass(slots=True)
class PlatenWatch:
    """Remembers what lies on the glass of one capture; fed by the session, one picture after the other."""

    found: tuple[Reason, ...] = ()
    _looks: int = 0
    _clean: int = 0
    _still: npt.NDArray[np.float32] | None = None
    _still_since: float = 0.0

    def empty(self, frame: Frame) -> str | None:
        """Take a picture of a glass that nobody touches; return the code of what is to be done first, None when it is clean."""
        self._still = None
        if frame.image.ndim == 2 and frame.ppi and self._looks % EVERY == 0:
            try:
                found = platen_reasons(frame.image, frame.ppi)
            except BiometricsError:
                found = ()  # a picture nobody can judge is no dirt
            self._clean = 0 if found else self._clean + 1
            if found or self._clean >= FORGET_LOOKS:
                self.found = found
        self._looks += 1
        return str(self.found[0].code) if self.found else None

    def resting(self, frame: Frame) -> str | None:
        """Take a picture on which something still seems to lie, of a device that does not tell fingers itself; return ``latent`` once it
        has not changed at all for so long that it can be no finger."""
        cells = _cells(frame.image)
        before = self._still
        if before is None or before.shape != cells.shape or _changed(before, cells) > STILL_GREY:
            self._still, self._still_since = cells, frame.at_s
            return None
        return str(ReasonCode.LATENT) if frame.at_s - self._still_since >= STILL_S else None

    def beside(self, verdict: Verdict) -> Verdict:
        """Return the verdict with what was seen on the empty glass, for a finger that is not good yet: a good one is taken."""
        if not self.found or verdict.passed or not verdict.present:
            return verdict
        code = str(self.found[0].code)
        return verdict if code in verdict.whole else dataclasses.replace(verdict, whole=(code, *verdict.whole))


def _cells(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the mean greys of small cells, float32 (rows, columns)."""
    rows, columns = image.shape[0] // _CELL, image.shape[1] // _CELL
    blocks = image[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


def _changed(before: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> float:
    """Return how much what is darker than the glass has changed, in grey levels."""
    there = np.minimum(before, now) < float(np.median(now)) - _DARKER
    return float(np.abs(now - before)[there].mean()) if there.any() else float(np.abs(now - before).mean())
