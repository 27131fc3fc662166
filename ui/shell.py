"""The window: top bar, rail, dossier strip, the page, the action bar; keys go to the page's actions.

Pages come from `ui.screens.table` and are built when first shown. The shell owns what every screen may use: `jobs` (the bridge to
the station's thread), `counter` and `station` (the objects behind the window), `texts`, `go`, `show_trouble`. It knows nothing of
what a page does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.bindings import Bindings
from ui.bridge import Jobs
from ui.collector import Collector
from ui.frame.action_bar import ActionBar
from ui.frame.commands import ZOOMS, run_command
from ui.frame.helping import Helping
from ui.frame.keys import Keys, RepeatGuard
from ui.frame.looks import Looks
from ui.frame.menu import COMMANDS, Menu
from ui.frame.messages import Messages
from ui.frame.mirror import mirror
from ui.frame.over import over
from ui.frame.rail import Rail
from ui.frame.second import SecondScreen
from ui.frame.strip import Strip
from ui.frame.supervisor import SupervisorPanel
from ui.frame.top_bar import TopBar
from ui.qt import (
    QApplication,
    QCloseEvent,
    QEvent,
    QHBoxLayout,
    QLabel,
    QObject,
    QStackedWidget,
    QTimer,
    QVBoxLayout,
    QWidget,
)
from ui.screens.table import entries, screen_of
from ui.sound import Tones
from ui.texts import Texts, desk_word
from ui.theme.style import Current
from ui.theme.system import SystemLook
from ui.theme.tokens import SMALLEST_WINDOW, State
from ui.widgets.actions import Action
from ui.widgets.chips import Banner

if TYPE_CHECKING:
    from station.app import Station
    from station.counter import Counter
    from station.desk.shift import ShiftView
    from station.views.strip import StripView
    from ui.screens.base import Screen


class Shell(Looks):
    """Owns the pages and the keys; knows nothing of what a page does."""

    def __init__(self, *, demo: bool = True, language: str = "vi", dark: bool = False, large: bool = False,
                 bindings: Bindings | None = None) -> None:  # fmt: skip
        super().__init__(dark=dark, large=large)
        self._collector = Collector(self)
        self.jobs = Jobs()
        self.texts = Texts(language, keys=bindings)
        self.counter: Counter | None = None
        self.demo = demo
        self.guard = RepeatGuard()
        self.tones = Tones(self)
        self.second = SecondScreen(self, demo=demo)
        self.system_look = SystemLook(self)
        self._entries = entries()
        self.helping = Helping(self)
        self._pages: dict[str, Screen] = {}
        self._shown = ""
        self._operator = ("", "", "")
        self._line: tuple[int, str | None] | None = None
        self.setMinimumSize(*SMALLEST_WINDOW)
        self.resize(1366, 768)
        self._build()
        self.apply_theme()
        self.keys = Keys(self, self, self._touched, self.scanned, lambda: self.texts.keys)
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self.keys)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._clock.start(1000)

    # --- building ----------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        Current.watermark = self.texts("ui.app.demo") if self.demo else ""
        self.setWindowTitle(self.texts("ui.app.title"))
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top = TopBar(self.texts, demo=self.demo)
        self.top.show_operator(*self._operator)
        if self._line is not None:
            self.top.show_line(*self._line)
        self.strip = Strip(self.texts)
        self.strip.hide()
        column.addWidget(self.top)
        column.addWidget(self.strip)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        self.rail = Rail(self._entries, self.texts)
        self.rail.chosen.connect(self.go)
        below.addWidget(self.rail)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self.messages = Messages(self)
        self.stack = QStackedWidget()
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(16, 10, 16, 10)
        inner.addWidget(self.trouble)
        inner.addWidget(self.stack, 1)
        right.addWidget(holder, 1)
        self._bar = ActionBar()
        right.addWidget(self._bar)
        below.addLayout(right, 1)
        column.addLayout(below, 1)
        self.setCentralWidget(page)
        self.menu = Menu(page, self._entries, self.texts, COMMANDS)
        self.menu.chosen.connect(lambda name: run_command(self, name))
        self.supervisor = SupervisorPanel(page, self.texts)
        self.calling, self.errands, self.scans, self.tabs, self.waits, self.alarms = over(self)

    # --- going about -------------------------------------------------------------------------------------------------------

    @property
    def station(self) -> Station:
        """The station behind the window (`counter` has what the desk does with it)."""
        assert self.counter is not None, "screens are entered after the station is open"
        return self.counter.station

    @property
    def page_name(self) -> str:
        """Name of the page that is shown, "" before the first."""
        return self._shown

    @property
    def page(self) -> Screen:
        """The page that is shown."""
        from ui.screens.base import Screen

        current = self.stack.currentWidget()
        assert isinstance(current, Screen)
        return current

    def page_named(self, name: str) -> Screen:
        """Return a page, built now when it was never shown."""
        if name not in self._pages:
            page = self._entries[name].load()(self)
            page.installEventFilter(self)
            self._pages[name] = page
            self.stack.addWidget(page)
        return self._pages[name]

    def has(self, name: str) -> bool:
        """Whether there is a screen of this name."""
        return name in self._entries

    def go(self, name: str, dossier: str = "") -> None:
        """Leave the page and show another; nothing happens when there is none of that name."""
        if name not in self._entries:
            return
        page = self.page_named(name)
        if self._shown:
            self.page.leave()
            self.clear_trouble()
        self._shown = name
        self.errands.left(name)
        self.second.turn_to(dossier if page.stage or page.mirrors else "")
        self.guard.painted = False
        self.stack.setCurrentWidget(page)
        self.rail.mark(name)
        self.rail.setVisible(not page.stage and self.counter is not None and page.framed)
        self.strip.setVisible(bool(page.stage))
        self._bar.setVisible(page.framed)
        self._arrange(page)
        page.enter(dossier)
        if page.looks != Current.theme:  # made, or seen last, in other type
            page.looks = Current.theme
            page.restyle()
        if page.stage and dossier:
            self.strip.show_stage(page.stage)
            self.refresh_strip()
        if self.counter is not None:
            self.refresh_tabs()
        self.refresh_actions()

    def again(self) -> None:
        """Enter the page that is shown anew, with its dossier."""
        self.go(self._shown, self.page.dossier)

    def _arrange(self, page: Screen) -> None:
        """In larger type the second language beside a title goes, so that the title stays whole; in left-hand mode a desk stands mirrored."""
        self._bar.left_hand = self.left_hand
        if page.columns is not None and page.mirrored != self.left_hand:
            page.mirrored = self.left_hand
            mirror(page.columns, left_hand=self.left_hand)
        for words in page.findChildren(QLabel, "second-title"):
            words.setVisible(Current.theme.second_titles)

    def light_stage(self, stage: str) -> None:
        """Light a stage of the strip (a page that serves two)."""
        self.strip.show_stage(stage)

    def refresh_strip(self) -> None:
        """Ask for the strip of the dossier that is shown, and for the open dossiers."""
        counter, dossier, page = self.counter, self.page.dossier, self.page
        if counter is None or not dossier:
            return

        def show(view: StripView) -> None:
            if self._shown and self.page is page and page.dossier == view.dossier:
                self.strip.show_view(view, page.lit or page.stage)
                self.second.name_ticket(view.dossier, view.ticket)

        self.jobs.submit(lambda: counter.strip(dossier), show, self.show_trouble)

    def go_stage(self, stage: str, dossier: str, *, back: bool = False) -> None:
        """Show the screen of a stage ("home": another desk goes on); `back`: to look at what is there."""
        self.page_named(screen_of(stage)).came_back = back
        self.go(screen_of(stage), dossier if stage != "home" else "")

    def focus_primary(self) -> None:
        """Put the focus on the primary button without pressing it."""
        for button in self._bar.buttons():
            if button.action.primary:
                button.setFocus()

    def refresh_tabs(self) -> None:
        """Ask which dossiers are open here and show them in the top bar."""
        self.tabs.refresh()

    def refresh_actions(self) -> None:
        """Draw the page's actions anew; the focus stays where it is unless it was on a button that is gone."""
        self._bar.show_actions(self.offers(), self.page.hint() if self._shown else "")

    def offers(self) -> list[Action]:
        """What can be done now: the page's own, and the way back from an errand."""
        if not self._shown:
            return []
        own = self.page.offers()
        return [*(a for a in self.errands.offers() if all(a.key != x.key for x in own)), *own]

    # --- messages ----------------------------------------------------------------------------------------------------------

    @property
    def trouble(self) -> Banner:
        """The banner over the page."""
        return self.messages.banner

    def show_trouble(self, error: BaseException) -> None:
        """Say what happened, what is safe, what to do."""
        self.messages.trouble(error)

    def say(self, state: State, main: str, second: str = "", code: str = "", small: str = "") -> None:
        """Say something in the banner over the page; it goes when the page does. `code`: which message it is, for F1 and the next step."""
        self.messages.say(state, main, second, code, small)

    def clear_trouble(self) -> None:
        """Take the message away."""
        self.messages.clear()

    # --- keys --------------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when a new page was painted."""
        if event.type() == QEvent.Type.Paint and watched is self.stack.currentWidget():
            self.guard.painted = True
        return super().eventFilter(watched, event)

    def digit(self, number: int) -> bool:
        """Give a digit to the page."""
        return bool(self._shown) and not self.menu.isVisible() and self.page.digit(number)

    def press(self, key: str) -> bool:
        """Act on a standard key (whatever key is bound to it); a second F12 within 400 ms, or before the new page was painted, is dropped."""
        if self._own_key(key):
            return True
        if not self._shown:
            return False
        action = next((a for a in self.page.offers() if a.key == key), None)
        if action is None:
            return (
                self.page.key(key)
                or self.messages.press(key)
                or (key == "Esc" and self.waits.stop())
                or self.errands.run(key)
                or (key.startswith("F") and key[1:].isdigit())
            )
        if not action.enabled:
            return True
        if action.primary and not self.guard.allows():
            return True
        action.run()
        return True

    def _own_key(self, key: str) -> bool:
        if self.menu.isVisible():
            if key in ("Esc", "F10"):
                self.menu.shut()
            return key not in ("Enter",)
        if self.supervisor.isVisible():
            return self.calling.key(key)
        if not self.page.framed and key in ("F10", "Ctrl+Tab"):
            return True
        if key == "F11":
            run_command(self, ":large")
        elif key == "F10" and self.counter is not None and self.page.framed:
            self.menu.open()
        elif key == "Ctrl+Tab":
            self.tabs.next()
        elif key in ZOOMS:
            run_command(self, key)
        elif key == "F1":
            self.helping.open()
        else:
            return False
        return True

    def _touched(self) -> None:
        """A person is here."""
        if self.counter is not None:
            self.counter.shift.idle.touch()

    def lock(self) -> None:
        """Lock the screen; the dossier stays where it is."""
        counter = self.counter
        if counter is None or self._shown == "sign-in":
            return
        counter.shift.lock()
        self._behind = self._shown
        self.second.blank()
        self.go("sign-in", self.page.dossier)

    _behind = "home"
    """What is shown again when the lock is opened."""

    def signed_in(self, view: ShiftView, dossier: str) -> None:
        """Somebody signed in: show their name and go on where the desk was."""
        place = self.counter.place if self.counter is not None else ""
        self.tones.sit(view.desk)
        self.show_operator(view.name, place, desk_word(self.texts, view.desk))
        self.go(self._behind, dossier)
        code = "ui.signin.hello-desk" if view.desk.isdigit() else "ui.signin.hello"
        values = {"name": view.name, "desk": view.desk}
        self.messages.say_briefly(State.GOOD, self.texts(code, **values), self.texts.second(code, **values))

    def call_supervisor(self, what: str, subject: str = "") -> None:
        """F8: let the supervisor decide here, or ask and go on."""
        self.calling.open(what, subject)

    # --- looks -------------------------------------------------------------------------------------------------------------

    def restyled(self) -> None:
        """The theme changed: the page arranges itself anew."""
        if self._shown:
            self._arrange(self.page)
            self.page.looks = Current.theme
            self.page.restyle()
            self.refresh_actions()

    def set_language(self, setting: str) -> None:
        """Switch the language while running."""
        self._speak(Texts(setting, keys=self.texts.keys))

    def use_bindings(self, bindings: Bindings) -> None:
        """Obey other keys from now on, and name them everywhere; nothing happens when they are the present ones."""
        if bindings != self.texts.keys:
            self._speak(Texts(self.texts.setting, keys=bindings))

    def _speak(self, texts: Texts) -> None:
        """Say everything in other words: every page is built anew, the one shown is entered with its dossier."""
        shown, dossier = self._shown, self.page.dossier if self._shown else ""
        if self._shown:
            self.page.leave()
        self.texts = texts
        if self.isActiveWindow():  # the old widgets take the window's focus with them when they go
            QTimer.singleShot(0, self, self.activateWindow)
        self._pages, self._shown = {}, ""
        self._build()
        if shown:
            self.go(shown, dossier)

    def show_line(self, unsent: int, error: str | None) -> None:
        """Say in the top bar whether sending works; never more than is known (None: it was not tried)."""
        self._line = unsent, error
        self.top.show_line(unsent, error)

    def show_operator(self, name: str, place: str, desk: str = "") -> None:
        """Say who works here and where."""
        self._operator = (name, place, desk)
        self.top.show_operator(*self._operator)

    def _tick(self) -> None:
        self.top.tick()
        self.strip.tick()
        self.second.tick()
        self.alarms.tick()
        if self.counter is not None and self._shown not in ("", "start", "sign-in") and self.counter.shift.idle.locked:
            self.lock()

    def scanned(self, text: str) -> None:
        """A scanner's burst: the page takes it, or it is said what was scanned."""
        self.scans.take(text)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop live pictures and close the station on its own thread."""
        if self._shown:
            self.page.leave()
            self._shown = ""
        self.hide()
        self.second.close()
        self._clock.stop()
        self.keys.stop()
        self.tones.close()
        counter, self.counter = self.counter, None
        if counter is not None:
            self.jobs.last(counter.close)
        self.jobs.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self.keys)
        super().closeEvent(event)
        self._collector.stop()


__all__ = ["Action", "Shell"]
