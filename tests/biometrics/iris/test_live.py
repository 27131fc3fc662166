"""Eyes in live pictures, against generated ones whose place is known; and whatever bytes come, no exception."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from biometrics.iris import EyeReason, find_eyes
from devices.simulated.eye import eye_picture

STANCES: dict[EyeReason | None, dict[str, float]] = {
    None: {}, EyeReason.CLOSER: {"scale": 0.6}, EyeReason.OPEN_WIDE: {"lids": 0.5}, EyeReason.REFLECTION: {"glasses": True},
    EyeReason.HOLD_STILL: {"blur": 3.0},
}  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 13))
def test_an_eye_is_found_where_it_was_drawn(seed: int) -> None:
    picture, (x, y), diameter = eye_picture(seed, 1 + seed % 2, seed)
    (found,) = find_eyes(picture)
    assert abs(found.x - x) <= 3
    assert abs(found.y - y) <= 3
    assert abs(2 * found.iris_px - diameter) <= 8


@pytest.mark.parametrize("wanted", list(STANCES))
@pytest.mark.parametrize("seed", [3, 8, 21])
def test_what_a_person_can_mend_is_the_first_reason(wanted: EyeReason | None, seed: int) -> None:
    picture, _, _ = eye_picture(seed, 1, **STANCES[wanted])
    (found,) = find_eyes(picture)
    assert found.reasons()[:1] == (() if wanted is None else (wanted,))


def test_two_eyes_side_by_side_keep_their_sides() -> None:
    right, left = eye_picture(5, 1), eye_picture(5, 2)
    both = find_eyes(np.hstack([right[0], np.full((480, 16), 255, np.uint8), left[0]]))
    assert [round(e.x / 640) for e in both] == [round(right[1][0] / 640), round((656 + left[1][0]) / 640)]
    assert both[0].x < 640 < both[1].x


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_has_no_eye(level: int) -> None:
    assert find_eyes(np.full((480, 640), level, np.uint8)) == ()


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.integers(1, 90), st.integers(1, 260)).flatmap(lambda shape: arrays(np.uint8, shape)))
def test_any_picture_gives_at_most_two_eyes_with_measures_in_their_range(picture: np.ndarray) -> None:
    found = find_eyes(picture)
    assert len(found) <= 2
    for eye in found:
        assert 0 <= eye.opening <= 1
        assert 0 <= eye.glare <= 1
        assert eye.iris_px > eye.pupil_px > 0
