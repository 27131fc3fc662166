"""Slaps: generated ones whose truth is known, the open ones, live pictures, and what is no slap."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import cv2
import numpy as np
import pytest

from biometrics.errors import ImageError
from biometrics.fingerprint.matching import compare
from biometrics.fingerprint.minutiae import extract
from biometrics.fingerprint.segmentation import segment_preview, segment_slap
from biometrics.fingerprint.synthesis import ImpressionSettings, Person, SyntheticSlap, slap
from biometrics.positions import SLAP_FINGERS, FingerPosition, Impression
from devices.contract import CaptureRequest
from devices.simulated.scanner import Applicant, SimulatedScanner
from station.clock import ManualClock

RIGHT, LEFT, THUMBS = FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR, FingerPosition.TWO_THUMBS


@functools.cache
def made(
    position: FingerPosition, tilt: float = 0.0, missing: tuple[FingerPosition, ...] = (), spread: float = 1.0
) -> SyntheticSlap:
    settings = ImpressionSettings(rotation_deg=tilt)
    return slap(Person.from_seed(7), position, settings, seed=1, missing=missing, spread=spread)


def overlap(a: tuple, b: tuple) -> float:
    p, q = cv2.boxPoints(a).astype(np.float32), cv2.boxPoints(b).astype(np.float32)
    common, _ = cv2.intersectConvexConvex(p, q)
    return common / (cv2.contourArea(p) + cv2.contourArea(q) - common)


@pytest.mark.parametrize("position", [RIGHT, LEFT, THUMBS])
@pytest.mark.parametrize("tilt", [0.0, -25.0, 25.0])
def test_generated_slaps(position, tilt):
    truth = made(position, tilt)
    found = segment_slap(truth.image, position)
    assert found.error is None
    assert found.hand == position
    boxes = {f.position: f for f in found.fingers}
    assert set(boxes) == {f.position for f in truth.fingers}
    for finger in truth.fingers:
        o, f = finger.oriented, boxes[finger.position]
        assert overlap((o.centre, (o.width, o.height), o.angle_deg), (f.centre, (f.width, f.height), f.angle_deg)) > 0.5
        assert abs(f.angle_deg - o.angle_deg) < 15


@pytest.mark.parametrize("missing", [FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_RING, FingerPosition.RIGHT_LITTLE])
def test_a_declared_missing_finger_is_not_looked_for(missing):
    truth = made(RIGHT, 0.0, (missing,))
    found = segment_slap(truth.image, RIGHT, [missing])
    assert found.error is None
    assert {f.position for f in found.fingers} == set(SLAP_FINGERS[RIGHT]) - {missing}


def test_an_undeclared_missing_finger_is_an_error():
    assert segment_slap(made(RIGHT, 0.0, (FingerPosition.RIGHT_RING,)).image, RIGHT).error == "fingers-missing"


def test_the_wrong_hand_is_noticed():
    found = segment_slap(made(LEFT).image, RIGHT)
    assert found.hand == LEFT
    assert found.error == "wrong-hand"
    assert found.hand_confidence > 0.8


def test_the_crop_is_upright_and_holds_the_finger():
    truth = made(RIGHT, 25.0)
    for finger in segment_slap(truth.image, RIGHT).fingers:
        crop = finger.crop(truth.image)
        assert crop.dtype == np.uint8
        assert crop.shape[0] > crop.shape[1]
        assert crop[20:-20, 20:-20].mean() < truth.image.mean()


@pytest.mark.parametrize("position", [RIGHT, LEFT, THUMBS])
def test_live_pictures(position):
    image = made(position).image
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = segment_preview(small, 250, position)
    assert found.hand == position
    assert len(found.fingers) == len(SLAP_FINGERS[position])
    full = {f.position: f for f in segment_slap(image, position).fingers}
    for finger in found.fingers:
        assert np.hypot(*(np.array(finger.centre) * 2 - full[finger.position].centre)) < 90


@pytest.mark.parametrize("level", [0, 130, 255])
def test_an_empty_platen_has_no_finger(level):
    found = segment_slap(np.full((1500, 1600), level, np.uint8))
    assert (found.hand, found.fingers, found.error) == (None, (), "no-finger")


@pytest.mark.parametrize(
    ("image", "kwargs"),
    [
        (np.zeros((0, 0), np.uint8), {}),
        (np.zeros((100, 1600), np.uint8), {}),
        (np.zeros((1500, 1600, 3), np.uint8), {}),
        (np.zeros((1500, 1600), np.float32), {}),
        (np.zeros((6000, 6000), np.uint8), {}),
        (np.zeros((1500, 1600), np.uint8), {"ppi": 5}),
        (np.zeros((1500, 1600), np.uint8), {"expected": FingerPosition.LEFT_INDEX}),
    ],
)
def test_bad_input_is_named(image, kwargs):
    with pytest.raises(ImageError):
        segment_slap(image, **kwargs)


@pytest.mark.shared_data
def test_open_slaps(shared):
    """The peer's boxes, without a070, where one of its boxes is handwriting and all are named wrong."""
    with (shared / "slaps" / "nfseg_open.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if not row["file"].endswith("a070.png")]
    like = 0
    for path in sorted((shared / "fingerprints" / "slaps").glob("*.png")):
        wanted = [row for row in rows if Path(row["file"]).name == path.name]
        if not wanted:
            continue
        found = {int(f.position): f for f in segment_slap(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)).fingers}
        assert len(found) == len(wanted)
        for row in wanted:
            finger = found[{11: 1, 12: 6}.get(int(row["fgp"]), int(row["fgp"]))]
            x, y, w, h, turn = (float(row[k]) for k in ("cx", "cy", "w", "h", "theta_deg"))
            assert abs(finger.angle_deg + turn) <= 6  # the peer turns the other way
            like += overlap((finger.centre, (finger.width, finger.height), finger.angle_deg), ((x, y), (w, h), -turn)) >= 0.75
    # A little finger under printed boxes and a crease under a punch hole lie otherwise.
    assert like >= 20


def test_close_fingers_do_not_match_on_the_strip_that_both_cuts_hold():
    applicant = SimulatedScanner(Applicant(70_031), pacer=ManualClock())  # its index and middle finger lie close
    with applicant:
        request = CaptureRequest(RIGHT, Impression.LIVE_PLAIN)
        applicant.prepare(request)
        image = applicant.capture(request).images[0].pixels
    found = segment_slap(image, RIGHT)
    index, middle = found.fingers[:2]
    assert (index.position, middle.position) == (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)
    shared = compare(extract(index.crop(image)), extract(middle.crop(image)))
    assert shared.fmr < 1e-6, "the plain cuts hold the same ridges"
    alone = compare(extract(found.alone(index, image)), extract(found.alone(middle, image)))
    assert alone.fmr > 1e-2


def test_cutting_a_finger_out_alone_adds_nothing_and_changes_no_pixel_of_its_own():
    truth = made(RIGHT)
    found = segment_slap(truth.image, RIGHT)
    kept = truth.image.copy()
    for finger in found.fingers:
        plain, alone = finger.crop(truth.image), found.alone(finger, truth.image)
        assert plain.shape == alone.shape
        middle = tuple(slice(n // 4, 3 * n // 4) for n in plain.shape)
        assert (plain[middle] == alone[middle]).all()
    assert (truth.image == kept).all()
