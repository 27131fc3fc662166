"""A field with a list below it: what is typed stays as typed, a value of the list is taken with the arrows and Enter, or not at all.

No completer: nothing is written into the field while a word is being composed (Telex, VNI). The list is asked for after a short pause.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from station.vietnam.lookup import Suggestion
from ui.qt import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QLineEdit,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRectF,
    QSize,
    Qt,
    QTimer,
    QWidget,
    Signal,
)
from ui.theme.style import Current

PAUSE_MS = 120
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class PickList(QWidget):
    """Painted over the page, below its field; never takes the focus. `taken(index)` by touch."""

    taken = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Suggestion, ...] = ()
        self.at = -1
        self.owner: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_rows(self, rows: Sequence[Suggestion], below: QWidget, at: int) -> None:
        """Show rows below a field (above it where there is no room)."""
        self.rows, self.at, self.owner = tuple(rows), at, below
        page = self.parentWidget()
        if not rows or page is None:
            self.hide()
            return
        size = self.sizeHint()
        wide = max(below.width(), min(size.width(), page.width() - 8))
        corner = below.mapTo(page, below.rect().bottomLeft())
        left = max(0, min(corner.x(), page.width() - wide))
        top = corner.y() + 3
        if top + size.height() > page.height():
            top = max(0, corner.y() - below.height() - size.height() - 3)
        self.setGeometry(left, top, wide, size.height())
        self.setAccessibleName(self.rows[at].shown if 0 <= at < len(self.rows) else f"{len(self.rows)}")
        self.raise_()
        self.show()
        self.update()

    def _high(self) -> int:
        return round(Current.theme.scale.body * 2.1)

    def sizeHint(self) -> QSize:
        """A row each."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(f"{r.shown}  {r.note}") for r in self.rows), default=100)
        return QSize(round(widest * 1.25) + 40, len(self.rows) * self._high() + 4)

    def go(self, step: int) -> None:
        """Choose the next or the previous row."""
        if self.rows:
            self.at = (self.at + step) % len(self.rows) if self.at >= 0 or step > 0 else len(self.rows) - 1
            self.setAccessibleName(self.rows[self.at].shown)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch takes."""
        index = int((event.position().y() - 2) // self._high())
        if 0 <= index < len(self.rows):
            self.taken.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows."""
        _ = event
        theme, p = Current.theme, Current.theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(p.control), 1.5))
        painter.setBrush(QColor(p.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        high = self._high()
        for index, row in enumerate(self.rows):
            box = QRectF(2, 2 + index * high, self.width() - 4, high)
            if index == self.at:
                painter.fillRect(box, QColor(p.accent_soft))
                painter.fillRect(QRectF(box.left(), box.top(), 4, box.height()), QColor(p.accent))
            painter.setPen(QColor(p.text))
            painter.setFont(theme.font(theme.scale.body, 600 if index == self.at else 400))
            painter.drawText(box.adjusted(12, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter, row.shown)
            painter.setPen(QColor(p.text2))
            painter.setFont(theme.font(theme.scale.caption))
            painter.drawText(box.adjusted(12, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.note)


class PickEdit(QLineEdit):
    """A field that asks `wanted(text)` for its list and shows it in `list`. `strict`: only values of the list are stored, so that the best one
    is chosen at once; otherwise nothing is chosen until an arrow is pressed."""

    wanted = Signal(str)

    def __init__(self, make_list: Callable[[], PickList], *, strict: bool) -> None:
        super().__init__()
        self._make_list, self.strict = make_list, strict
        self._list: PickList | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(lambda: self.wanted.emit(self.text()))
        self.textEdited.connect(lambda _: self._pause.start(PAUSE_MS))

    @property
    def open(self) -> bool:
        """Whether the list is shown for this field."""
        return self._list is not None and self._list.owner is self and self._list.isVisible()

    def offer(self, text: str, rows: Sequence[Suggestion]) -> None:
        """Show what may be meant by `text`, unless something else stands here now."""
        if text != self.text() or not self.hasFocus():
            return
        if len(rows) == 1 and rows[0].text == text:
            rows = ()
        if self._list is None:
            self._list = self._make_list()
            self._list.taken.connect(self._touched)
        self._list.show_rows(rows, self, 0 if self.strict and text.strip() else -1)

    def shut(self) -> None:
        """Take the list away; what was typed stays."""
        self._pause.stop()
        if self._list is not None and self._list.owner is self:
            self._list.hide()

    def _touched(self, index: int) -> None:
        if self.open:
            self._take(index)

    def _take(self, index: int) -> None:
        if self._list is not None and 0 <= index < len(self._list.rows):
            self.setText(self._list.rows[index].text)
            self.setModified(True)
        self.shut()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Enter takes what is chosen and goes on as in every field."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            if self.open and self._list is not None:
                self._list.go(step)
            elif step > 0:
                self.wanted.emit(self.text())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.open and self._list is not None:
            self._take(self._list.at)
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The list goes with the focus."""
        self.shut()
        super().focusOutEvent(event)
