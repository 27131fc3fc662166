"""Cloning thirty kits: which file, what differs between it and this kit, what applying it would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from station.cloning import Change, Difference
from ui.qt import QFrame, QVBoxLayout
from ui.texts import Texts
from ui.theme.tokens import State
from ui.widgets.chips import Banner, label
from ui.widgets.entry import Entry
from ui.widgets.rows import Row, RowList
from ui.widgets.setting_row import shown_value

FILE_NAME = "station-settings.toml"
STATES = {Change.CHANGES: State.RETRY, Change.LEGAL: State.EXCEPTION, Change.OWN: State.IDLE}


class ClonePanel(QFrame):
    """A path and the differences; `compared` once a usable file was read."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._texts = texts
        self.compared = False
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(label(texts("ui.settings.clone"), "strong"))
        column.addWidget(label(texts("ui.settings.clone-help"), "quiet", wrap=True))
        self.file = Entry(texts("ui.settings.file"))
        column.addWidget(self.file)
        self.banner = Banner()
        self.banner.hide()
        column.addWidget(self.banner)
        self.rows = RowList(texts("ui.settings.effect"))
        column.addWidget(self.rows, 1)

    def begin(self) -> None:
        """Start anew, with a likely place."""
        if not self.file.text():
            self.file.set_text(str(Path.home() / FILE_NAME))
        self.compared = False
        self.banner.hide()
        self.rows.show_rows([])
        self.file.edit.setFocus()

    def path(self) -> Path | None:
        """The file that is named, None (and a fault at the field) when none is."""
        text = self.file.text().strip()
        if not text:
            self.file.show_fault(self._texts("ui.settings.file"))
            return None
        return Path(text).expanduser()

    def say(self, state: State, words: str) -> None:
        """Say what happened."""
        self.banner.show()
        self.banner.say(state, words)

    def show_differences(self, rows: Sequence[Difference]) -> None:
        """Show what differs; what is the same is not listed."""
        texts = self._texts
        different = [r for r in rows if r.change is not Change.SAME]
        self.compared = any(r.change is Change.CHANGES for r in rows)
        self.rows.show_rows([
            Row(texts(f"setting.{r.name}"), (f"{texts('ui.settings.ours')}: {shown_value(texts, r.name, r.ours)}",
                                              f"{texts('ui.settings.theirs')}: {shown_value(texts, r.name, r.theirs)}"),
                STATES[r.change], texts(r.change.value)) for r in different])  # fmt: skip
        count = sum(r.change is Change.CHANGES for r in rows)
        if count:
            self.say(State.RETRY, texts("ui.settings.differs", count=count))
        else:
            self.say(State.GOOD, texts("ui.settings.same"))
