"""The F10 menu: every screen by arrow keys or its letter, over the page and never modal; Esc gives the focus back."""

from __future__ import annotations

from ui.qt import QFrame, QKeyEvent, QListWidget, QListWidgetItem, Qt, QVBoxLayout, QWidget, Signal
from ui.screens.table import Entry
from ui.texts import Texts
from ui.theme.style import Current, advance
from ui.widgets.chips import label


class _List(QListWidget):
    taken = Signal(str)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes, digits take by number, the rest is the list's."""
        row = -1
        if Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
            row = event.key() - Qt.Key.Key_1
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            row = self.currentRow()
        if row < 0:
            super().keyPressEvent(event)
        elif row < self.count():
            self.taken.emit(str(self.item(row).data(Qt.ItemDataRole.UserRole)))


COMMANDS = (
    (":applicant", "ui.menu.applicant"),
    (":language", "ui.menu.language"),
    (":theme", "ui.menu.theme"),
    (":large", "ui.menu.large"),
    (":alarm", "alarm.seen"),
    (":report", "ui.trouble.report"),
    (":lock", "ui.menu.lock"),
)
"""What the menu offers beside the screens."""


class Menu(QFrame):
    """`chosen(name)`: a screen's name, or ``:command`` for the shell's own commands."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, entries: dict[str, Entry], texts: Texts, commands: tuple[tuple[str, str], ...]) -> None:
        super().__init__(parent)
        self.setObjectName("menu")
        column = QVBoxLayout(self)
        column.addWidget(label(texts("ui.menu.title"), "strong", wrap=True))
        self._list = _List()
        self._list.setAccessibleName(texts("ui.menu.title"))
        self._list.setMinimumWidth(320)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setWordWrap(True)
        column.addWidget(self._list, 1)
        rows = [(e.name, e.word) for e in entries.values() if e.group] + list(commands)
        for number, (name, word) in enumerate(rows, 1):
            item = QListWidgetItem(f"{number}  {texts(word)}" if number <= 9 else f"\N{FIGURE SPACE}  {texts(word)}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self._list.addItem(item)
        self._list.taken.connect(self._take)
        self._list.itemClicked.connect(lambda item: self._take(str(item.data(Qt.ItemDataRole.UserRole))))
        self._before: QWidget | None = None
        self.hide()

    @property
    def words(self) -> list[str]:
        """What is offered, for tests and screen readers."""
        return [self._list.item(i).text() for i in range(self._list.count())]

    def open(self) -> None:
        """Show the menu and remember who had the focus."""
        self._before = self.window().focusWidget()
        self.adjustSize()
        wide = max(360, max(advance(words, Current.theme.scale.body) for words in self.words) + 90)
        self.setGeometry(12, 52, wide, min(self.window().height() - 130, 60 + 40 * self._list.count()))
        self._list.setCurrentRow(0)
        self.show()
        self.raise_()
        self._list.setFocus()

    def shut(self) -> None:
        """Hide it; the focus goes back."""
        if self.isVisible():
            self.hide()
            if self._before is not None:
                self._before.setFocus()

    def _take(self, name: str) -> None:
        self.shut()
        self.chosen.emit(name)
