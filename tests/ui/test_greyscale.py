"""Without colour each state can still be named: pictures of the running window's marks, in grey, as a copier or a colour-blind eye has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from ui.main import application
from ui.qt import QColor, QImage, QPainter, QRectF
from ui.theme.icons import paint_state
from ui.theme.style import Current, make_theme
from ui.theme.tokens import State
from ui.widgets.chips import StateChip

Grey = npt.NDArray[np.float64]
SMALLEST = 11
"""The evidence strip's flags; every other mark is larger."""
MOST_ALIKE = 0.62
"""Share of the ink that two marks may have in common. The ring and the ring with a dot are the closest two."""


@pytest.fixture(params=["light", "dark"], autouse=True)
def theme(request: pytest.FixtureRequest) -> Iterator[None]:
    application()
    before = Current.theme
    Current.theme = make_theme(dark=request.param == "dark")
    yield
    Current.theme = before


def grey(picture: QImage) -> Grey:
    """A picture without its colours; luminance 0 to 255, shape (high, wide)."""
    flat = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : flat.width()].astype(np.float64)


def mark(state: State, size: int) -> Grey:
    """The mark of a state on its own ground."""
    pair = Current.theme.palette.states[state]
    image = QImage(size + 4, size + 4, QImage.Format.Format_RGB32)
    image.fill(QColor(pair.ground))
    painter = QPainter(image)
    paint_state(painter, state, QRectF(2, 2, size, size), QColor(pair.colour))
    painter.end()
    return grey(image)


def inked(picture: Grey) -> Grey:
    """How much ink each pixel has, 0 to 1; the corner is ground."""
    away = np.abs(picture - picture[0, 0])
    return away / max(1.0, float(away.max()))


def alike(one: Grey, other: Grey) -> float:
    """Shared ink over all ink, the best of the places one pixel around."""
    moved = [np.roll(other, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return max(float(np.minimum(one, m).sum() / np.maximum(one, m).sum()) for m in moved)


@pytest.mark.parametrize("size", [SMALLEST, 15, 18])
def test_the_marks_have_six_shapes(size: int) -> None:
    marks = {state: inked(mark(state, size)) for state in State}
    twins = {f"{a.value} and {b.value}": round(alike(marks[a], marks[b]), 2) for a, b in combinations(State, 2)
             if alike(marks[a], marks[b]) > MOST_ALIKE}  # fmt: skip
    assert twins == {}


def test_a_chip_says_its_state_in_a_word_that_stands_out_in_grey() -> None:
    for state in State:
        chip = StateChip(state, "Đạt")
        chip.resize(chip.sizeHint())
        drawn = grey(chip.grab().toImage())
        inner = drawn[4:-4, 4:-4]
        assert float(np.percentile(inner, 99) - np.percentile(inner, 1)) > 70, state
