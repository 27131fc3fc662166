"""From the captures of a plan to readings: which measure looks at which face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from devices.calibration.model import Reading
from devices.calibration.plan import Plan

Grey = npt.NDArray[np.uint8]
Corners = tuple[tuple[float, float], ...]


def measure(
    plan: Plan, ppi: int | None, pictures: Mapping[str, Sequence[Grey]], marks: Mapping[str, Corners]
) -> tuple[Reading, ...]:
    """Return every reading that the captures allow; a face without captures gives none."""
    _ = plan, ppi, pictures, marks
    return ()


def dead_pixels(light: Sequence[Grey], dark: Sequence[Grey]) -> tuple[tuple[int, int], ...]:
    """Return (row, column) of the pixels that do not follow the light, in every capture."""
    _ = light, dark
    return ()
