"""The order of captures as a list: number, words, state."""

from __future__ import annotations

from station.views.fingers import FingersView, StepRow
from ui.qt import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateIcon, label


def step_words(texts: Texts, row: StepRow) -> str:
    """Return the words of one capture."""
    step = row.step
    if not step.fingers:
        return texts("ui.step.face")
    if int(step.position) >= 13:
        return texts(f"ui.step.{int(step.position)}")
    kind = "rolled" if int(step.impression) in {1, 3} else "plain"
    return texts(f"ui.step.{kind}", finger=texts(f"ui.finger.{int(step.position)}").lower())


class StepList(QScrollArea):
    """All captures, the present one marked."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setWidgetResizable(True)
        self.setFixedWidth(232)
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(4)
        self.setWidget(self._body)
        self._rows: list[tuple[StateIcon, QLabel, QLabel]] = []

    def show_view(self, view: FingersView) -> None:
        """Show the order as it stands."""
        if len(self._rows) != len(view.rows):
            self._build(len(view.rows))
        for (icon, words, score), row in zip(self._rows, view.rows, strict=True):
            icon.set_state(State(row.state))
            words.setText(f"{row.number}  {step_words(self._texts, row)}")
            words.setObjectName("strong" if row.step is view.current else "")
            words.style().polish(words)
            score.setText(f"{row.score:.0f}" if row.score is not None else "")

    def _build(self, count: int) -> None:
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._rows = []
        for _ in range(count):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(2, 3, 2, 3)
            icon, words, score = StateIcon(State.IDLE, 18), label("", wrap=True), label("", "caption")
            row.addWidget(icon)
            row.addWidget(words, 1)
            row.addWidget(score)
            self._column.addWidget(line)
            self._rows.append((icon, words, score))
        self._column.addStretch(1)
