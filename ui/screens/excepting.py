"""What the captures of fingers and of irises share: the panel of exceptions (F7) beside the live picture, opened, signed, shut."""

from __future__ import annotations

from abc import abstractmethod

from biometrics.positions import Eye, FingerPosition
from ui.screens.exceptions import ExceptionPanel
from ui.screens.live import LiveScreen
from ui.widgets.actions import Action


class ExceptingScreen(LiveScreen):
    """A live capture whose parts may be declared exceptions. Subclasses set `exceptions` with `take_panel` while they are built."""

    exceptions: ExceptionPanel

    def take_panel(self, panel: ExceptionPanel) -> ExceptionPanel:
        """Keep the panel, hidden and bound to this screen."""
        self.exceptions = panel
        panel.hide()
        self.covering.watch(panel)
        panel.decided.connect(self._sign_exception)
        panel.changed.connect(self.shell.refresh_actions)
        return panel

    @abstractmethod
    def show_side(self, *, exceptions: bool) -> None:
        """Show the panel in place of what stands beside the picture, or the other way round."""

    @abstractmethod
    def declare(self, part: int, kind: str, permanence: str, words: str) -> None:
        """Declare one part in a job; runs on the station's thread."""

    def focus_keys(self) -> None:
        """Give the focus back to what takes the keys of this capture."""
        self.setFocus()

    def exception_offers(self) -> list[Action] | None:
        """Return what can be done while the panel is open, None while it is not."""
        if not self.exceptions.isVisible():
            return None
        return [self.act("cancel", "ui.action.back", "Esc", self.close_exceptions, icon="back"),
                self.act("sign", "ui.action.sign-exception", "F12", self.exceptions.commit, enabled=self.exceptions.complete,
                         primary=True, icon="pen")]  # fmt: skip

    def open_exceptions(self) -> None:
        """F7."""
        self.exceptions.begin()
        self.show_side(exceptions=True)
        self.shell.refresh_actions()

    def choose_exception(self, part: FingerPosition | Eye) -> bool:
        """A digit: the part is chosen in the panel, which opens for it."""
        if not self.exceptions.isVisible():
            self.open_exceptions()
        self.exceptions.choose(part)
        self.shell.refresh_actions()
        return True

    def close_exceptions(self) -> None:
        """Esc: nothing was declared."""
        self.show_side(exceptions=False)
        self.focus_keys()
        self.shell.refresh_actions()

    def _sign_exception(self, part: int, kind: str, permanence: str, words: str) -> None:
        self.entered += 1
        self.running = None
        self.counter.stop_capture()
        self.show_side(exceptions=False)
        self.focus_keys()
        self.ask(lambda: self.declare(part, kind, permanence, words), lambda _: self.next_step(), self._failed)
