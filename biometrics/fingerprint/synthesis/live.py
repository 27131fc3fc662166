"""Live pictures for simulated scanners: the skin is fetched once, each frame only presses, moistens and moves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from biometrics.fingerprint.synthesis.contact import (
    ContactShape,
    SkinLayers,
    contact_map,
    ink_of,
    skin_layers,
    threshold,
    worn_layers,
)
from biometrics.fingerprint.synthesis.impression import PLAIN_SHAPE, platen_remains
from biometrics.fingerprint.synthesis.master import MasterFinger, Person
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, smooth_noise, stream, stretch
from biometrics.fingerprint.synthesis.placement import Placement, Skin
from biometrics.fingerprint.synthesis.settings import ImpressionSettings, Sensor
from biometrics.fingerprint.synthesis.slap import SLAP_SHAPE, lay_hand
from biometrics.positions import FingerPosition

_LIVE, _PLATEN, _WEAR = 41, 42, 43
_GRID: Final = 4
_FINE_PPI: Final = 250
"""Ridges are drawn at this resolution at least and then averaged down: drawn coarser they would alias."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One live picture.

    Attributes:
        image: uint8 (height, width), ridges dark.
        ppi: its resolution.
        time_s: the time it was asked for.
        pressure, moisture: the physics at that time; pressure below -1 means that nothing touches.
        shift_px: (right, down) drift at that time, px at 500 ppi.
    """

    image: ByteMap
    ppi: int
    time_s: float
    pressure: float
    moisture: float
    shift_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Roll:
    """How a finger is rolled over the glass, from left to right, the roll so far being shown.

    Attributes:
        seconds: from the first edge to the last; begins `after_s` after the finger came down.
        share: how much of the breadth is rolled, 1 edge to edge.
        slip_mm: how far the finger slides along its own length half way through.
    """

    seconds: float = 1.0
    share: float = 1.0
    slip_mm: float = 0.0
    after_s: float = 0.4

    def done(self, since_s: float) -> float:
        """Return how much of the way is done, 0 … 1, so long after landing."""
        return min(max((since_s - self.after_s) / self.seconds, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class _Part:
    layers: SkinLayers
    contact: FloatMap
    broad: FloatMap
    middle: FloatMap
    origin: tuple[int, int]
    lag_s: float


class LiveScene:
    """A finger or a hand that comes down on the glass, settles and breathes, picture by picture.

    `frame(t)` depends on the seed and on `t` alone: frames may be skipped or asked for again. A frame takes one to five
    milliseconds.
    """

    def __init__(
        self,
        parts: list[_Part],
        shape: tuple[int, int],
        settings: ImpressionSettings,
        seed: int,
        *,
        reduce: int,
        land_s: float,
        lift_s: float | None,
        platen: int = 0,
        roll: Roll | None = None,
    ) -> None:
        self._roll = roll
        self._parts = parts
        self._shape = shape
        self._settings = settings
        self._land_s, self._lift_s = land_s, lift_s
        rng = stream(seed, _LIVE)
        self._waves = rng.uniform(0, 2 * np.pi, (4, 3))
        self._rates = rng.uniform(0.15, 0.9, (4, 3))
        shown = (shape[0] // reduce, shape[1] // reduce)
        self._back = np.float32(rng.uniform(246, 262)) + np.float32(3) * smooth_noise(rng, shown, 40)
        self._noise = rng.standard_normal((shown[0] + 32, shown[1] + 32), dtype=np.float32)
        self._seed = seed
        self._reduce = reduce
        # What lies on the glass lies there before, under and after the finger: it belongs to the platen, not to this touch.
        remains = platen_remains(stream(platen, _PLATEN), replace(settings, ppi=settings.ppi // reduce), shown, platen)
        if remains is not None and settings.sensor is Sensor.OPTICAL:
            self._back = self._back - np.float32(30) * remains

    @classmethod
    def of_platen(cls, settings: ImpressionSettings, *, ppi: int, shape: tuple[int, int], platen: int = 0) -> LiveScene:
        """Return a scene of the glass alone, with the settings' `dirt` and `latent` on it; the same `platen` number, the same dust."""
        return cls([], shape, replace(settings, ppi=ppi), platen, reduce=1, land_s=0.0, lift_s=None, platen=platen)

    @classmethod
    def of_finger(
        cls,
        finger: MasterFinger,
        settings: ImpressionSettings | None = None,
        seed: int = 0,
        *,
        ppi: int = 250,
        shape: tuple[int, int] | None = None,
        land_s: float = 0.4,
        lift_s: float | None = None,
        platen: int = 0,
        roll: Roll | None = None,
    ) -> LiveScene:
        """Return a scene of one finger.

        Args:
            finger: the master.
            settings: the state it settles in.
            seed: of this touch.
            ppi: of the live pictures.
            shape: (height, width) of the live pictures; default the plain size at `ppi`.
            land_s: when it touches; it has settled about 0.6 s later.
            lift_s: when it leaves the glass, None for never.
            platen: which dirt and grease the settings' `dirt` and `latent` are; equal numbers, equal remains.
            roll: how a finger of kind rolled is rolled; None shows it as it looks when all of it was rolled.
        """
        reduce, settings, (height, width) = _fine(settings, ppi, shape, PLAIN_SHAPE)
        scale = 500 / settings.ppi
        rng = stream(finger.spec.seed, int(finger.position), seed, _LIVE)
        placement = Placement(
            origin=(width / 2 + settings.shift_px[0] / scale, height / 2 + settings.shift_px[1] / scale),
            rotation=float(np.deg2rad(settings.rotation_deg)),
            scale=scale,
            centre=finger.centre,
            skin=Skin.draw(rng, settings.distortion),
        )
        outline = ContactShape.draw(rng, finger, settings)
        part = _fetch(rng, finger, placement, outline, (0, 0, width, height), settings.worn)
        return cls([part], (height, width), settings, seed, reduce=reduce, land_s=land_s, lift_s=lift_s, platen=platen, roll=roll)

    @classmethod
    def of_slap(
        cls,
        person: Person,
        position: FingerPosition,
        settings: ImpressionSettings | None = None,
        seed: int = 0,
        *,
        missing: tuple[FingerPosition, ...] = (),
        ppi: int = 125,
        shape: tuple[int, int] | None = None,
        spread: float = 1.0,
        land_s: float = 0.4,
        lift_s: float | None = None,
        platen: int = 0,
    ) -> LiveScene:
        """Return a scene of a slap; arguments as for `of_finger` and `slap`. The hand lies as in ``slap(…, seed)``."""
        reduce, settings, (height, width) = _fine(settings, ppi, shape, SLAP_SHAPE)
        parts = []
        for laid in lay_hand(person, position, settings, seed, missing=missing, shape=(height, width), spread=spread):
            if laid.window[2] >= 16 and laid.window[3] >= 16:
                rng = stream(person.seed, int(laid.position), seed, _LIVE)
                lag = float(rng.uniform(0, 0.35))
                part = _fetch(rng, person.finger(laid.position), laid.placement, laid.outline, laid.window, settings.worn)
                parts.append(replace(part, lag_s=lag))
        return cls(parts, (height, width), settings, seed, reduce=reduce, land_s=land_s, lift_s=lift_s, platen=platen)

    def _drift(self, time_s: float) -> tuple[float, float, float, float]:
        """Return slow random walks (about -1 … 1) for pressure, moisture, x and y."""
        waves = np.sin(2 * np.pi * self._rates * time_s + self._waves).mean(axis=1) * 1.4
        return float(waves[0]), float(waves[1]), float(waves[2]), float(waves[3])

    def _pressure(self, time_s: float, lag_s: float, wave: float) -> float:
        """Return the pressure of a finger that lands `lag_s` after the first."""
        since = time_s - self._land_s - lag_s
        down = 1 - np.exp(-max(since, 0) / 0.18) if since > 0 else 0.0
        if self._lift_s is not None and time_s > self._lift_s:
            down *= float(np.exp(-(time_s - self._lift_s) / 0.12))
        return -3.0 + (3.0 + self._settings.pressure + 0.12 * wave) * float(down)

    def frame(self, time_s: float) -> LiveFrame:
        """Return the picture at `time_s` (seconds from the start of the scene, not negative)."""
        pressure_wave, moisture_wave, x_wave, y_wave = self._drift(time_s)
        settled = min(max(time_s - self._land_s, 0.0) / 1.2, 1.0)
        moisture = float(np.clip(self._settings.moisture * (0.4 + 0.6 * settled) + 0.08 * moisture_wave, -1, 1))
        reach = 6 * (1 - settled) + 1.0
        shift = (reach * x_wave, reach * y_wave)
        local = replace(self._settings, moisture=moisture, pressure=max(self._settings.pressure, -1.0))
        amount = np.zeros(self._shape, dtype=np.float32)
        for part in self._parts:
            pressure = self._pressure(time_s, part.lag_s, pressure_wave)
            if pressure > -2.2:
                self._lay(amount, part, pressure, local, time_s)
        if shift != (0.0, 0.0):
            scale = 500 / self._settings.ppi
            move = np.array([[1, 0, shift[0] / scale], [0, 1, shift[1] / scale]])
            amount = cv2.warpAffine(amount, move, (self._shape[1], self._shape[0]), flags=cv2.INTER_LINEAR)  # type: ignore[assignment]
        if self._reduce > 1:
            shown = (self._shape[1] // self._reduce, self._shape[0] // self._reduce)
            amount = np.asarray(cv2.resize(amount, shown, interpolation=cv2.INTER_AREA), np.float32)
        overall = self._pressure(time_s, 0.0, pressure_wave)
        ppi = self._settings.ppi // self._reduce
        return LiveFrame(self._grey(amount, time_s), ppi, time_s, overall, moisture, shift)

    def _lay(self, amount: FloatMap, part: _Part, pressure: float, local: ImpressionSettings, time_s: float) -> None:
        x0, y0 = part.origin
        height, width = part.layers.ridge.shape
        # A light touch has a small contact: the whole outline shrinks with the pressure.
        contact = np.clip(part.contact + min(pressure, 0.0) * 0.9, -2, 1)
        if self._roll is not None:
            leads = self._leads(part, self._roll.done(time_s - self._land_s), self._roll.share)
            contact = np.clip(contact - np.maximum(np.arange(contact.shape[1]) - leads, 0) * np.float32(0.3), -2, 1)
        limit = stretch(threshold(contact, part.broad, part.middle, local, pressure), _GRID, (height, width))
        here = amount[y0 : y0 + height, x0 : x0 + width]
        ink = ink_of(part.layers, limit, local)
        if self._roll is not None and self._roll.slip_mm:
            self._slide(ink, part, self._roll, time_s)
        np.maximum(here, ink, out=here)

    @staticmethod
    def _leads(part: _Part, done: float, share: float = 1.0) -> float:
        """Return the column of the contact grid that a roll has reached; it begins with a pad's breadth on the glass."""
        there = np.flatnonzero((part.contact > 0).any(axis=0))
        return float(there[0] + (there[-1] - there[0]) * (0.42 + 0.58 * done * share))

    def _slide(self, ink: FloatMap, part: _Part, roll: Roll, time_s: float) -> None:
        """Move the skin that lies on the glass from half way on, and all that follows it, along the finger."""
        since = time_s - self._land_s - roll.after_s - 0.5 * roll.seconds
        moved = float(np.clip(since / 0.3, 0, 1)) * roll.slip_mm * self._settings.ppi / 25.4
        if moved <= 0:
            return
        first = part.origin[0] + max(0, round((self._leads(part, 0.5, roll.share) - 0.42 * part.contact.shape[1]) * _GRID))
        behind = ink[:, first:]
        move = np.array([[1, 0, 0], [0, 1, moved]])
        behind[:] = cv2.warpAffine(behind, move, (behind.shape[1], behind.shape[0]), flags=cv2.INTER_LINEAR)

    def _grey(self, amount: FloatMap, time_s: float) -> ByteMap:
        dark, back = np.float32(45), self._back
        if self._settings.sensor is Sensor.CAPACITIVE:
            dark, back = np.float32(35), np.full_like(self._back, 126)
        elif self._settings.sensor is Sensor.THERMAL:
            dark, back = np.float32(5), np.full_like(self._back, 200)
        at = np.random.default_rng([self._seed & 0xFFFF_FFFF, int(time_s * 1e4), _LIVE]).integers(0, 32, 2)
        grain = self._noise[at[0] : at[0] + back.shape[0], at[1] : at[1] + back.shape[1]]
        grey = back + (dark - back) * amount + grain * np.float32(1.5 * self._settings.noise)
        return np.asarray(np.rint(np.clip(grey, 0, 255)), np.uint8)


def _fine(
    settings: ImpressionSettings | None, ppi: int, shape: tuple[int, int] | None, base: tuple[int, int]
) -> tuple[int, ImpressionSettings, tuple[int, int]]:
    """Return (reduction, settings, shape) for drawing at `_FINE_PPI` or more what is shown at `ppi`."""
    reduce = max(1, -(-_FINE_PPI // ppi))
    height, width = shape or (round(base[0] * ppi / 500), round(base[1] * ppi / 500))
    return reduce, replace(settings or ImpressionSettings(), ppi=ppi * reduce), (height * reduce, width * reduce)


def _fetch(
    rng: np.random.Generator,
    finger: MasterFinger,
    placement: Placement,
    outline: ContactShape,
    window: tuple[int, int, int, int],
    worn: float,
) -> _Part:
    contact, broad, middle = contact_map(rng, outline, placement, window)
    layers = skin_layers(rng, finger, placement, window)
    if worn > 0:
        layers = worn_layers(stream(finger.spec.seed, int(finger.position), _WEAR), layers, worn, placement.scale)
    return _Part(layers, contact, broad, middle, (window[0], window[1]), 0.0)
