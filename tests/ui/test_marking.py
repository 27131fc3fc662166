"""S16: the camera's colour chart marked by keys and by the mouse, on the very picture, until the run goes on."""

from __future__ import annotations

from pathlib import Path

from tests.ui.driver import Clerk
from ui.qt import QApplication, QEvent, QKeyEvent, QMouseEvent, QPointF, Qt
from ui.screens.calibration import CalibrationScreen
from ui.screens.devices import DevicesScreen
from ui.widgets.mark_pane import FINE_PX, STEP_PX


def _press(clerk: Clerk, code: Qt.Key, *, fine: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if fine else Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(clerk.shell.focusWidget(), QKeyEvent(kind, code, modifier))


def _move(clerk: Clerk, page: CalibrationScreen, x: int, y: int) -> None:
    """To a pixel by arrow keys alone: far steps, then fine ones."""
    pane = page.marking
    for axis, (back, on), goal in ((0, (Qt.Key.Key_Left, Qt.Key.Key_Right), x), (1, (Qt.Key.Key_Up, Qt.Key.Key_Down), y)):
        while abs(goal - pane.cross[axis]) >= STEP_PX:
            _press(clerk, on if goal > pane.cross[axis] else back)
        while goal != pane.cross[axis]:
            _press(clerk, on if goal > pane.cross[axis] else back, fine=True)
    assert FINE_PX == 1


def test_the_colour_charts_corners_are_marked_by_keys_and_mouse(qapp: object, tmp_path: Path) -> None:
    clerk = Clerk(tmp_path / "demo")
    try:
        _mark(clerk)
    finally:
        clerk.close()


def _mark(clerk: Clerk) -> None:
    clerk.shell.go("devices")
    clerk.until(lambda: not clerk.shell.jobs.pending)
    room = clerk.shell.page
    assert isinstance(room, DevicesScreen)
    room.rows.setCurrentRow(next(i for i, r in enumerate(room.view.rows) if r.kind.code == "device.kind.camera"))
    clerk.until(lambda: not clerk.shell.jobs.pending)
    clerk.key("F12")
    clerk.until(lambda: clerk.page == "CalibrationScreen" and clerk.shell.page.view is not None)
    page = clerk.shell.page
    assert isinstance(page, CalibrationScreen)
    for _ in range(30):
        if page.view is not None and page.view.target.mark:
            break
        clerk.key("F12")
        clerk.until(lambda: not page.working and not clerk.shell.jobs.pending)
    desk = page.desk
    assert desk is not None
    clerk.until(lambda: page.marking.isVisible())
    assert clerk.shell.focusWidget() is page.marking
    clerk.key("F12")  # nothing is marked: nothing happens
    assert desk.run.needs_marks
    wanted = [tuple(round(v) for v in c) for c in desk._device.target_corners(desk.run.face.id)]
    for x, y in wanted[:3]:
        _move(clerk, page, x, y)
        _press(clerk, Qt.Key.Key_Return)
    _press(clerk, Qt.Key.Key_Backspace)  # the third is taken back and set anew
    assert len(page.marking.corners) == 2
    _press(clerk, Qt.Key.Key_Return)
    box, scale = page.marking._place()
    x, y = wanted[3]
    at = QPointF(box.left() + (x + 0.5) * scale, box.top() + (y + 0.5) * scale)
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, page.marking.mapToGlobal(at), Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    clerk.shoot("s16-marking")
    QApplication.sendEvent(page.marking, press)
    assert page.marking.complete
    clerk.key("F12")
    clerk.until(lambda: not page.working and not clerk.shell.jobs.pending)
    assert not desk.run.needs_marks
    assert [tuple(map(round, c)) for c in desk.run.marks["colour"]][:3] == wanted[:3]
    assert not page.marking.isVisible()
