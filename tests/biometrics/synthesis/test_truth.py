"""What the generator says about its fingers is so: classes, minutiae, places and directions."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.synthesis import (
    ImpressionKind,
    ImpressionSettings,
    MasterFinger,
    PatternClass,
    finger_spec,
    grow_master,
    impression,
)
from biometrics.fingerprint.synthesis.placement import Placement, Skin
from biometrics.positions import SINGLE_FINGERS, FingerPosition


@pytest.fixture(scope="module")
def fingers() -> list[MasterFinger]:
    return [grow_master(finger_spec(40 + k, SINGLE_FINGERS[k], age=25), (600, 450)) for k in range(4)]


def test_classes_come_in_natural_proportions() -> None:
    count = Counter(finger_spec(seed, position).pattern for seed in range(400) for position in SINGLE_FINGERS)
    share = {pattern: 100 * count[pattern] / 4000 for pattern in PatternClass}
    assert 24 < share[PatternClass.WHORL] + share[PatternClass.DOUBLE_LOOP] < 38
    assert 26 < share[PatternClass.LEFT_LOOP] < 36
    assert 26 < share[PatternClass.RIGHT_LOOP] < 36
    assert 2 < share[PatternClass.ARCH] < 7
    assert 1.2 < share[PatternClass.TENTED_ARCH] < 5


def test_loops_open_to_the_little_finger_as_a_rule() -> None:
    right = Counter(finger_spec(seed, FingerPosition.RIGHT_LITTLE).pattern for seed in range(200))
    left = Counter(finger_spec(seed, FingerPosition.LEFT_LITTLE).pattern for seed in range(200))
    assert right[PatternClass.RIGHT_LOOP] > 140
    assert left[PatternClass.LEFT_LOOP] > 140


@pytest.mark.parametrize("pattern", list(PatternClass))
def test_singular_points_belong_to_the_class(pattern: PatternClass) -> None:
    finger = grow_master(finger_spec(3, FingerPosition.RIGHT_MIDDLE, pattern=pattern), (400, 300))
    expected = {
        PatternClass.ARCH: (0, 0),
        PatternClass.TENTED_ARCH: (1, 1),
        PatternClass.LEFT_LOOP: (1, 1),
        PatternClass.RIGHT_LOOP: (1, 1),
        PatternClass.WHORL: (2, 2),
        PatternClass.DOUBLE_LOOP: (2, 2),
    }
    assert (len(finger.cores), len(finger.deltas)) == expected[pattern]


def test_minutiae_are_as_dense_as_on_real_fingers(fingers: list[MasterFinger]) -> None:
    density = np.mean([1e4 * len(f.truth) / (f.size[0] * f.size[1]) for f in fingers])
    assert 3.5 < density < 6.5
    endings = np.mean([(f.truth.kind == 1).mean() for f in fingers])
    assert 0.35 < endings < 0.65


def test_an_independent_extractor_finds_the_truth(fingers: list[MasterFinger]) -> None:
    """Place within 1 px (no systematic offset), direction within 20 degrees: the matcher's extractor shares no code with growth."""
    settings = ImpressionSettings(noise=0.3, distortion=1.0, rotation_deg=8)
    along, across, turns, found, total = [], [], [], 0, 0
    for finger in fingers:
        made = impression(finger, settings, 2)
        template = extract(made.image, 500)
        tx, ty = template.x.astype(float) + 0.5, template.y.astype(float) + 0.5
        angle = template.angle.astype(float) * 2 * np.pi / 256
        inner = cv2.erode(made.contact.astype(np.uint8), np.ones((41, 41), np.uint8))
        for x, y, direction in zip(made.truth.x, made.truth.y, made.truth.direction, strict=True):
            if not inner[round(float(y)), round(float(x))]:
                continue
            total += 1
            distance = np.hypot(tx - x, ty - y)
            k = int(distance.argmin())
            if distance[k] > 7:
                continue
            found += 1
            c, s = np.cos(direction), np.sin(direction)
            along.append((tx[k] - x) * c + (ty[k] - y) * s)
            across.append((ty[k] - y) * c - (tx[k] - x) * s)
            turns.append(abs((angle[k] - direction + np.pi) % (2 * np.pi) - np.pi))
    assert total > 80
    assert found / total > 0.85
    assert abs(np.median(along)) < 1.0
    assert abs(np.median(across)) < 0.5
    assert np.median(np.hypot(along, across)) < 2.0
    assert np.mean(np.rad2deg(turns) < 20) > 0.94


def test_truth_is_carried_through_distortion_exactly() -> None:
    rng = np.random.default_rng(4)
    placement = Placement((200.0, 240.0), 0.4, 500 / 569, (225.0, 264.0), Skin.draw(rng, 3.0))
    x, y = rng.uniform(80, 370, 300), rng.uniform(80, 480, 300)
    px, py, good, _ = placement.to_picture(x, y)
    back_x, back_y = placement.to_master(px, py)
    assert good.mean() > 0.99
    assert np.hypot(back_x - x, back_y - y)[good].max() < 0.05


def test_the_same_skin_shows_in_every_touch(fingers: list[MasterFinger]) -> None:
    first = impression(fingers[0], ImpressionSettings(distortion=0), 1)
    second = impression(fingers[0], ImpressionSettings(distortion=0, kind=ImpressionKind.ROLLED), 2, first.image.shape)
    apart = np.hypot(first.truth.x[:, None] - second.truth.x, first.truth.y[:, None] - second.truth.y)
    assert apart.min(axis=1).max() < 0.01
