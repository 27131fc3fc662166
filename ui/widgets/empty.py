"""What stands where nothing is yet: what will be here, and what to do. A blank panel says neither."""

from __future__ import annotations

from collections.abc import Sequence

from ui.qt import QGridLayout, QLabel, Qt, QVBoxLayout, QWidget
from ui.widgets.chips import label


class Empty(QWidget):
    """A strong line and quiet lines below it, each with its dot; hidden as soon as there is something to show."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self._title = label("", "strong", wrap=True)
        column.addWidget(self._title)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        self.hide()

    def say(self, title: str, lines: Sequence[str] = ()) -> None:
        """Show the words; without any the panel is hidden."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        while len(self._lines) < len(lines):
            dot, words = label("•", "quiet"), label("", "quiet", wrap=True)
            self._grid.addWidget(dot, len(self._lines), 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(words, len(self._lines), 1)
            self._lines.append((dot, words))
        for index, (dot, words) in enumerate(self._lines):
            words.setText(lines[index] if index < len(lines) else "")
            words.setVisible(index < len(lines))
            dot.setVisible(len(lines) > 1 and index < len(lines))
        self.setAccessibleName(title or " ".join(lines))
        self.setVisible(bool(title or lines))

    def text(self) -> str:
        """What is shown, empty while hidden."""
        return "\n".join((self._title.text(), *(w.text() for _, w in self._lines if w.text()))) if not self.isHidden() else ""
