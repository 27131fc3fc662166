"""From touch to grey: the picture an optical, capacitive or thermal scanner, or a scanned ink card, makes of ink and contact."""

from __future__ import annotations

import cv2
import numpy as np

from biometrics.fingerprint.synthesis.noise import ByteMap, FloatMap, smooth_noise, white_noise
from biometrics.fingerprint.synthesis.settings import ImpressionSettings, Sensor


def take_picture(
    rng: np.random.Generator,
    ink: FloatMap,
    contact: FloatMap,
    settings: ImpressionSettings,
    remains: FloatMap | None = None,
) -> ByteMap:
    """Make the picture.

    Args:
        rng: the stream of this picture.
        ink, contact: float32 (height, width), see `contact.Touch`; contact may be negative outside.
        settings: pressure, moisture, noise, sensor, bits, ppi, halo.
        remains: float32 0 … 1, what lay on the platen before, None for a clean one.

    Returns:
        uint8 (height, width), ridges dark.
    """
    covered = np.clip(contact, 0, 1)
    if settings.halo > 0:
        film = _halo(rng, contact, settings)
        remains = film if remains is None else remains + film
    match settings.sensor:
        case Sensor.OPTICAL:
            grey = _optical(rng, ink, covered, settings, remains)
        case Sensor.CAPACITIVE:
            grey = _capacitive(rng, ink, covered, settings, remains)
        case Sensor.THERMAL:
            grey = _thermal(rng, ink, covered, settings)
        case _:
            grey = _ink_card(rng, ink, settings)
    picture = np.rint(np.clip(grey, 0, 255)).astype(np.uint8)
    if settings.bits == 4:
        return (np.rint(picture / 17) * 17).astype(np.uint8)
    return picture


def _halo(rng: np.random.Generator, contact: FloatMap, settings: ImpressionSettings) -> FloatMap:
    """Return the film of breath and sweat that a warm finger leaves around itself (0 … about 2)."""
    shape = (contact.shape[0], contact.shape[1])
    near = np.clip((contact + 1.7) / 1.7, 0, 1) * np.clip(1 - contact, 0, 1)
    patchy = np.clip(0.8 + 0.5 * smooth_noise(rng, shape, 25 * settings.ppi / 500), 0, 2)
    return np.asarray(np.float32(1.8 * settings.halo) * near * patchy, dtype=np.float32)


def _optical(
    rng: np.random.Generator, ink: FloatMap, covered: FloatMap, settings: ImpressionSettings, remains: FloatMap | None
) -> FloatMap:
    shape = (ink.shape[0], ink.shape[1])
    unit = settings.ppi / 500
    back = np.float32(rng.uniform(246, 262)) + np.float32(3) * smooth_noise(rng, shape, 110 * unit)
    light = max(-settings.pressure, 0.0)
    dark = np.float32(rng.uniform(25, 65) - 14 * settings.wet - 8 * settings.pressure + 70 * light**2.5)
    ridge = dark + np.float32(11) * smooth_noise(rng, shape, 26 * unit) + np.float32(9) * smooth_noise(rng, shape, 1.15 * unit)
    haze = np.float32(rng.uniform(0, 0.08) + 0.12 * settings.wet)
    amount = ink + haze * covered * (1 - ink)
    if remains is not None:
        back = back - np.float32(30) * remains
    grey = back + (ridge - back) * amount
    grey = cv2.GaussianBlur(grey, (0, 0), 0.62 * max(unit, 0.6))
    noise = white_noise(rng, shape) * np.float32(settings.noise)
    return np.asarray(grey + noise * (np.float32(0.8) + np.float32(3) * amount), dtype=np.float32)


def _capacitive(
    rng: np.random.Generator, ink: FloatMap, covered: FloatMap, settings: ImpressionSettings, remains: FloatMap | None
) -> FloatMap:
    shape = (ink.shape[0], ink.shape[1])
    unit = settings.ppi / 500
    high, low = np.float32(rng.uniform(118, 142)), np.float32(rng.uniform(36, 64))
    # Columns share an amplifier each and drift together in bands; the plate itself is a little uneven.
    bands = cv2.GaussianBlur(rng.normal(0, 9, (1, shape[1])).astype(np.float32), (0, 0), 4.0) + rng.normal(0, 1.6, (1, shape[1]))
    plate = (
        bands.astype(np.float32) + rng.normal(0, 1.0, (shape[0], 1)).astype(np.float32) + 13 * smooth_noise(rng, shape, 45 * unit)
    )
    amount = ink + np.float32(rng.uniform(0.12, 0.30)) * covered * (1 - ink)
    # Sweat carries the field unevenly: contrast comes and goes within a few ridges.
    amount = amount * np.clip(0.9 + np.float32(0.25) * smooth_noise(rng, shape, 15 * unit), 0.25, 1.15)
    if remains is not None:
        amount = np.maximum(amount, np.float32(0.25) * remains)
    clean = np.asarray(high + (low - high) * amount, np.float32)
    grey = cv2.GaussianBlur(clean, (0, 0), 0.35 * max(unit, 0.6)) + plate * (1 - np.float32(0.25) * amount)
    noise = white_noise(rng, shape) * np.float32(settings.noise)
    return np.asarray(grey + noise * (np.float32(2.8) + np.float32(5.2) * amount), dtype=np.float32)


def _thermal(rng: np.random.Generator, ink: FloatMap, covered: FloatMap, settings: ImpressionSettings) -> FloatMap:
    shape = (ink.shape[0], ink.shape[1])
    unit = settings.ppi / 500
    inside = 226 - 206 * ink + np.float32(10) * smooth_noise(rng, shape, 14 * unit)
    weight = np.clip(covered * 3, 0, 1)
    # The strip the sensor was drawn over is darker beside the finger and ends in slanted borders; outside nothing was seen.
    x = np.arange(shape[1], dtype=np.float32)[None, :] / shape[1]
    y = np.arange(shape[0], dtype=np.float32)[:, None] / shape[0]
    lean, left, right = rng.normal(0, 0.10), rng.uniform(0.0, 0.06), rng.uniform(0.94, 1.0)
    strip = (
        (x - lean * (y - 0.5) > left) & (x - lean * (y - 0.5) < right) & (y > rng.uniform(0, 0.08)) & (y < rng.uniform(0.9, 1))
    )
    beside = np.float32(rng.uniform(55, 85)) + np.float32(12) * smooth_noise(rng, shape, 50 * unit)
    around = np.where(strip, beside + rng.normal(0, 4, (shape[0], 1)).astype(np.float32), np.float32(109))
    # The tip is warm before it touches: a white fringe above it.
    grey = around + (inside - around) * weight
    sharp = 1.2 * grey - 0.2 * cv2.GaussianBlur(np.asarray(grey, np.float32), (0, 0), 1.6 * unit)
    noise = white_noise(rng, shape) * np.float32(settings.noise)
    return np.asarray(np.where(strip, sharp + noise * 3, grey), dtype=np.float32)


def _ink_card(rng: np.random.Generator, ink: FloatMap, settings: ImpressionSettings) -> FloatMap:
    shape = (ink.shape[0], ink.shape[1])
    unit = settings.ppi / 500
    back = np.float32(rng.uniform(215, 240)) + np.float32(3) * smooth_noise(rng, shape, 40 * unit)
    ridge = np.float32(rng.uniform(28, 60)) + np.float32(22) * smooth_noise(rng, shape, 30 * unit)
    ridge = ridge + np.float32(16) * smooth_noise(rng, shape, 1.15 * unit)
    grey = cv2.GaussianBlur(back + (ridge - back) * ink, (0, 0), 0.8 * max(unit, 0.6))
    noise = white_noise(rng, shape) * np.float32(settings.noise)
    return np.asarray(grey + noise * 2, dtype=np.float32)
