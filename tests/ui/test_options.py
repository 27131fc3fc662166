"""Ways to choose from, and letters beside each other, in a panel that is narrower than their words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ui.main import application
from ui.qt import QApplication, QEvent, QImage, QMouseEvent, QPointF, Qt
from ui.theme.style import Current
from ui.widgets.letters import Letters
from ui.widgets.options import Option, OptionList

WAYS = (Option("a", "Sửa cơ sở dữ liệu theo giấy tờ gốc của công dân", "Register follows the paper"), Option("b", "Chưa rõ"))


@pytest.fixture
def ways() -> Iterator[OptionList]:
    application()
    made = OptionList()
    made.show_options(WAYS)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_narrow_ways_become_higher(ways: OptionList) -> None:
    ways.resize(700, ways.height())
    QApplication.processEvents()
    wide = ways.height()
    ways.resize(220, ways.height())
    QApplication.processEvents()
    assert ways.height() > wide
    assert ways.chosen_box.height() > 3 * Current.theme.scale.body
    assert ways.chosen_box.bottom() < ways.height()


def test_digit_and_touch_choose_where_the_frame_is(ways: OptionList) -> None:
    ways.resize(220, ways.height())
    QApplication.processEvents()
    first = ways.chosen_box
    assert ways.choose(2)
    assert ways.chosen == "b"
    assert ways.chosen_box.top() > first.bottom()
    assert not ways.choose(3)
    left = Qt.MouseButton.LeftButton
    for place, code in ((first.center(), "a"), (QPointF(first.center().x(), ways.height() - 12), "b")):
        event = QMouseEvent(QEvent.Type.MouseButtonPress, place, place, left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(ways, event)
        assert ways.chosen == code


def test_no_letter_is_cut_in_a_narrow_place() -> None:
    application()
    letters = Letters()
    letters.show_text("NGUYỄN", ((4, 5),))
    letters.resize(120, letters.sizeHint().height())
    picture = QImage(letters.size(), QImage.Format.Format_RGB32)
    letters.render(picture)

    def colours(x: int) -> int:
        return len({picture.pixel(x, y) for y in range(picture.height())})

    assert colours(119) == 1  # the last box ends before the rim
    assert colours(112) > 1
    letters.deleteLater()
