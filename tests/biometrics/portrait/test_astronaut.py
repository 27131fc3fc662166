"""A real photograph (NASA's `astronaut`, public domain, from scikit-image) under known changes; never stored here."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from biometrics.portrait import Component, assess

skimage_data = pytest.importorskip("skimage.data")


@pytest.fixture(scope="module")
def picture():
    photo = np.ascontiguousarray(skimage_data.astronaut()[:, :, ::-1])
    return cv2.copyMakeBorder(photo, 200, 200, 200, 200, cv2.BORDER_REPLICATE)


@pytest.fixture(scope="module")
def base(picture, kit):
    return assess(picture, kit=kit)


def warped(picture, matrix):
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("roll", [-30, -20, -8, 8, 20, 30])
def test_rotation(picture, base, kit, roll):
    turned = assess(warped(picture, cv2.getRotationMatrix2D((456, 456), -roll, 1)), kit=kit)
    assert turned.shape.eye_distance_px == pytest.approx(base.shape.eye_distance_px, rel=0.02)
    pose = turned.face.pose
    assert abs(pose.roll - base.face.pose.roll - roll) < 3
    assert abs(pose.yaw - base.face.pose.yaw) < 3
    assert abs(pose.pitch - base.face.pose.pitch) < 3


@pytest.mark.parametrize(("dx", "dy"), [(-150, 0), (37, -91), (3.5, 2.5)])
def test_shift(picture, base, kit, dx, dy):
    moved = assess(warped(picture, np.array([[1, 0, dx], [0, 1, dy]], float)), kit=kit)
    assert moved.shape.eye_middle == pytest.approx((base.shape.eye_middle[0] + dx, base.shape.eye_middle[1] + dy), abs=1.0)
    assert moved.shape.eye_distance_px == pytest.approx(base.shape.eye_distance_px, rel=0.02)


@pytest.mark.parametrize("scale", [0.7, 2.0])
def test_scale(picture, base, kit, scale):
    sized = assess(
        cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), kit=kit
    )
    assert sized.shape.eye_distance_px == pytest.approx(base.shape.eye_distance_px * scale, rel=0.02)


def value(quality, component):
    return next(c.value for c in quality.components if c.component is component)


def test_blur_and_exposure_are_monotone(picture, kit):
    sharp = [assess(cv2.GaussianBlur(picture, (0, 0), s), kit=kit) for s in (0.3, 1.0, 2.0, 4.0)]
    numbers = [q.measures["sharpness"] for q in sharp]
    assert numbers == sorted(numbers, reverse=True)
    scores = [value(q, Component.SHARPNESS) for q in sharp]
    assert scores == sorted(scores, reverse=True)
    dim = []
    for light in (1.0, 0.5, 0.2, 0.08):
        darker = np.clip((((picture / 255.0) ** 2.2) * light) ** (1 / 2.2) * 255, 0, 255).astype(np.uint8)
        dim.append(value(assess(darker, kit=kit), Component.LUMINANCE_MEAN))
    assert dim == sorted(dim, reverse=True)


def test_smile_is_seen(base):
    assert base.measures["mouth_opening"] > 0.045
    assert base.measures["eye_opening"] > 0.05
    assert base.measures["glasses"] < 0.3
