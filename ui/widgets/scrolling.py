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
        self.column.setContentsMargins(0, 0, 4, 0)
        self.setWidget(body)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reachable by Tab only while there is something to scroll."""
        super().resizeEvent(event)
        over = self.verticalScrollBar().maximum() > 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if over else Qt.FocusPolicy.NoFocus)
