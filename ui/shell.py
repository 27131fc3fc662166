"""The window: top bar, dossier strip, navigation, the page, the action bar; keys go to the page's actions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from station.errors import sentence
from ui.bridge import Jobs
from ui.qt import (
    QApplication,
    QCloseEvent,
    QEvent,
    QFrame,
    QHBoxLayout,
    QKeyEvent,
    QLabel,
    QLineEdit,
    QMainWindow,
    QObject,
    QPlainTextEdit,
    QStackedWidget,
    Qt,
    QTimer,
    QVBoxLayout,
    QWidget,
)
from ui.texts import Texts, format_date, format_number
from ui.theme.style import Current, make_theme, style_sheet
from ui.theme.tokens import ACTION_BAR, DOSSIER_STRIP, SMALLEST_WINDOW, TOP_BAR, State
from ui.widgets.actions import Action, ActionButton
from ui.widgets.chips import Banner, StateChip, label

if TYPE_CHECKING:
    from station.counter import Counter
    from ui.screens.base import Screen

STAGES = ("lookup", "fingers", "portrait", "review", "sending")
REPEAT_GUARD_S = 0.4
KEYS = {Qt.Key.Key_F1: "F1", Qt.Key.Key_F2: "F2", Qt.Key.Key_F3: "F3", Qt.Key.Key_F4: "F4", Qt.Key.Key_F5: "F5", Qt.Key.Key_F6: "F6",
        Qt.Key.Key_F7: "F7", Qt.Key.Key_F8: "F8", Qt.Key.Key_F9: "F9", Qt.Key.Key_F10: "F10", Qt.Key.Key_F11: "F11", Qt.Key.Key_F12: "F12",
        Qt.Key.Key_Escape: "Esc"}  # fmt: skip


class Shell(QMainWindow):
    """Owns the pages and the keys; knows nothing of what a page does."""

    def __init__(self, *, demo: bool = True, language: str = "vi", dark: bool = False, large: bool = False) -> None:
        super().__init__()
        self.jobs = Jobs()
        self.texts = Texts(language)
        self.counter: Counter | None = None
        self.demo = demo
        self._dark, self._large = dark, large
        self._last_primary = 0.0
        self._painted_since_change = True
        self._pages: dict[str, Screen] = {}
        self.setMinimumSize(*SMALLEST_WINDOW)
        self.resize(1366, 768)
        self.setWindowTitle(self.texts("ui.app.title"))
        self._build()
        self.apply_theme()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._clock.start(1000)
        self._tick()

    # --- building ----------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._top_bar())
        column.addWidget(self._dossier_strip())
        self.trouble = Banner()
        self.trouble.hide()
        self.stack = QStackedWidget()
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(16, 10, 16, 10)
        inner.addWidget(self.trouble)
        inner.addWidget(self.stack, 1)
        column.addWidget(holder, 1)
        self._bar = QFrame()
        self._bar.setObjectName("actions")
        self._bar.setMinimumHeight(ACTION_BAR)
        self._bar_row = QHBoxLayout(self._bar)
        self._bar_row.setContentsMargins(12, 5, 12, 5)
        column.addWidget(self._bar)
        self.setCentralWidget(page)

    def _top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("topBar")
        bar.setFixedHeight(TOP_BAR)
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 16, 0)
        title = label(self.texts("ui.app.title"), "strong")
        self._place = label("", "soft")
        self._demo = label(self.texts("ui.app.demo"), "demo")
        self._demo.setVisible(self.demo)
        self._demo.setMaximumHeight(28)
        self._line = label("")
        self._who = label("")
        self._time = label("", "strong")
        for widget in (title, self._place):
            row.addWidget(widget)
            row.addSpacing(16)
        row.addStretch(1)
        for widget in (self._demo, self._line, self._who, self._time):
            row.addWidget(widget)
            row.addSpacing(16)
        return bar

    def _dossier_strip(self) -> QFrame:
        self._strip = QFrame()
        self._strip.setObjectName("strip")
        self._strip.setMinimumHeight(DOSSIER_STRIP)
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(16, 4, 16, 4)
        who = QVBoxLayout()
        who.setSpacing(0)
        self._person, self._facts = label("", "strong"), label("", "caption")
        who.addWidget(self._person)
        who.addWidget(self._facts)
        row.addLayout(who)
        row.addStretch(1)
        self._stages: dict[str, StateChip] = {}
        for stage in STAGES:
            chip = StateChip(State.IDLE, self.texts(f"ui.stage.{stage}"))
            self._stages[stage] = chip
            row.addWidget(chip)
            row.addSpacing(6)
        self._strip.hide()
        return self._strip

    def add_page(self, name: str, page: Screen) -> None:
        """Add a page under a name."""
        self._pages[name] = page
        self.stack.addWidget(page)

    # --- going about -------------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Screen:
        """The page that is shown."""
        from ui.screens.base import Screen

        current = self.stack.currentWidget()
        assert isinstance(current, Screen)
        return current

    def page_named(self, name: str) -> Screen:
        """Return a page."""
        return self._pages[name]

    def go(self, name: str, dossier: str = "") -> None:
        """Leave the page and show another."""
        if self.stack.count() and name in self._pages:
            self.page.leave()
            self.clear_trouble()
            self.stack.setCurrentWidget(self._pages[name])
            self._painted_since_change = False
            self._strip.setVisible(bool(self._pages[name].stage))
            self.light_stage(self._pages[name].stage)
            self._pages[name].enter(dossier)
            self.refresh_actions()

    def light_stage(self, stage: str) -> None:
        if stage not in STAGES:
            return
        at = STAGES.index(stage)
        for index, name in enumerate(STAGES):
            word = State.GOOD if index < at else State.LIVE if index == at else State.IDLE
            self._stages[name].set(word, self.texts(f"ui.stage.{name}"))

    def show_person(self, name: str, number: str, born: str, dossier: str) -> None:
        """Fill the dossier strip."""
        self._person.setText(name)
        self._facts.setText(f"{format_number(number)}   {format_date(born)}   ·   {dossier}")

    def refresh_actions(self) -> None:
        """Draw the page's actions anew."""
        while self._bar_row.count():
            item = self._bar_row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        actions = self.page.offers() if self.stack.count() else []
        for action in (a for a in actions if not a.primary):
            self._bar_row.addWidget(ActionButton(action))
        self._bar_row.addStretch(1)
        self._primary_button = None
        for action in (a for a in actions if a.primary):
            self._primary_button = ActionButton(action)
            self._bar_row.addWidget(self._primary_button)

    _primary_button: ActionButton | None = None

    # --- trouble -----------------------------------------------------------------------------------------------------------

    def show_trouble(self, error: BaseException) -> None:
        """Say what happened, what is safe, what to do; the words by code where the catalogue has them."""
        code = str(getattr(error, "reason_code", "") or "")
        words = self.texts(code) if code else ""
        main = words if words and words != code else self.texts("ui.trouble.title")
        second = self.texts.second(code) if words != code and self.texts.second(code) else sentence(error)
        self.trouble.say(State.BLOCKED, main, f"{second}  [{code or type(error).__name__}]")
        self.trouble.show()

    def clear_trouble(self) -> None:
        """Take the message away."""
        self.trouble.hide()

    # --- keys --------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Function keys act wherever the focus is; each press once."""
        if event.type() == QEvent.Type.Paint and watched is self.stack.currentWidget():
            self._painted_since_change = True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._meant_here(watched):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _meant_here(self, watched: QObject) -> bool:
        """Whether the key was meant for this window."""
        return (
            isinstance(watched, QWidget)
            and watched.window() is self
            and (watched is self or watched is self.focusWidget() or watched is self.window())
        )

    def _key(self, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return event.key() in KEYS
        typing = isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit)
        if not typing and Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9 and self.stack.count():
            return self.page.digit(event.key() - Qt.Key.Key_0)
        name = KEYS.get(Qt.Key(event.key()))
        if name is None and event.key() == Qt.Key.Key_Space and not typing and self.focusWidget() is self:
            name = "F12"
        if name is None:
            return False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            name = f"Shift+{name}"
        return self.press(name)

    def press(self, key: str) -> bool:
        """Act on a key by name; a second F12 within 400 ms, or before the new page was painted, is dropped."""
        if key == "F11":
            self._large = not self._large
            self.apply_theme()
            return True
        if not self.stack.count():
            return False
        action = next((a for a in self.page.offers() if a.key == key), None)
        if action is None or not action.enabled:
            return key.startswith("F")
        if action.primary:
            now = time.monotonic()
            if now - self._last_primary < REPEAT_GUARD_S:
                return True
            self._last_primary = now
        focus = self.focusWidget()
        if isinstance(focus, QLineEdit):
            # Composing Vietnamese text is committed before anything else happens.
            QApplication.inputMethod().commit()
        action.run()
        return True

    # --- looks -------------------------------------------------------------------------------------------------------------

    def apply_theme(self) -> None:
        """Use the theme of the present settings everywhere, at once."""
        Current.theme = make_theme(dark=self._dark, large=self._large)
        self.setStyleSheet(style_sheet(Current.theme))
        if self.stack.count():
            self.refresh_actions()

    def set_dark(self, dark: bool) -> None:
        """Switch between light and dark."""
        self._dark = dark
        self.apply_theme()

    def show_line(self, unsent: int, error: str) -> None:
        """Say in the top bar whether sending works; never more than is known."""
        self._line.setText(self.texts("ui.app.offline") + f" · {unsent}" if error else self.texts("ui.app.online"))

    def show_operator(self, name: str, place: str) -> None:
        """Say who works here and where."""
        self._who.setText(name)
        self._place.setText(place)

    def _tick(self) -> None:
        self._time.setText(time.strftime("%H:%M"))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop live pictures and close the station on its own thread."""
        if self.stack.count():
            self.page.leave()
        counter, self.counter = self.counter, None
        if counter is not None:
            counter.close()
        self.jobs.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        super().closeEvent(event)


def caption(text: str) -> QLabel:
    """Return a caption label."""
    return label(text, "caption")


__all__ = ["Action", "Shell", "caption"]
