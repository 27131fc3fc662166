"""Skin on glass: which part of a finger touches, and where its ridges leave ink, water or shadow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.fingerprint.synthesis import texture
from biometrics.fingerprint.synthesis.feel import FEELS
from biometrics.fingerprint.synthesis.master import MasterFinger
from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, smooth_noise, stretch
from biometrics.fingerprint.synthesis.placement import Placement
from biometrics.fingerprint.synthesis.settings import ContactSide, ImpressionKind, ImpressionSettings, Sensor
from biometrics.fingerprint.synthesis.texture import cut_lines, wear_of_age

_GRID: Final = 4
CONTACT_EDGE: Final = 0.12
"""Contact above this counts as touched."""


@dataclass(frozen=True, slots=True)
class ContactShape:
    """The outline of the touched part of the pad, in the finger's own axes (px at 500 ppi from its centre).

    Attributes:
        half_width, up, down: half axes of a superellipse.
        power: its exponent.
        offset: (x, y) of its middle.
        cut: (side, share) of a partial contact.
    """

    half_width: float
    up: float
    down: float
    power: float
    offset: tuple[float, float] = (0.0, 0.0)
    cut: tuple[ContactSide, float] = (ContactSide.WHOLE, 1.0)

    @classmethod
    def draw(cls, rng: np.random.Generator, finger: MasterFinger, settings: ImpressionSettings) -> ContactShape:
        """Draw the outline for one touch."""
        u = rng.uniform(0, 1, 4)
        match settings.kind:
            case ImpressionKind.PLAIN if settings.sensor is Sensor.THERMAL:
                # A sweep takes in the finger from the tip to near the joint, but not its sides.
                axes, power, offset = (104 + 26 * u[0], 185 + 30 * u[1], 205 + 70 * u[2]), 3.0, (0.0, 0.0)
            case ImpressionKind.PLAIN if settings.sensor is Sensor.CAPACITIVE:
                # The plate is small and only skin that presses conducts.
                axes, power, offset = (102 + 36 * u[0], 128 + 34 * u[1], 132 + 48 * u[2]), 2.25, (0.0, 0.0)
            case ImpressionKind.PLAIN:
                axes, power, offset = (122 + 28 * u[0], 160 + 30 * u[1], 165 + 60 * u[2]), 2.25, (0.0, 0.0)
            case ImpressionKind.ROLLED:
                axes, power, offset = (262 + 38 * u[0], 315 + 30 * u[1], 290 + 30 * u[2]), 2.9, (0.0, 0.0)
            case _:
                axes, power, offset = (95 + 30 * u[0], 110 + 30 * u[1], 80 + 30 * u[2]), 2.2, (0.0, -60.0)
        size = finger.spec.size * (1 + 0.1 * settings.pressure)
        height, width = finger.size
        below = height - finger.centre[1]
        return cls(
            half_width=min(axes[0] * size, width / 2 - 12),
            up=min(axes[1] * size, finger.centre[1] - 8),
            down=min(axes[2] * size, below - 8),
            power=power,
            offset=(offset[0] * size, offset[1] * size),
            cut=(settings.contact_side, settings.contact_share),
        )

    def radius(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 1 on the outline, less inside, for points in the finger's own axes."""
        x, y = x - self.offset[0], y - self.offset[1]
        vertical = np.where(y < 0, self.up, self.down)
        radius = (np.abs(x / self.half_width) ** self.power + np.abs(y / vertical) ** self.power) ** (1 / self.power)
        side, share = self.cut
        if side is ContactSide.WHOLE or share >= 1:
            return np.asarray(radius)
        # Only `share` of the pad touches: a straight, soft border at that share of the whole breadth.
        across, low, high = (
            (x, -self.half_width, self.half_width) if side in (ContactSide.LEFT, ContactSide.RIGHT) else (y, -self.up, self.down)
        )
        if side in (ContactSide.RIGHT, ContactSide.LOWER):
            across, low, high = -across, -high, -low
        border = low + share * (high - low)
        return np.maximum(radius, 1 + (across - border) / (0.5 * (self.half_width + self.up)))


@dataclass(frozen=True, slots=True)
class Touch:
    """A finger on the glass, in one window of the picture.

    Attributes:
        window: (x0, y0, width, height) in picture px.
        ink: float32 0 … 1, where skin touches the glass (or ink lies on the card).
        contact: float32 -2 … 1, above `CONTACT_EDGE` where the pad lies on.
    """

    window: tuple[int, int, int, int]
    ink: FloatMap
    contact: FloatMap


def window_of(placement: Placement, outline: ContactShape, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the part of the picture (x0, y0, width, height) that a finger with its rim can reach; width 0 where it misses it."""
    c, s = np.cos(placement.rotation), np.sin(placement.rotation)
    wide, up, down = 1.3 * outline.half_width, 1.3 * outline.up, 1.3 * outline.down
    corners = np.array([[-wide, -up], [wide, -up], [wide, down], [-wide, down]]) + np.array(outline.offset)
    x = placement.origin[0] + (c * corners[:, 0] - s * corners[:, 1]) / placement.scale
    y = placement.origin[1] + (s * corners[:, 0] + c * corners[:, 1]) / placement.scale
    x0, x1 = (int(np.clip(v, 0, shape[1])) for v in (x.min(), x.max() + 1))
    y0, y1 = (int(np.clip(v, 0, shape[0])) for v in (y.min(), y.max() + 1))
    return x0, y0, max(0, x1 - x0), max(0, y1 - y0)


@dataclass(frozen=True, slots=True)
class SkinLayers:
    """What of the skin does not depend on pressure and moisture: kept by live scenes, made anew for single captures."""

    ridge: FloatMap
    crease: FloatMap
    pore: FloatMap
    fine: FloatMap
    grain: FloatMap


def skin_layers(
    rng: np.random.Generator, finger: MasterFinger, placement: Placement, window: tuple[int, int, int, int]
) -> SkinLayers:
    """Fetch a finger's skin through its placement, with the fine noise of this touch."""
    mx, my = placement.maps(window)
    skin = cv2.remap(finger.skin, mx, my, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    shape = (window[3], window[2])
    ridge, crease, pore = cv2.split(skin)
    return SkinLayers(
        ridge=ridge * np.float32(1 / texture.HEIGHT_SCALE) - np.float32(texture.HEIGHT_OFFSET),
        crease=crease * np.float32(1 / texture.CREASE_SCALE),
        pore=pore * np.float32(1 / texture.PORE_SCALE),
        fine=smooth_noise(rng, shape, 1.15 / placement.scale),
        grain=smooth_noise(rng, shape, 2.6 / placement.scale),
    )


def contact_map(
    rng: np.random.Generator, shape: ContactShape, placement: Placement, window: tuple[int, int, int, int]
) -> tuple[FloatMap, FloatMap, FloatMap]:
    """Return (contact, broad noise, middle noise) on the coarse grid of the window."""
    x0, y0, width, height = window
    x = np.arange(width // _GRID + 2, dtype=np.float64)[None, :] * _GRID + x0
    y = np.arange(height // _GRID + 2, dtype=np.float64)[:, None] * _GRID + y0
    radius = shape.radius(*placement.upright(*np.broadcast_arrays(x, y)))
    grid = (radius.shape[0], radius.shape[1])
    unit = 1 / (_GRID * placement.scale)
    radius = radius + 0.018 * smooth_noise(rng, grid, 72 * unit) + 0.014 * smooth_noise(rng, grid, 18 * unit)
    contact = np.clip((1 - radius) / 0.22, -2, 1).astype(np.float32)
    return contact, smooth_noise(rng, grid, 56 * unit), smooth_noise(rng, grid, 20 * unit)


def threshold(
    contact: FloatMap, broad: FloatMap, middle: FloatMap, settings: ImpressionSettings, pressure: float | None = None
) -> FloatMap:
    """Return the height that skin must have to leave a trace: low when pressed or wet, high at the rim of the contact.

    Args:
        contact, broad, middle: float32 on the coarse grid, see `contact_map`.
        settings: of the touch.
        pressure: another one than the settings', below -1 for a finger that hardly arrives.
    """
    feel = FEELS[settings.sensor]
    pressure = settings.pressure if pressure is None else pressure
    light = max(-pressure, 0.0)
    level = 0.06 + feel.level - 0.25 * pressure - 0.32 * settings.moisture + 0.75 * light**2.5
    spread = (0.16 + 0.08 * abs(settings.moisture) + 0.08 * light) * feel.broad
    limit = level + spread * broad + 0.10 * feel.middle * middle
    if settings.wet > 0:
        # Water fills valleys where there is most of it, in blots; around a wet finger it stands as a closed rim.
        flood = np.maximum(1.1 * settings.wet**2 + 0.45 * settings.wet * broad + 0.1 * middle - 0.12, 0)
        limit = limit - flood * np.clip(contact * 2.5 + 0.2, 0, 1)
    rim = np.maximum(1 - contact, 0) ** 2 * np.where(contact > 0, 1 - 0.75 * settings.wet**2, 1)
    return np.asarray(limit + rim, dtype=np.float32)


def ink_of(layers: SkinLayers, limit: FloatMap, settings: ImpressionSettings) -> FloatMap:
    """Return where the skin leaves a trace, 0 … 1."""
    feel = FEELS[settings.sensor]
    dry, wet, light = settings.dry, settings.wet, max(-settings.pressure, 0.0)
    height = layers.ridge - layers.crease * np.float32(1 - 0.35 * wet)
    height -= layers.pore * np.float32((0.42 + 0.30 * dry + 0.3 * light**2) * (1 - 0.7 * wet))
    rough = settings.noise * feel.rough * (1 + 0.5 * light**2)
    height += layers.fine * np.float32((0.23 + 0.42 * dry) * rough)
    height += layers.grain * np.float32((0.19 + 0.18 * dry) * rough)
    if settings.incipient > 0:
        # Thin ridges run along the floor of the valleys, broken by the fine noise.
        floor = np.exp(-(((layers.ridge + 1.0) / 0.22) ** 2))
        height += floor * np.float32(1.5 * settings.incipient) * np.clip(0.6 + 0.7 * layers.grain, 0, 1.2)
    height -= limit
    soft = 0.42 * (0.38 - 0.10 * wet + 0.05 * dry) * feel.sharp
    return np.asarray(1 / (1 + cv2.exp(height * np.float32(-1 / soft))), dtype=np.float32)


def touch(
    rng: np.random.Generator,
    finger: MasterFinger,
    settings: ImpressionSettings,
    *,
    placement: Placement,
    outline: ContactShape,
    window: tuple[int, int, int, int],
) -> Touch:
    """Lay a finger on the glass."""
    contact, broad, middle = contact_map(rng, outline, placement, window)
    size = (window[3], window[2])
    settings = as_felt(settings, finger)
    limit = stretch(threshold(contact, broad, middle, settings), _GRID, size)
    layers = skin_layers(rng, finger, placement, window)
    if settings.worn > 0:
        layers = worn_layers(rng, layers, settings.worn, placement.scale)
    if settings.scar > 0:
        crease = np.maximum(layers.crease, cut_lines(rng, size, settings.scar, 1 / placement.scale))
        layers = replace(layers, crease=crease)
    feel = FEELS[settings.sensor]
    if feel.shatter > 0:
        layers = _shattered(rng, layers, feel.shatter * settings.noise, placement.scale)
    whole = stretch(contact, _GRID, size)
    ink = ink_of(layers, limit, settings)
    if feel.spots > 0:
        ink = _spotted(rng, ink, whole, feel.spots * settings.noise)
    laid = Touch(window, ink, whole)
    return smeared(rng, laid, settings, placement.scale) if settings.smear_px * (1 / placement.scale) >= 1 else laid


def as_felt(settings: ImpressionSettings, finger: MasterFinger) -> ImpressionSettings:
    """Return the settings as this finger meets this sensor: old skin is drier and stiffer, not every sensor feels water."""
    wear, felt = wear_of_age(finger.spec.age), FEELS[settings.sensor].moist
    if wear <= 0 and felt >= 1:
        return settings
    moisture = max(-1.0, felt * (settings.moisture - 0.25 * wear))
    return replace(settings, moisture=moisture, worn=min(1.0, settings.worn + 0.08 * wear))


def worn_layers(rng: np.random.Generator, layers: SkinLayers, worn: float, scale: float) -> SkinLayers:
    """Flatten ridges in patches and roughen them, as years of work with lime, water or rope do."""
    shape = (layers.ridge.shape[0], layers.ridge.shape[1])
    patch = np.clip(0.85 + 0.40 * smooth_noise(rng, shape, 38 / scale), 0.15, 1.4) * np.float32(worn)
    flat = np.maximum(1 - np.float32(0.75) * patch, np.float32(0.08))
    return replace(
        layers, ridge=layers.ridge * flat - np.float32(0.10) * patch, grain=layers.grain * (1 + np.float32(0.9) * patch)
    )


def _shattered(rng: np.random.Generator, layers: SkinLayers, amount: float, scale: float) -> SkinLayers:
    """Break the ridges into crumbs in patches."""
    shape = (layers.ridge.shape[0], layers.ridge.shape[1])
    patch = np.clip(smooth_noise(rng, shape, 24 / scale) - np.float32(1.3 - 2 * amount), 0, 1.2)
    ridge = layers.ridge * (1 - np.float32(0.5) * patch)
    return replace(layers, ridge=ridge, fine=layers.fine * (1 + 2 * patch), grain=layers.grain * (1 + np.float32(2.6) * patch))


def _spotted(rng: np.random.Generator, ink: FloatMap, contact: FloatMap, share: float) -> FloatMap:
    """Add specks: dark ones of sweat around the finger and in its valleys, light ones of air on its ridges."""
    shape = (ink.shape[0], ink.shape[1])
    near = np.clip((contact + 1.4) / 1.6, 0, 1)
    specks = smooth_noise(rng, shape, 0.8)
    limit = np.float32(2.6 - 18 * share)
    dark = np.clip((specks - limit) * 2.5, 0, 1) * near
    light = np.clip((-specks - limit) * 2.5, 0, 1)
    return np.asarray(np.maximum(ink, np.float32(0.8) * dark) * (1 - np.float32(0.7) * light), dtype=np.float32)


def smeared(rng: np.random.Generator, laid: Touch, settings: ImpressionSettings, scale: float) -> Touch:
    """Drag a touch over the glass: the picture is the mean over the way, with more time spent where the skin sticks."""
    length = settings.smear_px / scale
    angle = float(np.deg2rad(settings.smear_deg))
    steps = int(np.clip(np.ceil(length), 2, 12))
    dwell = rng.gamma(1.2, 1.0, steps) + 0.15
    dwell /= dwell.sum()
    size = (laid.window[2], laid.window[3])
    ink, contact = np.zeros_like(laid.ink), np.full_like(laid.contact, -2)
    for k, weight in enumerate(dwell.tolist()):
        way = length * (k / (steps - 1) - 0.5)
        move = np.array([[1, 0, way * np.cos(angle)], [0, 1, way * np.sin(angle)]])
        ink += np.float32(weight) * cv2.warpAffine(laid.ink, move, size, flags=cv2.INTER_LINEAR)
        contact = np.maximum(contact, cv2.warpAffine(laid.contact, move, size, flags=cv2.INTER_LINEAR, borderValue=(-2.0,)))
    return Touch(laid.window, ink, contact)


def box_of(mask: NDArray[np.bool_] | ByteMap) -> tuple[int, int, int, int] | None:
    """Return (x0, y0, x1, y1) around the set pixels (x1, y1 exclusive), None where there are none."""
    rows, columns = np.flatnonzero(np.any(mask, axis=1)), np.flatnonzero(np.any(mask, axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
