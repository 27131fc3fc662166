"""Slaps: four fingers of a hand, or two thumbs, laid on the platen together, with the place of each known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from biometrics.fingerprint.synthesis.contact import CONTACT_EDGE, ContactShape, Touch, box_of, touch, window_of
from biometrics.fingerprint.synthesis.impression import Box, platen_remains, visible_truth
from biometrics.fingerprint.synthesis.master import MasterFinger, Person
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, stream
from biometrics.fingerprint.synthesis.placement import Placement, Skin
from biometrics.fingerprint.synthesis.sensor import take_picture
from biometrics.fingerprint.synthesis.settings import ImpressionSettings
from biometrics.fingerprint.synthesis.truth import TrueMinutiae
from biometrics.positions import SLAP_FINGERS, FingerPosition

SLAP_SHAPE: Final = (1500, 1600)

_HAND, _TOUCH, _SENSOR, _PLATEN, _PHALANX = 31, 32, 33, 34, 35
# Index, middle, ring, little of a right hand as seen in the picture, px at 500 ppi and degrees.
_ACROSS: Final = (-545.0, -182.0, 182.0, 530.0)
_DROP: Final = (75.0, 0.0, 55.0, 230.0)
_FAN: Final = (-5.0, -1.5, 2.0, 8.0)


@dataclass(frozen=True, slots=True)
class OrientedBox:
    """A finger's box along its own axis.

    Attributes:
        centre: (x, y) in picture px.
        width, height: across and along the finger, px.
        angle_deg: turn of the finger from upright, clockwise as seen.
    """

    centre: tuple[float, float]
    width: float
    height: float
    angle_deg: float


@dataclass(frozen=True, slots=True)
class SlapFinger:
    """One finger of a slap.

    Attributes:
        position: which finger.
        box: (x0, y0, x1, y1) upright box around its first phalanx's contact, exclusive at x1, y1.
        oriented: the box along the finger.
        truth: its minutiae in px of the slap's picture.
    """

    position: FingerPosition
    box: Box
    oriented: OrientedBox
    truth: TrueMinutiae


@dataclass(frozen=True, slots=True)
class SyntheticSlap:
    """A picture of several fingers with everything known about it. Simulated: never evidence of a person.

    Attributes:
        image: uint8 (height, width), ridges dark.
        ppi: its resolution.
        position: RIGHT_FOUR, LEFT_FOUR or TWO_THUMBS.
        fingers: those that touch, from left to right in the picture of an upright hand.
        faults: the physics it was made with.
    """

    image: ByteMap
    ppi: int
    position: FingerPosition
    fingers: tuple[SlapFinger, ...]
    faults: ImpressionSettings

    def part(self, finger: SlapFinger, margin: int = 12) -> ByteMap:
        """Return the picture of one finger's box with `margin` px around it, as far as the slap goes."""
        x0, y0, x1, y1 = finger.box
        return np.ascontiguousarray(self.image[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin])


@dataclass(frozen=True, slots=True)
class Laid:
    """A finger's place in a slap, before it is drawn."""

    position: FingerPosition
    placement: Placement
    outline: ContactShape
    settings: ImpressionSettings
    window: tuple[int, int, int, int]


def lay_hand(
    person: Person,
    position: FingerPosition,
    settings: ImpressionSettings,
    seed: int,
    *,
    missing: Collection[FingerPosition],
    shape: tuple[int, int],
    spread: float,
) -> Iterator[Laid]:
    """Yield where each finger of the hand comes to lie, from left to right; grows the fingers that are not missing.

    Raises:
        ValueError: `position` is not a slap.
    """
    if position not in SLAP_FINGERS:
        raise ValueError(f"{position.name} is not a slap")
    rng = stream(person.seed, int(position), seed, _HAND)
    scale = 500 / settings.ppi
    left = position is FingerPosition.LEFT_FOUR
    if position is FingerPosition.TWO_THUMBS:
        # The left thumb lies left: seen from above the hands are not crossed.
        order = [FingerPosition.LEFT_THUMB, FingerPosition.RIGHT_THUMB]
        places = [(side * 300.0 * rng.uniform(0.9, 1.15), rng.normal(0, 25), side * rng.normal(-5, 4)) for side in (-1, 1)]
    else:
        order = list(SLAP_FINGERS[position])
        places = [
            (x * rng.uniform(0.93, 1.0), drop * rng.uniform(0.8, 1.2) - 110, fan + rng.normal(0, 1.2))
            for x, drop, fan in zip(_ACROSS, _DROP, _FAN, strict=True)
        ]
        if left:
            order = order[::-1]
            places = [(-x, y, -fan) for x, y, fan in places[::-1]]
    tilt = float(np.deg2rad(settings.rotation_deg))
    c, s = np.cos(tilt), np.sin(tilt)
    middle = (shape[1] / 2 + settings.shift_px[0] / scale, shape[0] / 2 + settings.shift_px[1] / scale)
    for finger_position, (x, y, fan) in zip(order, places, strict=True):
        own = stream(person.seed, int(position), seed, _HAND, int(finger_position))
        if finger_position in missing:
            continue
        finger = person.finger(finger_position)
        local = replace(
            settings,
            pressure=float(np.clip(settings.pressure + own.normal(0, 0.15), -1, 1)),
            moisture=float(np.clip(settings.moisture + own.normal(0, 0.10), -1, 1)),
            latent=None,
            dirt=0.0,
        )
        placement = Placement(
            origin=(middle[0] + (c * x * spread - s * y) / scale, middle[1] + (s * x * spread + c * y) / scale),
            rotation=tilt + float(np.deg2rad(fan)),
            scale=scale,
            centre=finger.centre,
            skin=Skin.draw(own, settings.distortion),
        )
        outline = _outline(own, finger, local)
        yield Laid(finger_position, placement, outline, local, window_of(placement, outline, shape))


def _outline(rng: np.random.Generator, finger: MasterFinger, settings: ImpressionSettings) -> ContactShape:
    size = finger.spec.size * (1 + 0.1 * settings.pressure)
    half_width, up, down = rng.uniform(138, 156) * size, rng.uniform(190, 215) * size, rng.uniform(250, 300) * size
    below = finger.size[0] - finger.centre[1]
    return ContactShape(
        half_width=min(half_width, 178.0),
        up=min(up, finger.centre[1] - 8),
        down=min(down, below - 8),
        power=2.5,
        cut=(settings.contact_side, settings.contact_share),
    )


class Plate:
    """The ink and contact of a whole platen, on which fingers are laid one after the other."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.ink: FloatMap = np.zeros(shape, dtype=np.float32)
        self.contact: FloatMap = np.full(shape, -2, dtype=np.float32)

    def lay(self, laid: Touch) -> None:
        """Add a touch: where two fingers press against each other, the one further inside its own pad has the place."""
        x0, y0, width, height = laid.window
        part = (slice(y0, y0 + height), slice(x0, x0 + width))
        nearer = laid.contact > self.contact[part]
        self.ink[part] = np.where(nearer, laid.ink, self.ink[part])
        self.contact[part] = np.maximum(self.contact[part], laid.contact)


def _located(finger: Laid, laid: Touch, truth: TrueMinutiae) -> SlapFinger | None:
    mask = laid.contact > CONTACT_EDGE
    box = box_of(mask)
    if box is None:
        return None
    x0, y0 = laid.window[:2]
    rows, columns = (part.astype(np.float64) for part in np.nonzero(mask[::2, ::2]))
    u, v = finger.placement.upright(columns * 2.0 + x0, rows * 2.0 + y0)
    u0, u1, v0, v1 = float(u.min()), float(u.max()), float(v.min()), float(v.max())
    c, s, scale = np.cos(finger.placement.rotation), np.sin(finger.placement.rotation), finger.placement.scale
    mid_u, mid_v = (u0 + u1) / 2, (v0 + v1) / 2
    centre = (
        float(finger.placement.origin[0] + (c * mid_u - s * mid_v) / scale),
        float(finger.placement.origin[1] + (s * mid_u + c * mid_v) / scale),
    )
    oriented = OrientedBox(centre, (u1 - u0) / scale, (v1 - v0) / scale, float(np.rad2deg(finger.placement.rotation)))
    shown = visible_truth(truth.shifted(-x0, -y0), laid.contact).shifted(x0, y0)
    return SlapFinger(finger.position, (box[0] + x0, box[1] + y0, box[2] + x0, box[3] + y0), oriented, shown)


def slap(
    person: Person,
    position: FingerPosition,
    settings: ImpressionSettings | None = None,
    seed: int = 0,
    missing: Collection[FingerPosition] = (),
    *,
    shape: tuple[int, int] | None = None,
    spread: float = 1.0,
    second_phalanx: float = 0.0,
) -> SyntheticSlap:
    """Take a slap.

    Args:
        person: whose hand; fingers are grown at the first call (about 0.25 s each).
        position: RIGHT_FOUR, LEFT_FOUR or TWO_THUMBS.
        settings: the physics; `rotation_deg` tilts the whole hand (-45 … 45), `latent`, `dirt`, `halo` lie on the platen.
        seed: of this touch.
        missing: fingers that are not there.
        shape: (height, width) in px at the settings' ppi; default 1500x1600 at 500 ppi.
        spread: distance of the fingers; 1 usual, about 0.8 touching.
        second_phalanx: 0 … 1 how likely each finger's second phalanx touches too.

    Raises:
        ValueError: `position` is not a slap, or `shape` is not within 64 … 4000 px.
    """
    settings = settings or ImpressionSettings()
    scale = 500 / settings.ppi
    height, width = shape or (round(SLAP_SHAPE[0] / scale), round(SLAP_SHAPE[1] / scale))
    if not (64 <= height <= 4000 and 64 <= width <= 4000):
        raise ValueError(f"a picture of {width}x{height} px cannot be made: 64 … 4000 px per side")
    key = (person.seed, int(position), seed)
    plate = Plate((height, width))
    fingers = []
    for one in lay_hand(person, position, settings, seed, missing=missing, shape=(height, width), spread=spread):
        if one.window[2] < 16 or one.window[3] < 16:
            continue
        finger = person.finger(one.position)
        laid = touch(
            stream(*key, _TOUCH, int(one.position)),
            finger,
            one.settings,
            placement=one.placement,
            outline=one.outline,
            window=one.window,
        )
        plate.lay(laid)
        found = _located(one, laid, one.placement.truth_in_picture(finger.truth))
        if found is not None:
            fingers.append(found)
        rng = stream(*key, _PHALANX, int(one.position))
        if rng.uniform() < second_phalanx:
            _lay_phalanx(rng, plate, person, one, (height, width))
    remains = platen_remains(stream(*key, _PLATEN), settings, (height, width), seed)
    image = take_picture(stream(*key, _SENSOR), plate.ink, plate.contact, settings, remains)
    return SyntheticSlap(image, settings.ppi, position, tuple(fingers), settings)


def _lay_phalanx(rng: np.random.Generator, plate: Plate, person: Person, one: Laid, shape: tuple[int, int]) -> None:
    """Lay the skin below the joint: a narrower, fainter patch that starts a little below the first phalanx."""
    phalanx = person.phalanx(one.position)
    up, down = rng.uniform(70, 105), rng.uniform(80, 130)
    below = one.outline.down + up + rng.uniform(18, 45)
    c, s = np.cos(one.placement.rotation), np.sin(one.placement.rotation)
    origin = (
        one.placement.origin[0] - s * below / one.placement.scale,
        one.placement.origin[1] + c * below / one.placement.scale,
    )
    outline = ContactShape(rng.uniform(0.62, 0.88) * one.outline.half_width, up, down, 2.4)
    placement = replace(one.placement, origin=origin, centre=phalanx.centre, skin=Skin.draw(rng, 1.0))
    window = window_of(placement, outline, shape)
    if window[2] >= 16 and window[3] >= 16:
        local = replace(one.settings, pressure=max(-1.0, one.settings.pressure - rng.uniform(0.2, 0.7)))
        plate.lay(touch(rng, phalanx, local, placement=placement, outline=outline, window=window))
