"""The picture that was taken, as a screen shows it: never the last preview frame in its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from devices.contract import CapturedImage
from ui.qt import QImage
from ui.widgets.live_view import to_image

GAP_PX = 24


def taken_image(images: Sequence[CapturedImage]) -> QImage | None:
    """Return the whole picture; fingers that came one by one (a device that segments by itself) side by side. None: no picture of 8 bits."""
    parts = [np.asarray(i.pixels, np.uint8) for i in images if np.asarray(i.pixels).dtype == np.uint8]
    if not parts:
        return None
    return to_image(parts[0] if len(parts) == 1 else _beside(parts))


def _beside(parts: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    grey = [p if p.ndim == 2 else p[..., 1] for p in parts]
    high, wide = max(p.shape[0] for p in grey), sum(p.shape[1] for p in grey) + GAP_PX * (len(grey) - 1)
    sheet = np.full((high, wide), 255, np.uint8)
    left = 0
    for part in grey:
        sheet[: part.shape[0], left : left + part.shape[1]] = part
        left += part.shape[1] + GAP_PX
    return sheet
