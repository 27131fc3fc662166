"""The fast blur of a two-level image is OpenCV's own blur, to the last bit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometrics.fingerprint.quality.twolevel import blur_two_levels


@pytest.mark.parametrize("shape", [(374, 388), (60, 500), (40, 40), (3, 50), (1, 1)])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_equal_to_opencv(shape, share):
    image = (np.random.default_rng(7).random(shape) < share).astype(np.uint8) * 255
    assert np.array_equal(blur_two_levels(image), cv2.GaussianBlur(image, (91, 91), 0))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 160), st.integers(1, 160), st.integers(0, 2**32 - 1))
def test_equal_to_opencv_on_blobs(height, width, seed):
    noise = np.random.default_rng(seed).random((height, width), np.float32)
    image = (cv2.GaussianBlur(noise, (0, 0), 6) > 0.5).astype(np.uint8) * 255
    assert np.array_equal(blur_two_levels(image), cv2.GaussianBlur(image, (91, 91), 0))
