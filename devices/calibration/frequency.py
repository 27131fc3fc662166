"""Contrast transfer at the frequencies of a bar target.

The pixels of a bar pattern are fitted, in one least-squares step, by the odd harmonics of a square wave in the target's own coordinate.
So every cycle and every row counts, no phase of the pixel grid is favoured, and also frequencies near or above Nyquist (10 cycles/mm
at 500 ppi) are read without bias. CTF is peak to trough between bar centres over the contrast of the large patches, as a bar target is
defined; MTF is the fundamental's part of it (Coltman: the fundamental of a square wave is 4/π of its amplitude).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from devices.calibration.target import MM_PER_INCH, Bars, Matrix, ScannerTarget, inside

Grey = npt.NDArray[np.uint8]
MAX_HARMONIC: Final = 31
BEYOND_NYQUIST: Final = 1.06
"""Bars finer than that are not asked: what is seen of them is only alias."""
_PARTS: Final = 6
_DRIFT: Final = 1 / 12


def contrast_transfer(
    image: Grey, affine: Matrix, target: ScannerTarget, ppi: float
) -> dict[tuple[str, float], tuple[float, float]]:
    """Return (axis, cycles/mm) → (CTF, MTF) for every bar pattern of the target that the resolution can carry.

    Args:
        image: HxW uint8.
        affine: exact 2x3 map from `bars.geometry`.
        target: what lies there.
        ppi: measured resolution (the smaller of both axes).
    """
    light = float(np.mean(inside(image, affine, target.light_area.inset(0.8 if target.size[0] > 40 else 0.4))[1]))
    dark = float(np.mean(inside(image, affine, target.dark_area.inset(0.8 if target.size[0] > 40 else 0.4))[1]))
    found = {}
    for bars in target.bars:
        if bars.cycles_mm > BEYOND_NYQUIST * ppi / MM_PER_INCH / 2 or light - dark < 20:
            continue
        found[bars.axis, bars.cycles_mm] = _transfer(image, affine, bars, ppi, light - dark)
    return found


def _transfer(image: Grey, affine: Matrix, bars: Bars, ppi: float, contrast: float) -> tuple[float, float]:
    border = min(0.35, 0.12 * min(bars.rect.width, bars.rect.height))
    place, value = inside(image, affine, bars.rect.inset(border))
    axis = 0 if bars.axis == "x" else 1
    origin = bars.rect.x if axis == 0 else bars.rect.y
    u = bars.cycles_mm * (place[:, axis] - origin)
    u = _straightened(u, place, value, axis)
    harmonics = [h for h in range(1, MAX_HARMONIC + 1, 2) if h == 1 or h * bars.cycles_mm <= 1.6 * ppi / MM_PER_INCH]
    columns = [np.ones_like(u)]
    for h in harmonics:
        columns += [np.cos(2 * np.pi * h * u), np.sin(2 * np.pi * h * u)]
    design = np.column_stack(columns)
    solution = np.linalg.lstsq(design, value, rcond=None)[0]
    cosines, sines = solution[1::2], solution[2::2]
    phase = float(np.arctan2(sines[0], cosines[0])) / (2 * np.pi)  # where the fundamental is lightest: the middle of a light bar
    turns = 2 * np.pi * np.asarray(harmonics) * phase
    peak_to_trough = 2 * float(cosines @ np.cos(turns) + sines @ np.sin(turns))
    fundamental = 2 * float(np.hypot(cosines[0], sines[0]))
    return peak_to_trough / contrast, fundamental * np.pi / 4 / contrast


def _straightened(u: Matrix, place: Matrix, value: Matrix, axis: int) -> Matrix:
    """Take out what is left of a wrong pitch or tilt here (lens distortion): it would smear fine bars.

    The phase of the fundamental is read in parts of the pattern along each direction; its slope is the error. A drift of less than a
    twelfth of a cycle costs under 1 % of contrast and is left alone: near Nyquist it may be the beat of bars and pixels.
    """
    cycles = float(u.max() - u.min())
    for direction, parts in ((axis, min(_PARTS, int(cycles / 1.5))), (1 - axis, 3)):
        at = place[:, direction]
        low, high = at.min(), at.max()
        if parts < 2:
            continue
        number = np.minimum(((at - low) / (high - low) * parts).astype(int), parts - 1)
        phases = []
        for part in range(parts):
            here = u[number == part]
            design = np.column_stack([np.ones_like(here), np.cos(2 * np.pi * here), np.sin(2 * np.pi * here)])
            _, cosine, sine = np.linalg.lstsq(design, value[number == part], rcond=0.05)[0]
            phases.append(np.arctan2(sine, cosine) / (2 * np.pi))
        slope = np.polyfit(np.arange(parts), np.unwrap(phases, period=1.0), 1)[0] * parts / (high - low)
        if abs(slope) * (high - low) > _DRIFT:
            u = u - slope * (at - at.mean())
    return u
