"""Which hand it is, from the finger ends alone."""

from __future__ import annotations

import pytest

from biometrics.fingerprint.segmentation.hand import read_four
from biometrics.fingerprint.segmentation.tips import Tip
from biometrics.positions import FingerPosition

FOURS = (FingerPosition.RIGHT_FOUR, FingerPosition.LEFT_FOUR)
# Ends as found on two generated slaps (people 5057 and 5067 of `./run bench slaps`) turned by 23 and 25 degrees, second phalanges on the
# glass: (x, y, angle, half width, score), cells.
TURNED_RIGHT = (
    (94.3, 57.6, 50, 6.0, 0.77), (42.3, 74.6, 50, 6.0, 0.76), (76.0, 25.8, -20, 7.6, 0.76), (36.2, 26.3, 8, 7.6, 0.7),
    (57.1, 23.0, 0, 9.6, 0.7), (74.3, 58.6, 50, 6.0, 0.69), (12.4, 42.5, -30, 9.6, 0.68), (89.6, 39.1, 31, 6.0, 0.52),
)  # fmt: skip
TURNED_LEFT = (
    (24.7, 57.6, -50, 6.0, 0.78), (24.4, 25.4, 10, 7.6, 0.75), (84.1, 42.8, 34, 9.6, 0.68), (43.8, 22.0, -1, 9.6, 0.67),
    (62.4, 26.7, -18, 7.6, 0.65), (52.7, 73.6, -50, 6.0, 0.57), (39.3, 64.4, -50, 7.6, 0.54), (12.7, 40.6, -50, 6.0, 0.53),
)  # fmt: skip
UPRIGHT_RIGHT = ((20.0, 34.5, -5, 8.0, 0.9), (42.5, 30.0, -1, 8.5, 0.9), (65.5, 33.5, 2, 8.0, 0.9), (87.0, 44.5, 8, 7.0, 0.9))


@pytest.mark.parametrize("ends", [TURNED_RIGHT, TURNED_LEFT])
def test_a_turned_hand_that_looks_like_the_other_is_doubted(ends: tuple[tuple[float, ...], ...]) -> None:
    likelier = read_four([Tip(*end) for end in ends], frozenset(), FOURS)[0]
    assert likelier.confidence < 0.9


def test_an_upright_hand_is_told() -> None:
    likelier = read_four([Tip(*end) for end in UPRIGHT_RIGHT], frozenset(), FOURS)[0]
    assert likelier.slap == FingerPosition.RIGHT_FOUR
    assert likelier.confidence > 0.75
