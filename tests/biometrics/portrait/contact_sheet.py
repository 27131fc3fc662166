"""Draws docs/pictures/rendered-faces.png: some clean rendered faces, then one with each visible fault.

python -m tests.biometrics.portrait.contact_sheet docs/pictures/rendered-faces.png
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.portrait.synthesis import FaceSettings, Fault, render_face, settings_with

CELL = (180, 204)
CLEAN_SEEDS = (3, 5, 6, 8, 11, 12)
FAULTS = (
    Fault.TURNED_LEFT, Fault.CHIN_UP, Fault.CHIN_DOWN, Fault.TILT_CLOCKWISE, Fault.EYES_CLOSED, Fault.LOOKING_ASIDE,
    Fault.MOUTH_OPEN, Fault.GLASSES, Fault.HAIR_OVER_EARS, Fault.HEAD_COVERING, Fault.SHADOW, Fault.BACKGROUND_SHADOW,
    Fault.CLUTTERED_BACKGROUND, Fault.COLOURED_BACKGROUND, Fault.COLOUR_CAST, Fault.BLUR, Fault.BRIGHT, Fault.TWO_PEOPLE,
)  # fmt: skip


def cell(picture: NDArray[np.uint8], label: str) -> NDArray[np.uint8]:
    """Return the middle of `picture` with its `label` below."""
    width, height = CELL[0] - 4, CELL[1] - 26
    # Two people need the room beside the first.
    span = 620 if label != Fault.TWO_PEOPLE else 900
    middle = picture[:, 640 - span // 2 : 640 + span // 2] if label != Fault.TWO_PEOPLE else picture[:, 380:1280]
    small = cv2.resize(middle, (width, round(middle.shape[0] * width / middle.shape[1])), interpolation=cv2.INTER_AREA)[:height]
    out = np.full((CELL[1], CELL[0], 3), 255, np.uint8)
    out[2 : 2 + small.shape[0], 2 : 2 + small.shape[1]] = small
    cv2.putText(out, label, (6, CELL[1] - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (20, 20, 20), 1, cv2.LINE_AA)
    cv2.rectangle(out, (0, 0), (CELL[0] - 1, CELL[1] - 1), (210, 205, 200), 1)
    return out


def main(path: Path) -> None:
    """Write the sheet to `path` (PNG)."""
    cells = [cell(render_face(seed, FaceSettings(noise=0)).image, f"seed {seed}") for seed in CLEAN_SEEDS]
    cells += [
        cell(render_face(20 + k, settings_with(fault, FaceSettings(noise=0))).image, fault.value)
        for k, fault in enumerate(FAULTS)
    ]
    sheet = np.vstack([np.hstack(cells[k : k + 6]) for k in range(0, len(cells), 6)])
    written, data = cv2.imencode(".png", sheet)
    assert written
    path.write_bytes(data.tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
