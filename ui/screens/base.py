"""What every screen is: a page with one primary action, entered with a dossier, left without losing anything.

The contract, in full:

- The class takes the shell alone and builds its widgets in `__init__` (no station there yet, no job is started).
- `enter(dossier)` is called each time it is shown; ask for view state there: ``self.ask(job, done)`` runs ``job()`` on the station's
  thread and calls ``done(result)`` on the UI thread; an error goes to the trouble banner (or to ``failed``). `leave()` stops what is
  live. A job may come back after the page was left: compare `self.entered` (it counts up at every enter and leave).
- `offers()` returns the actions, each with its standard key (`station.bindings`: F12 is "next" whatever key is bound to it; never compare
  what a keyboard sent). The shell draws them with the keys really bound. Exactly one is primary (F12). After a change call
  ``self.shell.refresh_actions()``. Other keys: `digit(n)` (a digit typed outside a field), `key(name)`, `scanned(text)` (a scanner's
  burst). Return True when it meant something here.
- Never in a screen: files, SQL, crypto, device calls (a guard in the tests raises). `self.counter` has what the desk does,
  `self.station` the station's objects; both are used inside jobs only.
- Words through ``self.texts(code)``; ``self.texts.second(code)`` is the small second line.
- `restyle()` is called when the theme changes: widgets that paint themselves with `Current.theme` need nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ui.qt import QHBoxLayout, QTimer, QWidget
from ui.texts import Texts
from ui.theme.style import make_theme
from ui.widgets.actions import Action

if TYPE_CHECKING:
    from station.app import Station
    from station.counter import Counter
    from ui.bridge import Jobs
    from ui.shell import Shell


class Screen(QWidget):
    """Base of all screens. Subclasses show view state and send intents through `self.ask`."""

    stage = ""
    """Which step of the dossier strip is lit; empty for screens without a dossier (they have the rail instead)."""
    mirrors = False
    """Whether the applicant's screen follows it although it has no stage (a home visit)."""
    framed = True
    """Whether rail and action bar stand around it (not for start and sign-in)."""
    help_topic = ""
    """The topic F1 opens; empty: the screen's own name."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.setObjectName("page")
        self.shell = shell
        self.dossier = ""
        self.looks = make_theme()
        """The theme it was arranged for last; widgets are built for the desk's."""
        self.columns: QHBoxLayout | None = None
        """The row of a desk's columns, which left-hand mode turns round."""
        self.mirrored = False
        self.entered = 0
        self.rest = 0
        """How much of what is shown still comes in the next turns."""
        self.lit = ""

    @property
    def counter(self) -> Counter:
        """What the desk does with the station; for jobs."""
        counter = self.shell.counter
        assert counter is not None, "screens are entered after the station is open"
        return counter

    @property
    def station(self) -> Station:
        """The station's objects (book, queue, operators, settings, devices); for jobs."""
        return self.counter.station

    @property
    def jobs(self) -> Jobs:
        """The bridge to the station's thread."""
        return self.shell.jobs

    @property
    def texts(self) -> Texts:
        """Words in the chosen language."""
        return self.shell.texts

    def ask(self, job: Callable[[], Any], done: Callable[[Any], None] | None = None,
            failed: Callable[[BaseException], None] | None = None, what: str = "ui.wait.work") -> None:  # fmt: skip
        """Run `job` on the station's thread; `done(result)` comes only while this very visit of the page lasts. `what`: the code of the
        words for the quiet line, should it take long ("": what is asked for again and again, quietly)."""
        entered, waits = self.entered, self.shell.waits
        number = waits.begin(what) if what else 0

        def arrived(result: Any) -> None:
            waits.end(number)
            if entered == self.entered and done is not None:
                done(result)

        def refused(error: BaseException) -> None:
            waits.end(number)
            if entered == self.entered:
                (failed or self.shell.show_trouble)(error)

        self.jobs.submit(job, arrived, refused)

    def soon(self, work: Callable[[], None]) -> None:
        """Do the rest of a long showing in the window's next turn, while this very visit lasts: keys and pictures come in between."""
        entered = self.entered
        self.rest += 1

        def turn() -> None:
            self.rest -= 1
            if entered == self.entered:
                work()

        QTimer.singleShot(0, self, turn)

    def enter(self, dossier: str = "") -> None:
        """Be shown, for a dossier where the screen has one."""
        self.dossier = dossier
        self.entered += 1

    def leave(self) -> None:
        """Be left: stop what is live."""
        self.entered += 1

    def offers(self) -> list[Action]:
        """Return what can be done now; exactly one is primary."""
        return []

    def hint(self) -> str:
        """Return the small words beside the primary button."""
        return ""

    def digit(self, number: int) -> bool:
        """Take a digit key; True when it meant something here."""
        _ = number
        return False

    def key(self, name: str) -> bool:
        """Take another key that no action has (Enter, Del, Esc …); True when it meant something here."""
        _ = name
        return False

    def scanned(self, text: str) -> bool:
        """Take a scanner's burst; True when it meant something here."""
        _ = text
        return False

    def pause(self) -> None:
        """F9: everything stays as it is, back to the queue. What stands in a field is saved first."""
        counter, dossier = self.counter, self.dossier
        self.shell.setFocus()
        self.shell.second.blank()
        self.ask(lambda: counter.pause(dossier), lambda _: self.shell.go("home"))

    came_back = False
    """Set for one visit by whoever goes one step back to this page: it shows what is there and hurries nobody on."""

    def back_action(self) -> Action:
        """Shift+F12: one step back in the dossier; what was entered and taken stays."""
        return self.act("back", "ui.action.back", "Shift+F12", self._step_back, icon="back")

    def _step_back(self) -> None:
        counter, dossier, stage = self.counter, self.dossier, self.stage
        self.shell.setFocus()  # what stands in a field is saved first

        def there(before: str) -> None:
            if before == "home":
                self.pause()
            else:
                self.shell.go_stage(before, dossier, back=True)

        self.ask(lambda: counter.back(dossier, stage), there)

    def restyle(self) -> None:
        """The theme changed."""

    def act(self, name: str, code: str, key: str, run: Callable[[], None], *, enabled: bool = True, primary: bool = False,
            icon: str = "", **values: object) -> Action:  # fmt: skip
        """Return an action with its words from the catalogue; the name of a field (``ui.field.phone``) is said in each line's language."""
        fields = {k: str(v) for k, v in values.items() if str(v).startswith("ui.field.")}
        first = {**values, **{k: self.texts(v).lower() for k, v in fields.items()}}
        second = {**values, **{k: self.texts.second(v).lower() for k, v in fields.items()}}
        return Action(name, self.texts(code, **first), self.texts.second(code, **second), key, run, enabled, primary, icon,
                      self.texts.key(key))  # fmt: skip
