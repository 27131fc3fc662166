"""S7: what must be done before the seal, each line with its state."""

from __future__ import annotations

from collections.abc import Mapping

from station.views.base import Words
from ui.qt import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import StateIcon, label

CHECKS = ("captures", "papers", "lines", "applicant", "operator", "old-card", "sealed")


class SealChecks(QWidget):
    """The list; the lines of papers and of the old card stand only where this dossier has such a thing."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._rows: dict[str, tuple[StateIcon, QLabel, QWidget]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for name in CHECKS:
            holder = QWidget()
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            icon, words = StateIcon(State.IDLE, 18), label("", wrap=True)
            line.addWidget(icon)
            line.addWidget(words, 1)
            column.addWidget(holder)
            self._rows[name] = (icon, words, holder)
            holder.setHidden(name in {"papers", "old-card"})

    def show_facts(self, facts: Mapping[str, bool], *, papers: bool, old_card: Words | None, wrong: bool) -> None:
        """Show which are done. `papers`: whether any is ordered; `old_card`: what became of it, None where there is none;
        `wrong`: the applicant calls a line wrong."""
        self._rows["papers"][2].setVisible(papers)
        self._rows["old-card"][2].setVisible(old_card is not None)
        said = {"old-card": old_card or Words("old-card-open")}
        for name, (icon, words, _) in self._rows.items():
            icon.set_state(State.GOOD if facts[name] else State.IDLE)
            words.setText(self._texts.of(said.get(name, Words(f"ui.check.{name}"))))
        if wrong:
            self._rows["lines"][0].set_state(State.BLOCKED)

    def said(self, name: str) -> str:
        """Return what a line says, "" while it is not there."""
        _, words, holder = self._rows[name]
        return "" if holder.isHidden() else words.text()
