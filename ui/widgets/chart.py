"""One line over time. The plotting library is imported when the first chart is made, never before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui.qt import QVBoxLayout, QWidget
from ui.theme.style import Current
from ui.theme.tokens import State
from ui.widgets.chips import label


class Chart(QWidget):
    """A line with both axes named; colours of the theme."""

    def __init__(self, name: str) -> None:
        super().__init__()
        import pyqtgraph

        self._library: Any = pyqtgraph
        self._plot: Any = pyqtgraph.PlotWidget()
        self._plot.setMinimumHeight(160)
        self._plot.setMaximumHeight(230)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setAccessibleName(name)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._title = label("", "caption", wrap=True)
        column.addWidget(self._title)
        column.addWidget(self._plot)

    def draw(self, points: Sequence[tuple[float, float]], title: str) -> None:
        """Draw (x, y) points as a line from zero."""
        t, p = Current.theme, Current.theme.palette
        self._title.setText(title)
        self._plot.clear()
        self._plot.setBackground(p.surface)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.tickStrings = lambda values, scale, _: [f"{v * scale:g}".replace(".", ",") for v in values]
            axis.setTextPen(p.text2)
            axis.setPen(p.border)
            axis.setStyle(tickFont=t.font(t.scale.caption))
        pen = self._library.mkPen(t.colour(State.LIVE), width=2)
        self._plot.plot([x for x, _ in points], [y for _, y in points], pen=pen)
        self._plot.setYRange(0, max(1.0, 1.2 * max((y for _, y in points), default=1.0)))
        self.setAccessibleDescription(title)
