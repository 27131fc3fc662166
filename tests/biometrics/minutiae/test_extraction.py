"""Extraction against waves whose vortex is known, against the generator's truth, and on what is no print."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.errors import ImageError
from biometrics.fingerprint.minutiae import extract
from tests.biometrics.prints import template, touch


def wave(turn_deg: float, sense: int, shift: float, size: int = 240) -> np.ndarray:
    """A grey wave of period 9 px with one dislocation in the middle; `turn_deg` turns the whole picture clockwise."""
    y, x = np.mgrid[0:size, 0:size].astype(float) - (size - 1) / 2
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    u, v = c * x + s * y, -s * x + c * y
    phase = 2 * np.pi * u / 9 + sense * np.arctan2(v, u) + shift
    inside = np.hypot(x, y) < size * 0.46
    return np.where(inside, 128 + 100 * np.cos(phase), 255).round().astype(np.uint8)


@pytest.mark.parametrize("turn", [0, 35, 90, 151, 180, 270, 301])
@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize(("shift", "kind"), [(np.pi / 2, 2), (-np.pi / 2, 1)])
def test_one_dislocation_gives_one_minutia_that_points_to_the_extra_ridge(turn, sense, shift, kind):
    found = extract(wave(turn, sense, shift))
    middle = [k for k in range(len(found)) if np.hypot(found.x[k] - 119.5, found.y[k] - 119.5) < 4]
    assert len(middle) == 1
    # With the sense +1 the phase gains a turn on the side of negative v: there is one ridge (or valley) more there.
    extra = np.array([np.sin(np.radians(turn)), -np.cos(np.radians(turn))]) * sense
    angle = float(found.angle[middle[0]]) * 2 * np.pi / 256
    assert np.cos(angle) * extra[0] + np.sin(angle) * extra[1] > 0.9
    assert found.kind[middle[0]] == kind


def test_generated_minutiae_are_found_where_they_are():
    hit = true = extracted = 0
    for person in (3, 4, 5, 6):
        print_, found = touch(person), template(person)
        truth = print_.truth
        gap = np.hypot(truth.x[:, None] - found.x[None, :] - 0.5, truth.y[:, None] - found.y[None, :] - 0.5)
        turn = np.abs(
            (truth.direction[:, None] - found.angle[None, :].astype(float) * 2 * np.pi / 256 + np.pi) % (2 * np.pi) - np.pi
        )
        good = (gap < 9) & (turn < np.radians(25))
        hit += int(good.any(1).sum())
        true += len(truth)
        extracted += len(found) - int(good.any(0).sum())
    assert hit / true > 0.6
    assert extracted / true < 0.35


def test_the_same_picture_gives_the_same_template():
    first, second = extract(touch(3).image), extract(touch(3).image.copy())
    assert np.array_equal(first.codes, second.codes)
    assert np.array_equal(first.ridges, second.ridges)


def test_another_resolution_gives_nearly_the_same_minutiae():
    import cv2

    image = touch(3).image
    large = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    found, expected = extract(large, ppi=1000), template(3)
    gap = np.hypot(found.x[:, None].astype(float) - expected.x[None, :], found.y[:, None].astype(float) - expected.y[None, :])
    assert (gap.min(1) < 3).mean() > 0.8


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_no_minutiae(level):
    assert len(extract(np.full((300, 300), level, np.uint8))) == 0


def test_noise_gives_few_minutiae_and_no_error():
    noise = np.random.default_rng(1).integers(0, 256, (300, 300)).astype(np.uint8)
    assert len(extract(noise)) <= 100


@pytest.mark.parametrize(
    ("image", "ppi"),
    [
        (np.zeros((0, 0), np.uint8), 500),
        (np.zeros((1, 1), np.uint8), 500),
        (np.zeros((63, 300), np.uint8), 500),
        (np.zeros((300, 5000), np.uint8), 500),
        (np.zeros((300, 300, 3), np.uint8), 500),
        (np.zeros((300, 300), np.float32), 500),
        (np.zeros((300, 300), np.uint8), 20),
        (np.zeros((300, 300), np.uint8), 5000),
    ],
)
def test_bad_input_is_named(image, ppi):
    with pytest.raises(ImageError):
        extract(image, ppi)
