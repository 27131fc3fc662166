"""Stored captures as 8-bit pictures for a screen: decoded, cut to one finger, never touched up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from station.capture.model import ImageRef
from station.dossier.state import DossierState
from station.journal import Journal
from station.packing import raw_pixels

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: uint8 pixels, H x W grey or H x W x 3 BGR, its resolution if known, lowest score of its capture, step id."""

    pixels: Pixels
    ppi: int | None
    score: float
    step: str
    position: int


def pixels_of(journal: Journal, image: ImageRef) -> Pixels | None:
    """Return the stored image as 8-bit pixels, None when its bytes do not decode (a screen then says so)."""
    data = journal.blob(image.blob)
    if image.encoding == "raw":
        raw = raw_pixels(data, image)
        return np.asarray(raw if raw.dtype == np.uint8 else raw >> max(0, image.bits - 8), np.uint8)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(decoded, np.uint8) if decoded is not None and decoded.dtype == np.uint8 else None


def picture_of(journal: Journal, state: DossierState, step: str) -> Picture | None:
    """Return the first image of the accepted capture of `step`, None while there is none."""
    found = state.captures.get(step)
    if found is None or found.accepted is None:
        return None
    capture = found.accepted.capture
    pixels = pixels_of(journal, capture.images[0])
    if pixels is None:
        return None
    score = min((q.score for q in capture.quality), default=0.0)
    return Picture(pixels, capture.images[0].ppi, score, step, capture.position)


def hand_of(journal: Journal, state: DossierState) -> Picture | None:
    """Return the picture of the hand beside the newest exception that has one (step ``hand``), None where there is none."""
    pictured = [(e.at, e.photo.blob) for e in state.exceptions.values() if e.photo is not None and journal.has_blob(e.photo.blob)]
    if not pictured:
        return None
    decoded = cv2.imdecode(np.frombuffer(journal.blob(max(pictured)[1]), np.uint8), cv2.IMREAD_COLOR)
    return Picture(np.asarray(decoded, np.uint8), None, 0.0, "hand", 0) if decoded is not None else None


def portrait_of(journal: Journal, state: DossierState) -> Picture | None:
    """Return the accepted portrait, None while there is none."""
    steps = [s.id for s in state.procedure.steps if s.modality.value == "face"]
    return next((p for s in steps if (p := picture_of(journal, state, s)) is not None), None)
