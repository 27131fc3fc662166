"""From a stored capture to single-finger templates: a slap is segmented, a single finger taken as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biometrics.errors import BiometricsError
from biometrics.fingerprint.minutiae import Template, extract_stored
from biometrics.fingerprint.segmentation import segment_slap
from biometrics.formats.raster import read_grey
from biometrics.positions import SINGLE_FINGERS, SLAP_FINGERS, FingerPosition, Impression
from station.capture.model import Capture, ImageRef
from station.journal import Journal
from station.packing import raw_pixels

ROLLED = frozenset({int(Impression.LIVE_ROLLED), int(Impression.NONLIVE_ROLLED)})


@dataclass(frozen=True, slots=True)
class FingerPrint:
    """One finger's print of a capture."""

    position: FingerPosition
    rolled: bool
    template: Template


def prints_of(journal: Journal, capture: Capture, replaced: Mapping[str, str] | None = None) -> tuple[FingerPrint, ...]:
    """Return the prints of a finger capture; what cannot be decoded or shows no ridges is left out.

    Args:
        journal: where the images are.
        capture: an accepted finger capture (another modality gives nothing).
        replaced: original SHA-256 → SHA-256 of the smaller form in its place (`station.retention.replaced`).
    """
    found: list[FingerPrint] = []
    if capture.modality != "finger":
        return ()
    rolled = capture.impression in ROLLED
    missing = tuple(FingerPosition(f) for f in capture.missing)
    for image in capture.images:
        pixels = _pixels(journal, image, replaced or {})
        if pixels is None:
            continue
        ppi = image.ppi or 500
        position = FingerPosition(image.position or capture.position)
        if position in SLAP_FINGERS:
            try:
                seen = segment_slap(pixels, position, missing, ppi)
                cuts = [(_filed(f.position, position), seen.alone(f, pixels)) for f in seen.fingers]
            except BiometricsError:
                cuts = []
        else:
            cuts = [(position, pixels)]
        for finger, cut in cuts:
            template = _template(cut, ppi)
            if template is not None and finger in SINGLE_FINGERS:
                found.append(FingerPrint(finger, rolled, template))
    return tuple(found)


def _filed(seen: FingerPosition, slap: FingerPosition) -> FingerPosition:
    """Return the finger a print is filed under. Segmentation names the hand it sees; the capture says which hand it stands for, and
    that the two differ is what the check is to find."""
    if seen in SLAP_FINGERS[slap] or slap not in {FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR}:
        return seen
    other = int(seen) + (5 if slap is FingerPosition.LEFT_FOUR else -5)
    return FingerPosition(other) if other in set(map(int, SLAP_FINGERS[slap])) else seen


def _template(pixels: npt.NDArray[np.uint8], ppi: int) -> Template | None:
    try:
        template = extract_stored(pixels, ppi)
        return template if len(template) else None
    except BiometricsError:
        return None


def _pixels(journal: Journal, image: ImageRef, replaced: Mapping[str, str]) -> npt.NDArray[np.uint8] | None:
    blob = replaced.get(image.blob, image.blob)
    if not journal.has_blob(blob):
        return None
    data = journal.blob(blob)
    if image.encoding == "raw" and blob == image.blob:
        raw = raw_pixels(data, image)
        pixels = raw if raw.dtype == np.uint8 else raw >> max(0, image.bits - 8)
    else:
        try:
            pixels, _ = read_grey(data)
        except BiometricsError:
            return None
    return np.asarray(pixels, np.uint8) if pixels.ndim == 2 else None
