"""A column that scrolls when the window is too low for it (large type, small windows): nothing is squeezed, nothing is cut."""

from __future__ import annotations

from ui.qt import QFrame, QResizeEvent, QScrollArea, QSizePolicy, Qt, QVBoxLayout, QWidget


class Scrolling(QScrollArea):
    """`column` is the layout to fill; its width follows the area's."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        body = QWidget()
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setWidget(body)
        self.verticalScrollBar().rangeChanged.connect(self._ranged)

    def _ranged(self, least: int, most: int) -> None:
        """A gap before the bar while there is one; without it the column ends where everything else on the page ends."""
        gap = 4 if most > least else 0
        if self.column.contentsMargins().right() != gap:
            self.column.setContentsMargins(0, 0, gap, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reachable by Tab only while there is something to scroll."""
        super().resizeEvent(event)
        over = self.verticalScrollBar().maximum() > 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if over else Qt.FocusPolicy.NoFocus)
