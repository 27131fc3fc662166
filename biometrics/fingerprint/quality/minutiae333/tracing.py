"""Refines each minutia's angle by walking along its ridge or valley; all minutiae step together."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.quality.minutiae333.angles import angle_of

Int32 = NDArray[np.int32]

_DX: Final = np.array([0, 1, 1, 1, 0, -1, -1, -1], np.int32)
_DY: Final = np.array([-1, -1, 0, 1, 1, 1, 0, -1], np.int32)
_STEPS: Final = 20
_MAX_DISTANCE2: Final = 400
_MIN_DISTANCE2: Final = 196


def refine_angles(phase: NDArray[np.uint8], allowed: NDArray[np.bool_], x: Int32, y: Int32, angle: Int32) -> Int32:
    """Return the refined angles, int32 (n,), 0 up and clockwise; where no walk gets far enough the angle stays."""
    out = angle.copy()
    if not x.size:
        return out
    walked, refined = _walk(phase, allowed, x, y, angle // 32, relative=False)
    out[walked] = refined[walked]
    rest = np.flatnonzero(~walked)
    if rest.size:
        walked, refined = _walk(phase, allowed, x[rest], y[rest], angle[rest] // 32, relative=True)
        out[rest[walked]] = refined[walked]
    return out


def _walk(
    phase: NDArray[np.uint8], allowed: NDArray[np.bool_], x: Int32, y: Int32, heading: Int32, *, relative: bool
) -> tuple[NDArray[np.bool_], Int32]:
    """Walk from every start at once; return which walks got far enough and the angle each then gives."""
    h, w = phase.shape
    # Signed so that one comparison serves both modes: a walk towards low values looks at the negated image.
    flat = np.zeros((h + 4) * w, np.int16)
    flat[2 * w : 2 * w + h * w] = phase.ravel()
    offset = 2 * w
    around = np.array([[(e - 1) % 8, e, (e + 1) % 8] for e in range(8)])

    def step(cx: Int32, cy: Int32, e: Int32, sign: NDArray[np.int16]) -> tuple[Int32, Int32, Int32]:
        """Move to the best of three neighbours, the later on ties; return x, y and the direction taken."""
        choices = around[e]
        nx, ny = cx[:, None] + _DX[choices], cy[:, None] + _DY[choices]
        value = flat[ny * w + nx + offset] * sign[:, None]
        pick = 2 - np.argmax(value[:, ::-1], axis=1)
        row = np.arange(len(cx))
        return nx[row, pick], ny[row, pick], choices[row, pick]

    n = len(x)
    up, down = np.ones(n, np.int16), np.full(n, -1, np.int16)
    hx, hy, he = step(x, y, heading, up)
    lx, ly, le = step(x, y, heading, down)
    low = 255 - flat[ly * w + lx + offset] > flat[hy * w + hx + offset]
    sign = np.where(low, down, up)
    cx, cy = np.where(low, lx, hx), np.where(low, ly, hy)
    e = np.where(low, le, he) if relative else heading.copy()
    reached = np.zeros(n, np.int64)
    base_x, base_y = x.copy(), y.copy()
    end_x, end_y = cx.copy(), cy.copy()
    active = np.arange(n)
    for number in range(_STEPS):
        cx, cy, taken = step(cx, cy, e, sign)
        if relative:
            e = taken
        end_x[active], end_y[active] = cx, cy
        position = cy * w + cx
        value = flat[position + offset]
        distance = (cx - x[active]).astype(np.int64) ** 2 + (cy - y[active]) ** 2
        on_ridge = np.where(sign < 0, value < 128, value >= 128)
        inside = (position >= 0) & (position < h * w) & (cx >= 0) & (cx < w)
        going = on_ridge & inside & allowed[np.clip(position, 0, h * w - 1)] & (distance > reached[active])
        reached[active[going]] = distance[going]
        going &= distance <= _MAX_DISTANCE2
        if number == 0:
            base_x[active[going]], base_y[active[going]] = cx[going], cy[going]
        if not going.all():
            active, cx, cy, e, sign = active[going], cx[going], cy[going], e[going], sign[going]
            if not active.size:
                break
    walked = reached >= _MIN_DISTANCE2
    return walked, angle_of(base_y - end_y, end_x - base_x)
