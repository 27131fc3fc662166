"""What every screen is: a page with one primary action, entered with a dossier, left without losing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.qt import QWidget
from ui.texts import Texts
from ui.widgets.actions import Action

if TYPE_CHECKING:
    from station.counter import Counter
    from ui.bridge import Jobs
    from ui.shell import Shell


class Screen(QWidget):
    """Base of all screens. Subclasses show view state and send intents through `self.jobs`."""

    stage = ""
    """Which step of the dossier strip is lit; empty for screens without a dossier."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.setObjectName("page")
        self.shell = shell
        self.dossier = ""

    @property
    def counter(self) -> Counter:
        """The station behind the window."""
        counter = self.shell.counter
        assert counter is not None, "screens are entered after the station is open"
        return counter

    @property
    def jobs(self) -> Jobs:
        """The bridge to the station's thread."""
        return self.shell.jobs

    @property
    def texts(self) -> Texts:
        """Words in the chosen language."""
        return self.shell.texts

    def enter(self, dossier: str = "") -> None:
        """Be shown, for a dossier where the screen has one."""
        self.dossier = dossier

    def leave(self) -> None:
        """Be left: stop what is live."""

    def offers(self) -> list[Action]:
        """Return what can be done now; exactly one is primary."""
        return []

    def digit(self, number: int) -> bool:
        """Take a digit key; True when it meant something here."""
        _ = number
        return False

    def act(
        self, name: str, code: str, key: str, run: object, *, enabled: bool = True, primary: bool = False, **values: object
    ) -> Action:
        """Return an action with its words from the catalogue."""
        assert callable(run)
        return Action(name, self.texts(code, **values), self.texts.second(code, **values), key, run, enabled, primary)
