"""A master finger: the skin of one finger, from which every impression is taken, and the person it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from biometrics.fingerprint.synthesis.growth import grow
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, stream
from biometrics.fingerprint.synthesis.pattern import (
    CENTRE_DOWN,
    Fields,
    PatternClass,
    Point,
    draw_class,
    draw_fields,
    finger_index,
    is_left,
    phalanx_fields,
)
from biometrics.fingerprint.synthesis.texture import creases, pack_skin, pores, ridge_height, wear_of_age
from biometrics.fingerprint.synthesis.truth import NO_MINUTIAE, TrueMinutiae, find_minutiae
from biometrics.positions import SINGLE_FINGERS, FingerPosition

ROLLED_SIZE: Final = (800, 752)
"""(height, width) in px at 500 ppi of a master that a rolled impression fits into."""
PLAIN_SIZE: Final = (600, 450)
"""(height, width) of a master for plain impressions only: grown in less than half the time."""

# Purposes of random streams: a new purpose gets a new number, so that nothing drawn earlier ever changes.
_PERSON, _CLASS, _FORM, _GROWTH, _SKIN, _CREASES, _PORES, _PHALANX = range(1, 9)

_PHALANX_SIZE: Final = (360, 400)

# Thumb, index, middle, ring, little.
_SIZE: Final = (1.20, 1.0, 1.03, 0.99, 0.85)
_PERIOD: Final = (1.06, 1.0, 1.0, 0.99, 0.95)


@dataclass(frozen=True, slots=True)
class FingerSpec:
    """What is decided about a finger before it is grown.

    Attributes:
        seed: the person's.
        position: which finger.
        pattern: its class.
        base_period: ridge period in px at 500 ppi above the core (the measured median is about 1 px more).
        size: 1 for an average index finger.
        age: years; sets wear and creases.
        scarred: whether a scar crosses it.
    """

    seed: int
    position: FingerPosition
    pattern: PatternClass
    base_period: float
    size: float
    age: float
    scarred: bool


@dataclass(frozen=True, slots=True, eq=False)
class MasterFinger:
    """One grown finger.

    Attributes:
        spec: what was decided before growth.
        skin: uint8 (height, width, 3): ridge height, creases, pores (see `texture`).
        truth: every minutia of the master, master px at 500 ppi.
        orientation: float32 (rows, columns), ridge direction in radians in 0 … pi, at px 0, 8, 16, … (image sense: y down).
        period: float32, same grid, ridge period in px.
        cores, deltas: their places in master px.
    """

    spec: FingerSpec
    skin: ByteMap
    truth: TrueMinutiae
    orientation: FloatMap
    period: FloatMap
    cores: tuple[Point, ...]
    deltas: tuple[Point, ...]

    @property
    def pattern(self) -> PatternClass:
        """The finger's class."""
        return self.spec.pattern

    @property
    def position(self) -> FingerPosition:
        """Which finger it is."""
        return self.spec.position

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the master in px at 500 ppi."""
        return int(self.skin.shape[0]), int(self.skin.shape[1])

    @property
    def centre(self) -> Point:
        """The middle of the finger's pad in master px: what lies in the middle of an unshifted impression."""
        return self.skin.shape[1] / 2, CENTRE_DOWN * self.skin.shape[0]


def _traits(seed: int) -> tuple[float, float, float, float, bool]:
    """Return (base period, age, size, whorl tendency, hands alike) of a person."""
    rng = stream(seed, 0, _PERSON)
    period = float(np.clip(rng.normal(8.05, 0.38), 7.0, 9.3))
    age = float(np.clip(rng.gamma(4.2, 9.5), 14, 95))
    size = float(np.clip(rng.normal(1, 0.06), 0.82, 1.18))
    return period, age, size, float(rng.normal(0, 0.7)), bool(rng.uniform() < 0.6)


def finger_spec(
    seed: int, position: FingerPosition, *, age: float | None = None, pattern: PatternClass | None = None
) -> FingerSpec:
    """Decide a finger of person `seed`: cheap, grows nothing.

    Args:
        seed: the person.
        position: a single finger (RIGHT_THUMB … LEFT_LITTLE).
        age: another age than the person's own.
        pattern: another class than the person's own.

    Raises:
        ValueError: `position` is not a single finger.
    """
    if position not in SINGLE_FINGERS:
        raise ValueError(f"{position.name} is not a single finger")
    period, own_age, size, tendency, alike = _traits(seed)
    index = finger_index(position)
    # Alike hands share the number the class is drawn with; the ulnar side still differs by hand.
    rng = stream(seed, index if alike else int(position), _CLASS)
    own_pattern = draw_class(rng, position, tendency)
    rng = stream(seed, int(position), _PERSON)
    return FingerSpec(
        seed=seed,
        position=position,
        pattern=pattern or own_pattern,
        base_period=period * _PERIOD[index] * float(rng.normal(1, 0.012)),
        size=size * _SIZE[index] * float(rng.normal(1, 0.02)),
        age=own_age if age is None else age,
        scarred=bool(rng.uniform() < 0.05),
    )


def grow_master(spec: FingerSpec, size: tuple[int, int] = ROLLED_SIZE) -> MasterFinger:
    """Grow a finger from what was decided about it (0.25 s for `ROLLED_SIZE`); equal arguments give equal bytes on one build."""
    key = (spec.seed, int(spec.position))
    fields = draw_fields(stream(*key, _FORM), spec.pattern, size, spec.base_period, spec.size)
    ridges = grow(stream(*key, _GROWTH), fields, size)
    wear = wear_of_age(spec.age)
    skin_height, truth = ridge_height(stream(*key, _SKIN), ridges, find_minutiae(ridges, fields.cores + fields.deltas), wear)
    crease_stream = stream(*key, _CREASES)
    flexion = CENTRE_DOWN * size[0] + float(crease_stream.uniform(285, 325)) * spec.size
    crease = creases(crease_stream, size, wear, scarred=spec.scarred, flexion_y=flexion if flexion < size[0] + 20 else None)
    return _assemble(spec, fields, pack_skin(skin_height, crease, pores(stream(*key, _PORES), ridges)), truth)


def _assemble(spec: FingerSpec, fields: Fields, skin: ByteMap, truth: TrueMinutiae) -> MasterFinger:
    theta = np.mod(0.5 * np.arctan2(fields.sin2[::4, ::4], fields.cos2[::4, ::4]), np.pi).astype(np.float32)
    return MasterFinger(spec, skin, truth, theta, np.ascontiguousarray(fields.period[::4, ::4]), fields.cores, fields.deltas)


def grow_phalanx(spec: FingerSpec) -> MasterFinger:
    """Grow the second phalanx of a finger: skin below the joint that gets into slaps, of no use for identity here."""
    key = (spec.seed, int(spec.position))
    fields = phalanx_fields(stream(*key, _PHALANX, _FORM), _PHALANX_SIZE, spec.base_period)
    ridges = grow(stream(*key, _PHALANX, _GROWTH), fields, _PHALANX_SIZE)
    wear = wear_of_age(spec.age)
    skin_height, truth = ridge_height(stream(*key, _PHALANX, _SKIN), ridges, NO_MINUTIAE, wear)
    crease = creases(stream(*key, _PHALANX, _CREASES), _PHALANX_SIZE, min(1.0, wear + 0.3), scarred=False, flexion_y=None)
    return _assemble(spec, fields, pack_skin(skin_height, crease, pores(stream(*key, _PHALANX, _PORES), ridges)), truth)


@lru_cache(maxsize=40)
def grow_finger(seed: int, position: FingerPosition, *, size: tuple[int, int] = ROLLED_SIZE) -> MasterFinger:
    """Return the finger of person `seed` at `position`, grown on a master of `size` (height, width) px at 500 ppi.

    The last 40 fingers are kept (1.8 MB each at `ROLLED_SIZE`).

    Raises:
        ValueError: `position` is not a single finger.
    """
    return grow_master(finger_spec(seed, position), size)


@dataclass(frozen=True, slots=True)
class Person:
    """Ten fingers that stay the same in every capture; each is grown when first asked for and then kept.

    Attributes:
        seed: all there is to know; equal seeds are the same person.
        age: years.
    """

    seed: int
    age: float
    _grown: dict[FingerPosition, MasterFinger] = field(default_factory=dict, repr=False, compare=False)
    _phalanges: dict[FingerPosition, MasterFinger] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_seed(cls, seed: int, *, age: float | None = None) -> Person:
        """Return the person of `seed`; `age` gives another age than the one drawn. Grows nothing."""
        return cls(seed, _traits(seed)[1] if age is None else age)

    def spec(self, position: FingerPosition) -> FingerSpec:
        """Return what is decided about a finger, without growing it."""
        return finger_spec(self.seed, position, age=self.age)

    def finger(self, position: FingerPosition) -> MasterFinger:
        """Return the finger, grown at the first call (about 0.25 s).

        Raises:
            ValueError: `position` is not a single finger.
        """
        if position not in self._grown:
            self._grown[position] = grow_master(self.spec(position))
        return self._grown[position]

    def phalanx(self, position: FingerPosition) -> MasterFinger:
        """Return the second phalanx of a finger, grown at the first call (its truth is empty)."""
        if position not in self._phalanges:
            self._phalanges[position] = grow_phalanx(self.spec(position))
        return self._phalanges[position]

    def is_left(self, position: FingerPosition) -> bool:
        """Return whether a single finger belongs to the left hand."""
        return is_left(position)
