"""S18's group "Phím": what each key does, its default, who changed it and when; what is asked or said stands above the table."""

from __future__ import annotations

from station.desks.key_change import KeyChange
from station.views.bindings import BindingRow
from ui.qt import QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.cells import Chip
from ui.widgets.chips import Banner, StateChip, label
from ui.widgets.tables import Cell, Table


class KeysPanel(QWidget):
    """Shows a `KeyChange`; the chosen row of `table` is the action that is meant."""

    def __init__(self, texts: Texts, change: KeyChange, *, allowed: bool) -> None:
        super().__init__()
        self._texts, self._change, self.allowed = texts, change, allowed
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(texts("group.bindings"), "strong"))
        column.addWidget(label(texts("ui.bindings.how"), "quiet", wrap=True))
        self._always = label(texts("ui.bindings.always"), "caption", wrap=True)
        column.addWidget(self._always)
        if not allowed:
            column.addWidget(StateChip(State.IDLE, texts("ui.settings.not-yours")))
        self.banner = Banner(small=True)
        column.addWidget(self.banner)
        heads = [texts(f"ui.bindings.{name}") for name in ("does", "key", "default", "changed")]
        self.table = Table(heads, (320, 190, 110, 220), texts("group.bindings"), stretch=(0, 3))
        self.table.setMinimumHeight(200)
        column.addWidget(self.table, 1)
        self.show_change()

    def show_change(self) -> None:
        """Show the present state of the change."""
        view, texts = self._change.view(), self._texts
        self.banner.setVisible(view.said is not None)
        self._always.setHidden(view.said is not None)  # the rows need the room
        if view.said is not None:
            more = view.more or view.said
            second = texts.of(more) if view.more is not None else texts.second_of(more)
            self.banner.say(State(view.tone.value), texts.of(view.said), second)
        self.table.show_rows([r.action for r in view.rows], [(r, view.asking == r.action) for r in view.rows],
                             lambda i: self._cells(view.rows[i], asked=view.asking == view.rows[i].action))  # fmt: skip

    def _cells(self, row: BindingRow, *, asked: bool) -> list[Cell]:
        texts = self._texts
        key: Cell = (row.key or texts("ui.bindings.none"), True)
        if asked:
            key = Chip(State.LIVE, "…")
        elif row.unsaved:
            key = Chip(State.RETRY, f"{row.key or texts('ui.bindings.none')} · {texts('ui.bindings.unsaved').lower()}")
        who = f"{row.changed_by}, {row.changed_at}" if row.changed_by else "—"
        return [(texts.of(row.does), False), key, row.default or "—", who]
