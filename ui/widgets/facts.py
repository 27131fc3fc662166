"""Pairs of label and value in two columns; the label quiet, the value strong, both wrapping, nothing cut."""

from __future__ import annotations

from collections.abc import Sequence

from ui.qt import QGridLayout, QLabel, Qt, QWidget
from ui.widgets.chips import label

Pairs = Sequence[tuple[str, str]]


class Facts(QWidget):
    """A grid of facts; shown again in place, so that nothing jumps."""

    def __init__(self, *, right: bool = False) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        if right:
            self._grid.setColumnStretch(0, 1)
        self._align = Qt.AlignmentFlag.AlignTop | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def show_pairs(self, pairs: Pairs) -> None:
        """Show label → value."""
        while len(self._lines) < len(pairs):
            at = len(self._lines)
            name, value = label("", "quiet", wrap=True), label("", "value", wrap=True)
            value.setAlignment(self._align)
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(name, at, 0)
            self._grid.addWidget(value, at, 1)
            self._lines.append((name, value))
        for index, (name, value) in enumerate(self._lines):
            there = index < len(pairs)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(pairs[index][0])
                value.setText(pairs[index][1] or "—")

    def value(self, index: int) -> QLabel:
        """The label of one value."""
        return self._lines[index][1]

    def texts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [(n.text(), v.text()) for n, v in self._lines if not n.isHidden()]
