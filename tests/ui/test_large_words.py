"""Words that widgets paint themselves, in large type: none goes over an edge, none hides another. `test_legible` measures labels only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from station.views.strip import STAGES
from ui.frame.strip import Stepper
from ui.frame.top_bar import OpenDossiers
from ui.main import application
from ui.qt import QImage, QPainter, QRectF, QWidget
from ui.texts import Texts
from ui.theme.style import Current, advance, make_theme
from ui.theme.tokens import State
from ui.widgets.cells import Chip
from ui.widgets.chain import Chain, Link
from ui.widgets.live_view import LiveView, Mark


@pytest.fixture(autouse=True)
def large() -> Iterator[None]:
    application()
    before = Current.theme
    Current.theme = make_theme(large=True)
    yield
    Current.theme = before


def picture(widget: QWidget, wide: int, high: int) -> QImage:
    widget.resize(wide, high)
    drawn = QImage(wide, high, QImage.Format.Format_RGB32)
    drawn.fill(0xFFFFFFFF)
    widget.render(drawn)
    return drawn


def inked(drawn: QImage, columns: range, rows: range) -> bool:
    return len({drawn.pixel(x, y) for x in columns for y in rows}) > 1


def test_the_word_of_the_last_stage_ends_before_the_edge() -> None:
    stepper = Stepper(Texts("vi"))
    stages = tuple(s for s in STAGES if s != "iris")
    stepper.show_stage(stages[-1], frozenset(), stages)
    wide = stepper.sizeHint().width()
    drawn = picture(stepper, wide, 64)
    assert advance(Texts("vi")(f"ui.stage.{stages[-1]}"), Current.theme.scale.caption, 700) > wide / len(stages), "a wide word"
    assert inked(drawn, range(wide - 12, wide - 1), range(36, 58))
    assert not inked(drawn, range(wide - 1, wide), range(36, 58)), "a letter is cut"


def test_who_and_when_take_a_second_row_where_the_place_is_narrow() -> None:
    chain = Chain()
    note = "Hồ Thị Bích Vân 00:35 29/11/2026"
    chain.show_links([Link("Tìm thấy", note, State.GOOD), Link("Giao việc", "chưa tới", State.IDLE)])
    wide = chain.sizeHint().width()
    chain.resize(wide, 400)
    single = chain.sizeHint().height()
    chain.resize(wide - 20, 400)
    assert chain.sizeHint().height() > single
    assert chain.minimumSizeHint().width() <= wide - 20
    drawn = picture(chain, wide - 20, chain.sizeHint().height())
    assert not inked(drawn, range(wide - 21, wide - 20), range(single)), "a letter is cut"


def test_a_chip_in_a_narrow_column_has_a_line_for_each_of_its_words() -> None:
    words = "Cùng nơi, tên đơn vị trước sáp nhập"
    whole = Chip(State.GOOD, words).size(0)
    for wide in (whole.width() // 2, whole.width() // 3):
        chip = Chip(State.GOOD, words)
        size = chip.size(wide)
        drawn = QImage(wide, size.height(), QImage.Format.Format_RGB32)
        drawn.fill(Current.theme.palette.states[State.GOOD].ground)
        painter = QPainter(drawn)
        chip.paint(painter, QRectF(0, 0, wide, size.height()))
        painter.end()
        assert not inked(drawn, range(wide), range(6)), "a line is cut above"
        assert not inked(drawn, range(wide), range(size.height() - 6, size.height())), "a line is cut below"


def test_flags_at_the_upper_edge_stand_beside_each_other() -> None:
    view = LiveView()
    view.resize(1000, 180)
    canvas = QImage(1000, 180, QImage.Format.Format_RGB32)
    taken: list[QRectF] = []
    painter = QPainter(canvas)
    for left, top in ((520, 30), (300, 20)):
        outline = ((left, top), (left + 150.0, top), (left + 150.0, top + 90.0), (float(left), top + 90.0))
        view._flag(painter, Mark(outline, State.RETRY, "Mắt: Lại gần máy hơn"), QRectF(0, 0, 1000, 180), 1.0, taken)
    painter.end()
    assert len(taken) == 2
    assert not taken[0].intersects(taken[1]), "one hides the other's letters"
    assert taken[1].left() >= 0


def test_the_numbers_of_the_open_dossiers_stay_whole_where_a_signal_is_named_beside_them() -> None:
    tabs = OpenDossiers()
    tabs.show_tabs([(t, "Tra cứu", t == "101") for t in ("50001", "90003", "90004", "101")])
    full = tabs.sizeHint().width()
    needed = full - 4 * (advance("Tra cứu", 12) + 8)
    for wide in (full, full - 60, needed + 6):
        drawn = picture(tabs, wide, 44)
        assert not inked(drawn, range(wide - 1, wide), range(44)), f"the last tab is cut at {wide}"
