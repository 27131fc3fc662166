"""From signs to reasons: what is wrong, how sure, and where. Thresholds were set on synthetic prints and looked at on real ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.signs import Signs, look
from biometrics.reasons import Reason, ReasonCode, Region

# Logistic weights fitted on synthetic prints of known physics, for the figures of `_figures`, then the constant. Dryness looks otherwise on
# smooth glass (optical, ink: 900 prints of 100 fingers, so that fingers whose skin only looks dry do not count as dry) than on rough sensors
# (capacitive, thermal: 1,700 prints of all sensors). The limits leave at most about 1 % of clean touches beyond them, on fingers left out of the fit.
_DRY: Final = (-4.06, -7.32, 3.18, -39.4, 2.15, 25.15, -3.74, 3.31, 2.29, 76.97)
_DRY_ROUGH: Final = (-3.34, -2.88, -1.7, -36.4, 1.56, 8.57, 1.0, -3.67, 0.0, 35.7)
_WET: Final = (21.26, 21.24, 16.81, -8.3, -0.07, 0.23, 9.8, -3.96, 0.0, -27.05)
_MOVED: Final = (-2.73, -7.24, 7.66, 13.25, -2.16, -7.53, -14.82, 5.29, 0.0, -11.68)
# Flattened ridges: low certainty of direction at ordinary ink. Fitted on 880 prints of 40 fingers (`training.faults`, "worn" 0.55 … 1 against clean and
# every other state of the skin); a ninth figure, how patchy that certainty is, told more generated prints but also 11 of 320 real ones.
_WORN: Final = (-3.15, 7.05, -9.18, -18.78, -2.22, 2.05, 5.42, 0.74, 0.0, 20.61)
_WORN_LIMIT: Final = 0.7
_WORN_COHERENCE: Final = 0.6
_DRY_LIMIT, _DRY_ROUGH_LIMIT, _WET_LIMIT, _MOVED_LIMIT = 1.9, 1.7, 0.0, 0.0
# Unrest of the free glass, grey levels, up to which it is smooth.
_SMOOTH: Final = 6.0

_SMALL_MM2: Final = 100.0
_TIP_MM2: Final = 165.0
_SIDE_MM: Final = 2.4
_HEIGHT_MM: Final = 3.2
_NEAR_EDGE_MM: Final = 2.0
_LEAN_DEG: Final = 20.0
_GHOST: Final = 0.004
_SPECKS: Final = 2


def reasons_of(image: NDArray[np.uint8], ppi: int) -> tuple[Reason, ...]:
    """Return the reasons for a frame, uint8 (H, W), most confident first; regions in its pixels. None found: empty."""
    signs = look(image, ppi)
    if signs is None:
        return (Reason(ReasonCode.NO_FINGER, 1.0, Region(0, 0, image.shape[1], image.shape[0])),)
    return tell(signs)


def tell(signs: Signs) -> tuple[Reason, ...]:
    """Return the reasons that the signs of a finger give, most confident first."""
    finger = region(signs, signs.box)
    found: list[Reason] = []

    def add(code: ReasonCode, over: float, place: Region | None = finger) -> None:
        """Note a reason; `over` is how far beyond its limit the sign lies, in units of the limit's own width."""
        found.append(Reason(code, float(1 - 0.5 * np.exp(-max(over, 0.0))), place))

    figures = _figures(signs)
    moved = _logit(figures, _MOVED) - _MOVED_LIMIT
    if moved > 0:
        add(ReasonCode.MOVED, moved / 2)
    else:
        smooth = signs.unrest <= _SMOOTH
        dry = _logit(figures, _DRY) - _DRY_LIMIT if smooth else _logit(figures, _DRY_ROUGH) - _DRY_ROUGH_LIMIT
        wet = _logit(figures, _WET) - _WET_LIMIT
        worn = _logit(figures, _WORN) - _WORN_LIMIT
        if worn > 0 and signs.coherence < _WORN_COHERENCE:
            # Says more than dry or wet: breath does not bring flattened ridges back.
            add(ReasonCode.WORN, worn / 2)
            dry = wet = 0.0
        # Which of the pair: thin whole ridges or broken ones; a wide contact or filled valleys.
        if dry > 0:
            add(ReasonCode.TOO_LIGHT if signs.width < 0.29 else ReasonCode.TOO_DRY, dry / 2)
        elif wet > 0:
            add(ReasonCode.TOO_HEAVY if signs.area_mm2 > 260 else ReasonCode.TOO_WET, wet / 2)
    placed = _placement(signs)
    for code, over in placed:
        add(code, over)
    upright = not {ReasonCode.OFF_CENTRE_UP, ReasonCode.OFF_CENTRE_DOWN, ReasonCode.TIP_ONLY, ReasonCode.TOO_SMALL} & {
        c for c, _ in placed
    }
    lean = abs(signs.tilt_deg)
    if upright and _LEAN_DEG < lean < 75 and signs.elongation >= 1.18:
        add(ReasonCode.TILTED, (lean - _LEAN_DEG) / 8)
    if signs.ghost >= _GHOST:
        add(ReasonCode.LATENT, (signs.ghost - _GHOST) * 20, region(signs, signs.ghost_box))
    elif signs.specks >= _SPECKS:
        add(ReasonCode.DIRTY_PLATEN, (signs.specks - _SPECKS) / 4, region(signs, signs.speck_box))
    return tuple(sorted(found, key=lambda reason: -reason.confidence))


def _placement(signs: Signs) -> list[tuple[ReasonCode, float]]:
    """Where the finger lies in the frame and how much of it is there."""
    rows, columns = signs.cells.shape
    cell_mm = np.sqrt(signs.area_mm2 / max(1, int(signs.cells.sum())))
    dx, dy = (signs.centre[0] - columns / 2) * cell_mm, (signs.centre[1] - rows / 2) * cell_mm
    left, top, right, bottom = signs.gaps_mm
    if signs.area_mm2 < _SMALL_MM2:
        return [(ReasonCode.TOO_SMALL, (_SMALL_MM2 - signs.area_mm2) / 20)]
    if signs.area_mm2 < _TIP_MM2 and signs.elongation < 1.25 and top > 0.8 and bottom > 5 and dy < -2.0:
        return [(ReasonCode.TIP_ONLY, (-dy - 2.0) / 1.5)]
    out = []
    if dx > _SIDE_MM and right < _NEAR_EDGE_MM < left:
        out.append((ReasonCode.OFF_CENTRE_RIGHT, dx - _SIDE_MM))
    if dx < -_SIDE_MM and left < _NEAR_EDGE_MM < right:
        out.append((ReasonCode.OFF_CENTRE_LEFT, -dx - _SIDE_MM))
    if dy > _HEIGHT_MM and bottom < _NEAR_EDGE_MM < top:
        out.append((ReasonCode.OFF_CENTRE_DOWN, dy - _HEIGHT_MM))
    if dy < -_HEIGHT_MM and top < _NEAR_EDGE_MM < bottom:
        out.append((ReasonCode.OFF_CENTRE_UP, -dy - _HEIGHT_MM))
    return out


def _figures(signs: Signs) -> NDArray[np.float64]:
    """Return the figures that tell ink and movement, float64 (9,)."""
    return np.array(
        [
            signs.duty,
            signs.width,
            signs.filled,
            signs.coherence,
            signs.flicker,
            np.log(max(signs.sharpness, 1e-6)),
            signs.contrast,
            np.sqrt(signs.sway),
            signs.area_mm2 / 100,
        ]
    )


def _logit(figures: NDArray[np.float64], weights: tuple[float, ...]) -> float:
    return float(figures @ np.array(weights[:-1]) + weights[-1])


def region(signs: Signs, box: tuple[int, int, int, int] | None) -> Region | None:
    """Return a box of cells as pixels of the image."""
    if box is None:
        return None
    left, top, right, bottom = (round(v * signs.scale) for v in box)
    return Region(left, top, right - left, bottom - top)
