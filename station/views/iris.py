"""S6, the irises: which eyes are wanted, what was taken of each, and why one is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biometrics.iris import EyeRules, EyeView
from biometrics.positions import Eye
from station.dossier.procedure import Modality
from station.dossier.state import DossierState
from station.views.base import Tone, Words
from station.views.thumbs import small_picture

RULES = EyeRules()
EYE_PX = (240, 180)
BAR_FROM, BAR_TO = 0.10, 0.70
"""The distance bar's ends, as shares of the picture that an iris takes."""


@dataclass(frozen=True, slots=True)
class EyeRow:
    """One eye: its tone and word, the device's own score once taken (0..100), its limit, the picture (uint8, grey) and the exception."""

    eye: Eye
    label: Words
    tone: Tone
    score: float | None
    limit: float
    exception: Words | None
    pixels: npt.NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class IrisView:
    """The whole of S6. `model` is whose score it is: no measure of ours, the device's own."""

    question: Words
    rows: tuple[EyeRow, ...]
    attempts: int
    most: int
    model: str


@dataclass(frozen=True, slots=True)
class Distance:
    """The distance bar: where the eyes are and between which marks they should be, 0 (far) to 1 (near)."""

    at: float
    least: float
    most: float
    tone: Tone


def iris_view(state: DossierState, blob: Callable[[str], bytes]) -> IrisView:
    """Return S6; a procedure without irises has no rows."""
    step = next((s for s in state.procedure.steps if s.modality is Modality.IRIS), None)
    if step is None:
        return IrisView(Words("s6.question"), (), 0, 0, "")
    found = state.captures[step.id]
    capture = found.accepted.capture if found.accepted is not None else None
    limit = max(step.thresholds.values(), default=0.0)
    rows = []
    for eye in (Eye.RIGHT, Eye.LEFT):
        excepted = state.eye_exceptions.get(eye)
        image = next((i for i in capture.images if i.position == int(eye)), None) if capture is not None else None
        score = next((q.score for q in capture.quality if q.position == int(eye)), None) if capture is not None else None
        if excepted is not None:
            tone = Tone.EXCEPTION
        elif image is None:
            tone = Tone.IDLE
        else:
            tone = Tone.GOOD if (score or 0.0) >= limit else Tone.RETRY
        why = None
        if excepted is not None:
            why = Words(f"eye-exception.{excepted.kind.value}")
        pixels = small_picture(image, blob(image.blob), EYE_PX) if image is not None else None
        rows.append(EyeRow(eye, Words(f"eye.{int(eye)}"), tone, score, limit, why, pixels))
    model = next((q.model for q in capture.quality), "") if capture is not None else ""
    return IrisView(Words("s6.question"), tuple(rows), len(found.attempts), step.attempts, model)


def distance_of(eyes: tuple[EyeView, ...], rules: EyeRules = RULES) -> Distance | None:
    """Return the distance bar of a live picture, None while no eye is seen. A share of the picture, not centimetres: the interface of
    the devices does not tell the camera's angle."""
    if not eyes:
        return None
    share = sum(e.share for e in eyes) / len(eyes)

    def place(value: float) -> float:
        return min(1.0, max(0.0, (value - BAR_FROM) / (BAR_TO - BAR_FROM)))

    tone = Tone.GOOD if rules.far <= share <= rules.near else Tone.RETRY
    return Distance(place(share), place(rules.far), place(rules.near), tone)
