"""S11, F4: the purge list beside the packages; what goes, what stays and why, and the days left."""

from __future__ import annotations

from station.views.keeping import KeepingRow, KeepingView
from ui.qt import QFrame, QVBoxLayout
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import Banner, label
from ui.widgets.rows import Row, RowList


class KeepingPanel(QFrame):
    """The list and what is true of all of it."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(400)
        self._texts = texts
        self.view: KeepingView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 10, 1, 8)
        title = label(texts("ui.keep.title"), "strong", wrap=True)
        title.setContentsMargins(14, 0, 14, 0)
        column.addWidget(title)
        self._main = Banner(small=True)
        column.addWidget(self._main)
        self.rows = RowList(texts("ui.keep.title"))
        column.addWidget(self.rows, 1)

    def show_view(self, view: KeepingView) -> None:
        """Show it; what stays past an alarm stands first."""
        self.view = view
        self._main.say(State(view.tone.value), self._texts.of(view.main), self._texts.of(view.told))
        self.rows.show_rows([self._row(r) for r in view.rows])

    def _row(self, row: KeepingRow) -> Row:
        who = f"{row.person.upper()} · {row.number}" if row.person else row.number
        why = ". ".join(self._texts.of(words) for words in row.why)
        return Row(self._texts.of(row.when), (who, f"{row.captured:%d/%m/%Y}"), State(row.tone.value), why)
