"""What was seen wrong on pictures and can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from ui.qt import QApplication, QColor, QImage, QLabel, QLineEdit, QPainter, QRectF
from ui.theme.pictograms import PICTOGRAMS, paint_pictogram
from ui.theme.style import Current, make_theme, style_sheet
from ui.theme.tokens import LIGHT, State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.cells import Chip
from ui.widgets.inputs import mark_wrong
from ui.widgets.live_view import paint_watermark

if TYPE_CHECKING:
    from ui.screens.base import Screen

pytestmark = pytest.mark.usefixtures("qapp")


def test_the_demo_mark_stands_on_a_light_patch_over_dark_clothes() -> None:
    picture = QImage(400, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor("#402020"))
    painter = QPainter(picture)
    paint_watermark(painter, QRectF(0, 0, 400, 200), "DEMO · dữ liệu giả", 52.0)
    painter.end()
    light = [x for x in range(400) if QColor(picture.pixel(x, 178)).lightness() > 150]
    assert len(light) > 60, "dark words on dark cloth are not read"


def test_a_button_without_a_key_has_no_empty_key() -> None:
    with_key, without = (ActionButton(Action("a", "Gửi", "", key, lambda: None)) for key in ("F3", ""))
    assert without.sizeHint().width() < with_key.sizeHint().width() - 14
    for button in (with_key, without):
        button.deleteLater()


def test_a_chip_that_just_fits_is_one_line_high() -> None:
    chip = Chip(State.RETRY, "Đã niêm phong", "lock")
    own = chip.size(0)
    assert chip.size(own.width() - 3).height() == own.height(), "painted in one line, so measured as one line"


def test_a_field_at_fault_has_the_blocked_ground_until_it_is_right() -> None:
    edit = QLineEdit("31/02/1987")
    # Its own style sheet: the application's would be worked out for every window of earlier tests.
    edit.setStyleSheet(style_sheet(make_theme()))
    edit.resize(200, 36)

    def ground() -> str:
        return QColor(edit.grab().toImage().pixel(190, 18)).name().upper()

    mark_wrong(edit, True)
    assert ground() == LIGHT.states[State.BLOCKED].ground.upper()
    mark_wrong(edit, False)
    assert ground() == LIGHT.surface.upper()
    edit.deleteLater()


def test_a_large_pictogram_has_a_stronger_pen_and_stays_in_its_box() -> None:
    for name in PICTOGRAMS:
        picture = QImage(140, 140, QImage.Format.Format_RGB32)
        picture.fill(QColor("#FFFFFF"))
        painter = QPainter(picture)
        paint_pictogram(painter, name, QRectF(20, 20, 100, 100), QColor("#000000"))
        painter.end()
        dark = [(x, y) for x in range(140) for y in range(0, 140, 3) if QColor(picture.pixel(x, y)).lightness() < 100]
        assert dark, name
        assert all(12 <= v <= 128 for point in dark for v in point), name
    assert Current.theme is not None


def test_the_instruction_of_a_home_visit_has_the_width_beside_its_sign(qapp: QApplication) -> None:
    """No step is named while a home is chosen; the words were squeezed into a column as wide as their icon."""
    from ui.screens.home_panel import HomePanel
    from ui.texts import Texts
    from ui.widgets.live_view import LiveView

    class Page:
        texts = Texts("vi")

        class shell:
            demo = False

    panel = HomePanel(cast("Screen", Page()))  # all that the panel asks of its page while it is made
    panel.resize(900, 400)
    panel.name_step("")
    panel.say(State.IDLE, "Chọn nhà bên trái rồi bấm F12", "Người không có trong danh sách: F2")
    panel.show()
    qapp.processEvents()
    main = next(w for w in panel.findChildren(QLabel) if w.text() == panel.text())
    assert next(iter(panel.findChildren(LiveView))).isHidden()
    assert main.width() > 600
    panel.close()
    panel.deleteLater()
