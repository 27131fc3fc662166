"""F1, offline: this screen in a few sentences, its keys, and what can be done about any message; found by its words or its code."""

from __future__ import annotations

from station.advice import SCREENS, find, help_for
from station.views.base import Words
from station.words import Language
from ui.qt import QHBoxLayout, QVBoxLayout
from ui.screens.base import Screen
from ui.shell import Shell
from ui.theme.tokens import State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner, card, label
from ui.widgets.entry import Entry
from ui.widgets.facts import Facts
from ui.widgets.heads import Head
from ui.widgets.rows import Row, RowList
from ui.widgets.scrolling import Scrolling


class HelpScreen(Screen):
    """What can I do?"""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.topic = "home"
        self._found: tuple[tuple[Words, Words], ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        self._head = Head(self.texts("ui.action.help"), self.texts.pair("help.question"))
        top.addWidget(self._head, 3)
        self.search = Entry(self.texts("help.search"))
        self.search.committed.connect(self._search)
        top.addWidget(self.search, 2)
        column.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(12)
        left, box = card()
        box.setContentsMargins(1, 1, 1, 1)
        self.rows = RowList(self.texts("help.topics"))
        self.rows.picked.connect(self._picked)
        box.addWidget(self.rows)
        row.addWidget(left, 3)
        middle, words = card()
        self.banner = Banner()
        words.addWidget(self.banner)
        self._title = label("", "title", wrap=True)
        self._text = label("", wrap=True)
        self._second = label("", "quiet", wrap=True)
        text = Scrolling(self.texts("ui.action.help"))
        for widget in (self._title, self._text, self._second):
            text.column.addWidget(widget)
        text.column.addStretch(1)
        words.addWidget(text, 1)
        row.addWidget(middle, 5)
        right, keys = card(self.texts("help.keys"))
        self._keys = Facts()
        all_keys = Scrolling(self.texts("help.keys"))
        all_keys.column.addWidget(self._keys)
        all_keys.column.addStretch(1)
        keys.addWidget(all_keys, 1)
        row.addWidget(right, 4)
        column.addLayout(row, 1)

    def enter(self, dossier: str = "") -> None:
        """Show the help of the screen that was left, and advice for the message that stood there."""
        super().enter(dossier)
        self.topic = self.shell.helping.topic or "home"
        self.search.set_text("")
        self._found = ()
        self._show_topics()
        self._show_topic(self.shell.helping.message, asked=True)
        self.rows.setFocus()

    def _show_topics(self) -> None:
        at = SCREENS.index(self.topic) if self.topic in SCREENS else 0
        self.rows.show_rows([Row(self.texts(f"help.title.{s}")) for s in SCREENS], at)

    def _show_topic(self, message: str = "", *, asked: bool = False) -> None:
        found = help_for(self.topic, message, self.shell.helping.error if asked else None)
        said = self.shell.helping.said if asked else ""
        self.banner.setVisible(found.advice is not None or bool(said))
        if said and found.advice is None:
            self.banner.say(State.IDLE, said)
        if found.message is not None and found.advice is not None:
            self.banner.say(State.RETRY, self.texts.of(found.advice), said or self.texts.of(found.message))
        self._title.setText(self.texts.of(found.title))
        self._text.setText(self.texts.of(found.text))
        self._second.setText(self.texts.second_of(found.text))
        self._keys.show_pairs([(self.texts.key(k), self.texts.of(w)) for k, w in found.keys])
        self.shell.refresh_actions()

    def _picked(self, index: int) -> None:
        if self._found:
            message, advice = self._found[index]
            self.banner.show()
            self.banner.say(State.RETRY, self.texts.of(advice), self.texts.second_of(advice))
            self._title.setText(self.texts.of(message))
            self._text.setText(self.texts.of(advice))
            self._second.setText(self.texts.second_of(message))
            return
        self.topic = SCREENS[index]
        self._show_topic()

    def _search(self) -> None:
        text = self.search.text().strip()
        language = Language.EN if self.texts.setting == "en" else Language.VI
        self._found = find(text, language)
        if not text:
            self._show_topics()
            self._show_topic()
            return
        if not self._found:
            self.banner.show()
            self.banner.say(State.IDLE, self.texts("help.nothing"), self.texts.second("help.nothing"))
            return
        self.rows.show_rows(
            [Row(self.texts.of(m), () if m.code.startswith("ui.") else (m.code,), State.RETRY) for m, _ in self._found], 0
        )
        self._picked(0)
        self.rows.setFocus()

    def offers(self) -> list[Action]:
        """Search; back to work."""
        return [self.act("search", "ui.action.search-field", "F2", self.search.edit.setFocus, icon="eye"),
                self.act("back", "ui.action.back", "F12", self._back, primary=True, icon="back")]  # fmt: skip

    def key(self, name: str) -> bool:
        """Esc leaves the help."""
        if name == "Esc":
            self._back()
            return True
        return False

    def _back(self) -> None:
        self.shell.helping.back()

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.rows.relayout()
