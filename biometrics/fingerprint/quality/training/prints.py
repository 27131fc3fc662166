"""Synthetic prints over the whole range of sensors, skins and touches, as measures (the pupil never sees a picture)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from biometrics.errors import ImageError
from biometrics.fingerprint.quality.images import crop_white
from biometrics.fingerprint.quality.measures import measure
from biometrics.fingerprint.quality.names import MEASURE_NAMES
from biometrics.fingerprint.synthesis import ImpressionKind, ImpressionSettings, MasterFinger, Sensor, grow_finger, impression
from biometrics.positions import SINGLE_FINGERS

# Windows of scanners on the market, (height, width) in pixels at 500 ppi.
_WINDOWS: Final = ((374, 388), (300, 300), (480, 300), (480, 640), (560, 416), (500, 500), (400, 500), (364, 328), (640, 480))
_SENSORS: Final = (Sensor.OPTICAL, Sensor.OPTICAL, Sensor.CAPACITIVE, Sensor.THERMAL, Sensor.INK)


def draw_settings(rng: np.random.Generator, other: MasterFinger | None) -> ImpressionSettings:
    """Draw one touch: every physical cause of good and bad prints, wider than ordinary captures."""

    def sometimes(share: float, value: float) -> float:
        return value if rng.random() < share else 0.0

    kinds = (ImpressionKind.PLAIN,) * 8 + (ImpressionKind.TIP, ImpressionKind.ROLLED)
    return ImpressionSettings(
        kind=kinds[rng.integers(len(kinds))],
        pressure=float(np.clip(rng.normal(0, 0.6), -1, 1)),
        moisture=float(np.clip(rng.normal(0, 0.65), -1, 1)),
        rotation_deg=float(rng.normal(0, 12)),
        shift_px=(float(rng.normal(0, 30)), float(rng.normal(0, 40))),
        distortion=float(np.clip(rng.lognormal(0, 0.4), 0.2, 5)),
        noise=float(np.clip(rng.lognormal(0.1, 0.6), 0.2, 5)),
        sensor=_SENSORS[rng.integers(len(_SENSORS))],
        bits=4 if rng.random() < 0.05 else 8,
        worn=sometimes(0.4, float(rng.random())),
        scar=sometimes(0.15, float(rng.random())),
        smear_px=sometimes(0.15, float(rng.uniform(2, 20))),
        smear_deg=float(rng.uniform(0, 360)),
        dirt=sometimes(0.2, float(rng.random())),
        latent=other if rng.random() < 0.12 else None,
        latent_strength=float(rng.uniform(0.1, 0.9)),
        halo=sometimes(0.15, float(rng.random())),
        incipient=sometimes(0.2, float(rng.random())),
        contact_share=1.0,
    )


def electronics(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Pass a picture through another camera: scale, focus, gain, gamma, noise."""
    out = image
    if rng.random() < 0.6:
        scale = float(rng.uniform(0.85, 1.2))
        out = np.asarray(cv2.resize(out, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    values = out.astype(np.float32) / 255
    if rng.random() < 0.5:
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), float(rng.uniform(0.3, 1.6))), np.float32)
    if rng.random() < 0.6:
        values = values ** np.float32(rng.uniform(0.5, 2.0))
    if rng.random() < 0.6:
        low, high = rng.uniform(0, 0.45), rng.uniform(0.6, 1.0)
        values = np.float32(low) + values * np.float32(high - low)
    if rng.random() < 0.5:
        values = values + rng.normal(0, rng.uniform(0.005, 0.06), values.shape).astype(np.float32)
    return np.asarray(np.clip(values * 255 + 0.5, 0, 255), np.uint8)


def draw_prints(seed: int, fingers: int, touches: int) -> Iterator[NDArray[np.uint8]]:
    """Yield `fingers` x `touches` synthetic prints, uint8 (H, W), from one seed."""
    rng = np.random.default_rng([seed, 333])
    other: MasterFinger | None = None
    for number in range(fingers):
        position = SINGLE_FINGERS[int(rng.integers(len(SINGLE_FINGERS)))]
        finger = grow_finger(seed * 100_003 + number, position)
        for touch in range(touches):
            height, width = _WINDOWS[int(rng.integers(len(_WINDOWS)))]
            print_ = impression(finger, draw_settings(rng, other), touch, (height, width))
            yield electronics(print_.image, rng) if rng.random() < 0.75 else print_.image
        other = finger


def measures_of(prints: Iterator[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return the 69 measures of every print that can be scored, float64 (n, 69)."""
    rows = []
    for image in prints:
        try:
            found = measure(crop_white(image)[0]).measures
        except ImageError:
            continue
        rows.append([found[name] for name in MEASURE_NAMES])
    return np.asarray(rows)
