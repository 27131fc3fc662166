"""The order of captures at the left of S4: the finger's name is never cut for the sake of a state word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.main import application
from ui.texts import Texts
from ui.theme.style import Current, Theme, make_theme
from ui.widgets.steps import row_words

SLAPS = ("ui.step.short.13", "ui.step.short.14", "ui.step.short.15")


@pytest.fixture(params=[False, True])
def theme(request: pytest.FixtureRequest) -> Iterator[Theme]:
    application()
    before = Current.theme
    Current.theme = make_theme(large=bool(request.param))
    yield Current.theme
    Current.theme = before


@pytest.mark.parametrize("setting", ["vi", "en"])
def test_the_present_capture_is_named_whole(theme: Theme, setting: str) -> None:
    texts = Texts(setting)
    live, wide = texts("ui.state.live"), 250.0 if theme.large else 200.0
    for code in SLAPS:
        right, words = row_words(texts(code), live, theme.font(theme.scale.body, 700), wide, spare=live)
        assert words == texts(code)
        assert right in {live, ""}


def test_a_word_that_says_more_than_the_mark_stays() -> None:
    application()
    own = Current.theme.font(Current.theme.scale.body, 700)
    assert row_words("Bốn ngón tay phải đặt phẳng", "Ngoại lệ", own, 212, spare="Đang lấy")[0] == "Ngoại lệ"
