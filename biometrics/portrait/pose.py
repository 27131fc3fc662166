"""Head pose from the mesh's 3-D points: the across axis from mirrored pairs, the up axis from the face's midline."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.face import Pose

_PAIRS: Final = (
    (33, 263), (133, 362), (61, 291), (234, 454), (127, 356), (172, 397), (136, 365), (70, 300), (105, 334), (48, 278), (93, 323),
    (58, 288),
)  # fmt: skip
"""Mirrored points (right, left) of MediaPipe's mesh, mostly far from what moves with expression."""

_TOP: Final = (10, 151, 9)
_BOTTOM: Final = (152, 175, 199)

PITCH_ZERO_DEG: Final = -6.4
"""The mesh's own pitch for a face that looks straight into the lens: median over 93 pictures of people (study of 2026-11,
the sign turned to ours); rendered frontal faces give -6."""


CHIN_DOWN_GAIN: Final = 1.3
"""Measured on rendered heads only; see `pose_from_mesh`."""


def pose_from_mesh(dense: NDArray[np.float32]) -> Pose:
    """Return yaw, pitch and roll in degrees.

    Args:
        dense: 468x3 float32, x right and y down in px, z in px with smaller nearer to the camera (MediaPipe's own axes).
    """
    right = np.asarray([a for a, _ in _PAIRS])
    left = np.asarray([b for _, b in _PAIRS])
    points = dense.astype(np.float64) * [1, 1, -1]
    across = (points[left] - points[right]).sum(0)
    across /= np.linalg.norm(across)
    down = points[list(_BOTTOM)].mean(0) - points[list(_TOP)].mean(0)
    down -= across * (down @ across)
    down /= np.linalg.norm(down)
    # Columns of head -> camera are (across, down, forward); forward completes them (x right, y down, z to the camera).
    forward = np.array(
        [
            down[1] * across[2] - down[2] * across[1],
            down[2] * across[0] - down[0] * across[2],
            down[0] * across[1] - down[1] * across[0],
        ]
    )
    forward = -forward
    yaw = np.degrees(np.arcsin(np.clip(-across[2], -1, 1)))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    pitch = np.degrees(np.arctan2(down[2], forward[2])) - PITCH_ZERO_DEG
    # The mesh flattens a lowered face: -12 and -20 degrees of rendered heads come out a quarter too small, raised ones do not.
    if pitch < 0:
        pitch *= CHIN_DOWN_GAIN
    return Pose(float(yaw), float(pitch), float(roll))
