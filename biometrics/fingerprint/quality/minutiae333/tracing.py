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


_AROUND: Final = np.array([[(e - 1) % 8, e, (e + 1) % 8] for e in range(8)])


def refine_angles(phase: NDArray[np.uint8], allowed: NDArray[np.bool_], x: Int32, y: Int32, angle: Int32) -> Int32:
    """Return the refined angles, int32 (n,), 0 up and clockwise; where no walk gets far enough the angle stays.

    Two kinds of walk are tried, first with a fixed heading, then with one that follows the last step. Both run side by side:
    the second one's result is used only where the first fails.
    """
    n = x.size
    if not n:
        return angle.copy()
    reached, refined = _walk(phase, allowed, np.tile(x, 2), np.tile(y, 2), np.tile(angle // 32, 2))
    good = reached >= _MIN_DISTANCE2
    return np.where(good[:n], refined[:n], np.where(good[n:], refined[n:], angle)).astype(np.int32)


def _walk(
    phase: NDArray[np.uint8], allowed: NDArray[np.bool_], x: Int32, y: Int32, heading: Int32
) -> tuple[NDArray[np.int32], Int32]:
    """Walk from every start at once, the second half with a turning heading; return squared distance and angle of each."""
    h, w = phase.shape
    # Two rows of zeros around: flat steps over the border stay readable. Walks towards low values look at 255 - value.
    lead = 2 * w
    size = (h + 4) * w
    flat = np.zeros(2 * size, np.uint8)
    flat[lead : lead + h * w] = phase.ravel()
    np.subtract(255, flat[:size], out=flat[size:])
    may = np.zeros(2 * size, bool)
    may[lead : lead + h * w] = allowed
    may[size:] = may[:size]
    jump = (_DY * w + _DX)[_AROUND].astype(np.int32)

    def step(place: Int32, e: Int32) -> tuple[Int32, Int32]:
        """Move to the highest of three neighbours, the later on ties; return the place and the direction taken."""
        choices = place[:, None] + jump[e]
        value = flat[choices]
        first, middle, last = value[:, 0], value[:, 1], value[:, 2]
        pick = np.where((last >= first) & (last >= middle), 2, (middle >= first).astype(np.intp))
        number = np.arange(place.size)
        return choices[number, pick], _AROUND[e, pick]

    n = x.size
    turning = np.arange(n) >= n // 2
    start = (y * w + x + lead).astype(np.int32)
    high, high_e = step(start, heading)
    low, low_e = step(start + size, heading)
    towards_low = flat[low] > flat[high]
    place = np.where(towards_low, low, high)
    e = np.where(turning, np.where(towards_low, low_e, high_e), heading)
    start = np.where(towards_low, start + size, start)
    reached = np.zeros(n, np.int32)
    base, end = start.copy(), place.copy()
    active = np.arange(n)
    origin_x, origin_y = start % w, start // w
    for number in range(_STEPS):
        place, taken = step(place, e)
        e = np.where(turning, taken, e)
        end[active] = place
        dx, dy = place % w - origin_x, place // w - origin_y
        distance = dx * dx + dy * dy
        going = (flat[place] >= 128) & may[place] & (distance > reached[active])
        far = active[going]
        reached[far] = distance[going]
        if number == 0:
            base[far] = place[going]
        going &= distance <= _MAX_DISTANCE2
        if not going.all():
            active, place, e, turning = active[going], place[going], e[going], turning[going]
            origin_x, origin_y = origin_x[going], origin_y[going]
            if not active.size:
                break
    return reached, angle_of(base // w - end // w, end % w - base % w)
