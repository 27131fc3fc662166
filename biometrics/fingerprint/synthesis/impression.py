"""One finger, one touch, one picture, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis.contact import CONTACT_EDGE, ContactShape, box_of, touch, window_of
from biometrics.fingerprint.synthesis.master import MasterFinger
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, smooth_noise, stream
from biometrics.fingerprint.synthesis.placement import Placement, Skin
from biometrics.fingerprint.synthesis.sensor import take_picture
from biometrics.fingerprint.synthesis.settings import ImpressionKind, ImpressionSettings
from biometrics.fingerprint.synthesis.truth import TrueMinutiae

PLAIN_SHAPE: Final = (480, 400)
ROLLED_SHAPE: Final = (750, 800)

_TOUCH, _SENSOR, _PLATEN, _PLACE = 21, 22, 23, 24
_VISIBLE: Final = 0.3
"""A minutia counts as shown where the contact is above this: nearer to the rim its ridges are too thin to be sure."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SyntheticPrint:
    """A picture of one finger with everything known about it. Simulated: never evidence of a person.

    Attributes:
        image: uint8 (height, width), ridges dark.
        ppi: its resolution.
        truth: the minutiae that the touched part of the finger has, in picture px.
        region: (x0, y0, x1, y1) around the contact, x1 and y1 exclusive; all 0 where nothing touches.
        contact: bool (height, width), where the pad lies on the glass.
        faults: the physics it was made with.
    """

    image: ByteMap
    ppi: int
    truth: TrueMinutiae
    region: Box
    contact: NDArray[np.bool_]
    faults: ImpressionSettings


def impression(
    finger: MasterFinger, settings: ImpressionSettings | None = None, seed: int = 0, shape: tuple[int, int] | None = None
) -> SyntheticPrint:
    """Take an impression of a finger.

    Args:
        finger: the master.
        settings: the physics of the touch; default a good plain print.
        seed: of this touch; equal arguments give equal bytes on one build.
        shape: (height, width) in px at the settings' ppi; default 480x400 (plain, tip) or 750x800 (rolled) at 500 ppi.

    Raises:
        ValueError: `shape` is not within 32 … 4000 px.
    """
    settings = settings or ImpressionSettings()
    scale = 500 / settings.ppi
    if shape is None:
        base = ROLLED_SHAPE if settings.kind is ImpressionKind.ROLLED else PLAIN_SHAPE
        shape = (round(base[0] / scale), round(base[1] / scale))
    height, width = shape
    if not (32 <= height <= 4000 and 32 <= width <= 4000):
        raise ValueError(f"a picture of {width}x{height} px cannot be made: 32 … 4000 px per side")
    key = (finger.spec.seed, int(finger.spec.position), seed)
    place = stream(*key, _PLACE)
    placement = Placement(
        origin=(width / 2 + settings.shift_px[0] / scale, height / 2 + settings.shift_px[1] / scale),
        rotation=float(np.deg2rad(settings.rotation_deg)),
        scale=scale,
        centre=finger.centre,
        skin=Skin.draw(place, settings.distortion),
    )
    outline = ContactShape.draw(place, finger, settings)
    laid = touch(stream(*key, _TOUCH), finger, settings, placement=placement, outline=outline, window=(0, 0, width, height))
    remains = platen_remains(stream(*key, _PLATEN), settings, shape, seed)
    image = take_picture(stream(*key, _SENSOR), laid.ink, laid.contact, settings, remains)
    mask = laid.contact > CONTACT_EDGE
    return SyntheticPrint(
        image=image,
        ppi=settings.ppi,
        truth=visible_truth(placement.truth_in_picture(finger.truth), laid.contact),
        region=box_of(mask) or (0, 0, 0, 0),
        contact=mask,
        faults=settings,
    )


def visible_truth(truth: TrueMinutiae, contact: FloatMap) -> TrueMinutiae:
    """Return the minutiae that lie in the picture and inside the contact."""
    i, j = np.rint(truth.y).astype(np.intp), np.rint(truth.x).astype(np.intp)
    inside = (i >= 0) & (j >= 0) & (i < contact.shape[0]) & (j < contact.shape[1])
    inside[inside] = contact[i[inside], j[inside]] > _VISIBLE
    return truth.where(inside)


def platen_remains(rng: np.random.Generator, settings: ImpressionSettings, shape: tuple[int, int], seed: int) -> FloatMap | None:
    """Return what lay on the platen before (0 … about 2): grease of another finger, dirt, a film of moisture; None if clean."""
    if settings.latent is None and settings.dirt <= 0:
        return None
    remains = np.zeros(shape, dtype=np.float32)
    unit = settings.ppi / 500
    if settings.latent is not None:
        other = replace(
            ImpressionSettings(),
            pressure=0.2,
            moisture=0.2,
            ppi=settings.ppi,
            rotation_deg=float(rng.uniform(-30, 30)),
            shift_px=(float(rng.normal(0, 70)), float(rng.normal(0, 70))),
        )
        scale = 500 / settings.ppi
        placement = Placement(
            origin=(shape[1] / 2 + other.shift_px[0] / scale, shape[0] / 2 + other.shift_px[1] / scale),
            rotation=float(np.deg2rad(other.rotation_deg)),
            scale=scale,
            centre=settings.latent.centre,
            skin=Skin.draw(rng, 1.0),
        )
        outline = ContactShape.draw(rng, settings.latent, other)
        window = window_of(placement, outline, shape)
        if window[2] >= 16 and window[3] >= 16:
            rng_of_other = stream(settings.latent.spec.seed, seed, _PLATEN)
            laid = touch(rng_of_other, settings.latent, other, placement=placement, outline=outline, window=window)
            patchy = np.clip(0.6 + 0.6 * smooth_noise(rng, laid.ink.shape, 40 * unit), 0, 1.5)
            grease = cv2.GaussianBlur(laid.ink * np.clip(laid.contact, 0, 1), (0, 0), 1.4 * unit)
            x0, y0, width, height = window
            remains[y0 : y0 + height, x0 : x0 + width] += np.float32(2 * settings.latent_strength) * grease * patchy
    if settings.dirt > 0:
        for _ in range(int(rng.poisson(8 + 45 * settings.dirt))):
            x, y, radius = rng.uniform(0, shape[1]), rng.uniform(0, shape[0]), rng.gamma(2.0, 0.9) * unit + 0.5
            cv2.circle(remains, (int(x), int(y)), max(1, round(radius)), float(rng.uniform(1, 6)), -1)
        remains = np.maximum(remains, cv2.GaussianBlur(remains, (0, 0), 0.8 * unit))
    return remains
